//! Templates, one folder for each language.

use std::{collections::BTreeSet, fs, io, path::Path};

use domain::{language::Language, notification::Purpose};
use include_dir::{Dir, include_dir};
use minijinja::{
    Environment, UndefinedBehavior,
    value::{Serde, Value},
};
use serde::Serialize;

use crate::context::{PersonFacts, StandIn, TicketOpened, Welcome};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The parts of a mail, by the ends of their files' names.
const PARTS: [&str; 3] = ["subject.txt", "txt", "html"];

/// A template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// A file cannot be read.
    #[error("reading the mail templates in {folder} failed")]
    Unreadable {
        /// The folder or file.
        folder: String,
        /// Why.
        source: io::Error,
    },
    /// A language lacks a file.
    #[error("the mail template {0} is missing")]
    Missing(String),
    /// A file is no template, or names what it is not given.
    #[error("the mail template {name} cannot be used: {source}")]
    Broken {
        /// The file.
        name: String,
        /// Why, and in which line.
        source: minijinja::Error,
    },
}

/// A mail, in words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// All templates, compiled.
pub(crate) struct Templates {
    environment: Environment<'static>,
    languages: BTreeSet<String>,
}

impl Templates {
    /// Takes the shipped templates and, in their place or beside them, those in `overrides`. Every one is tried with
    /// sample facts, so that a mistake is found at the start and not with the first mail.
    pub(crate) fn load(overrides: Option<&Path>) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let mut templates = Self { environment, languages: BTreeSet::new() };
        for language in SHIPPED.dirs() {
            for file in language.files() {
                let text = file.contents_utf8().expect("shipped templates are UTF-8");
                templates.add(&file.path().to_string_lossy(), text.to_owned())?;
            }
        }
        if let Some(folder) = overrides {
            templates.add_folder(folder)?;
        }
        templates.check()?;
        Ok(templates)
    }

    fn add_folder(&mut self, folder: &Path) -> Result<(), TemplateError> {
        let unreadable =
            |path: &Path, source| TemplateError::Unreadable { folder: path.display().to_string(), source };
        for language in fs::read_dir(folder).map_err(|source| unreadable(folder, source))? {
            let language = language.map_err(|source| unreadable(folder, source))?;
            if !language.path().is_dir() {
                continue;
            }
            for file in fs::read_dir(language.path()).map_err(|source| unreadable(&language.path(), source))? {
                let path = file.map_err(|source| unreadable(&language.path(), source))?.path();
                let text = fs::read_to_string(&path).map_err(|source| unreadable(&path, source))?;
                let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.add(&format!("{}/{file_name}", language.file_name().to_string_lossy()), text)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, name: &str, text: String) -> Result<(), TemplateError> {
        if let Some((language, _)) = name.split_once('/') {
            self.languages.insert(language.to_owned());
        }
        self.environment
            .add_template_owned(name.to_owned(), text)
            .map_err(|source| TemplateError::Broken { name: name.to_owned(), source })
    }

    fn check(&self) -> Result<(), TemplateError> {
        for language in &self.languages {
            for nothing_known in [false, true] {
                self.render_in(language, Purpose::Welcome, &sample_welcome(nothing_known))?;
                self.render_in(language, Purpose::TicketOpened, &sample_ticket(nothing_known))?;
            }
        }
        Ok(())
    }

    /// Renders a mail in `language`, or in English where there is none of it.
    pub(crate) fn render(
        &self,
        language: &Language,
        purpose: Purpose,
        facts: &impl Serialize,
    ) -> Result<Rendered, TemplateError> {
        let known = self.languages.get(language.as_str()).map_or(Language::ENGLISH.as_str(), String::as_str);
        self.render_in(known, purpose, facts)
    }

    fn render_in(&self, language: &str, purpose: Purpose, facts: &impl Serialize) -> Result<Rendered, TemplateError> {
        let facts = Value::from(Serde(facts));
        let [subject, text, html] = PARTS.map(|part| {
            let name = format!("{language}/{purpose}.{part}");
            let template = self.environment.get_template(&name).map_err(|_| TemplateError::Missing(name.clone()))?;
            template.render(&facts).map_err(|source| TemplateError::Broken { name, source })
        });
        Ok(Rendered { subject: subject?, text: text?, html: html? })
    }
}

fn sample_welcome(nothing_known: bool) -> Welcome<'static> {
    Welcome { name: (!nothing_known).then_some("Ana") }
}

fn sample_ticket(nothing_known: bool) -> TicketOpened<'static> {
    if nothing_known {
        return TicketOpened { person: Some(PersonFacts::default()), ..TicketOpened::default() };
    }
    TicketOpened {
        reference: "T-000042".to_owned(),
        topic: "Pricing",
        topic_asked: Some("prices"),
        description: "How much is it?",
        person: Some(PersonFacts {
            name: Some("Ana"),
            email: Some("ana@example.com"),
            phone: Some("+34600111222"),
            origin: "landing".to_owned(),
        }),
        bot: "lead bot",
        opened_at: "2026-01-01 12:00 UTC".to_owned(),
        chat_url: Some("https://example.com".to_owned()),
        ticket_url: Some("https://example.com".to_owned()),
        stands_in_for: Some(StandIn { channel: "sales", kind: "slack" }),
    }
}
