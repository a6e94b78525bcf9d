//! What is around every page: who is signed in, where it is, what there is beside it.

use std::{borrow::Cow, fmt::Display};

use actix_web::{HttpRequest, http::Method};
use application::staff::SignedIn;
use askama::filters::Safe;
use domain::agent::Role;
use jiff::Timestamp;
use serde_json::Value;

use super::{act::TOKEN, assets, fields::Fields, labels, live::Shown, visit::Visit, words::Words};
use crate::{health::ReadinessLevel, page::Escaped};

/// The parts of the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    None,
    Dashboard,
    Tickets,
    Users,
    Notifications,
    Routing,
    Bots,
    Quarantine,
    Jobs,
    Agents,
    Account,
}

/// A way to a part of the panel.
pub(super) struct Link {
    pub(super) path: &'static str,
    pub(super) title: &'static str,
    pub(super) is_here: bool,
}

/// What is around a page.
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) notice: Option<&'static str>,
    pub(super) query: String,
    /// The address of the page itself; another one where it stands for a form.
    pub(super) here: String,
    pub(super) reasons: Vec<String>,
    /// Where the page is told when what it shows has changed.
    pub(super) live: Option<String>,
    /// What its forms bring.
    pub(super) form_token: String,
    is_page: bool,
    section: Section,
    words: &'static Words,
    who: Option<SignedIn>,
}

impl Frame {
    pub(super) fn signed_in(visit: &Visit<'_>, title: String, section: Section) -> Self {
        let readiness = visit.state().readiness.status();
        let is_ready = readiness.level == ReadinessLevel::Ready;
        let asked = Fields::of_query(visit.request);
        Self {
            title,
            is_page: visit.request.method() == Method::GET,
            section,
            words: visit.words,
            who: Some(visit.who().clone()),
            form_token: visit.session.form_token.clone(),
            notice: asked.text("done").and_then(|done| labels::done(visit.words, done)),
            here: here(visit.request),
            query: asked.text("q").unwrap_or_default().to_owned(),
            live: None,
            reasons: if is_ready { Vec::new() } else { readiness.reasons },
        }
    }

    pub(super) fn signed_out(request: &HttpRequest, title: &str) -> Self {
        Self {
            title: title.to_owned(),
            is_page: false,
            section: Section::None,
            words: Words::for_reader(request),
            who: None,
            form_token: String::new(),
            notice: None,
            query: String::new(),
            here: here(request),
            live: None,
            reasons: Vec::new(),
        }
    }

    /// Lets the page be told at `path` when what it shows is not as it was `shown`. What stands for a form is no page that
    /// could be asked for anew.
    pub(super) fn follow(mut self, path: &str, asked: Fields, shown: Shown) -> Self {
        let query = asked.with("state", shown).query();
        self.live = self.is_page.then(|| format!("{path}{query}"));
        self
    }

    pub(super) fn is_signed_in(&self) -> bool {
        self.who.is_some()
    }

    pub(super) fn version(&self) -> &'static str {
        &assets::VERSION
    }

    pub(super) fn language(&self) -> &'static str {
        self.words.language
    }

    pub(super) fn languages(&self) -> impl Iterator<Item = &'static str> {
        Words::languages()
    }

    /// Whose account is linked to, and whether that page is shown.
    pub(super) fn account(&self) -> Option<(&str, bool)> {
        self.who.as_ref().map(|who| (who.email.as_str(), self.section == Section::Account))
    }

    pub(super) fn links(&self) -> impl Iterator<Item = Link> {
        let t = |english: &'static str| self.words.of(english);
        let here = self.section;
        [
            (Section::Dashboard, "/admin", t("Dashboard")),
            (Section::Tickets, "/admin/tickets", t("Tickets")),
            (Section::Users, "/admin/users", t("People")),
            (Section::Notifications, "/admin/notifications", t("Messages")),
            (Section::Quarantine, "/admin/quarantine", t("Quarantine")),
            (Section::Routing, "/admin/routing", t("Routing")),
            (Section::Bots, "/admin/bots", t("Bots")),
            (Section::Jobs, "/admin/jobs", t("Jobs")),
            (Section::Agents, "/admin/agents", t("Agents")),
        ]
        .into_iter()
        .filter(|(section, ..)| *section != Section::Agents || self.may(Role::Admin))
        .map(move |(section, path, title)| Link { path, title, is_here: section == here })
    }

    /// A text in the language of the reader.
    pub(super) fn t<'t>(&'t self, english: &'t str) -> &'t str {
        self.words.of(english)
    }

    /// What people call a state, a kind or a role.
    pub(super) fn label<'t>(&'t self, name: &'t str) -> &'t str {
        labels::label(self.words, name)
    }

    /// Whether forms for agents, or for admins, are to be shown.
    pub(super) fn may(&self, role: Role) -> bool {
        self.who.as_ref().is_some_and(|who| who.agent.may(role))
    }

    /// A moment, which the script shows in the time zone of the reader.
    pub(super) fn when(&self, at: &Timestamp) -> Safe<String> {
        let shown = at.strftime("%Y-%m-%d %H:%M");
        Safe(format!("<time datetime=\"{at:.0}\">{shown} UTC</time>"))
    }

    /// What a bot sent in a field that has no meaning here: a text as it is, anything else as JSON.
    pub(super) fn sent<'v>(&self, value: &'v Value) -> Cow<'v, str> {
        value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed)
    }

    /// Where the audit log tells what was done to `object`.
    pub(super) fn changes_of(&self, object: impl Display) -> String {
        format!("/admin/audit{}", Fields::default().with("object", object).query())
    }

    /// A state, in its colour.
    pub(super) fn badge(&self, name: &str) -> Safe<String> {
        Safe(format!("<span class=\"badge {name}\">{}</span>", Escaped(self.label(name))))
    }

    /// The field that every form needs.
    pub(super) fn token_field(&self) -> Safe<String> {
        Safe(format!("<input type=\"hidden\" name=\"{TOKEN}\" value=\"{}\">", self.form_token))
    }
}

fn here(request: &HttpRequest) -> String {
    let is_page = request.method() == Method::GET;
    let path = request.uri().path_and_query().filter(|_| is_page);
    path.map_or(super::PATH, |path| path.as_str()).to_owned()
}
