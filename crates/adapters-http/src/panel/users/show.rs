//! One person: who it is, and all that happened.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use application::{
    ports::{Page, StorageError, Transaction, consult},
    users::UserExport,
};
use askama::Template;
use domain::{
    agent::Role,
    bot::Bot,
    ids::UserId,
    ticket::Ticket,
    user::{Origin, User},
};
use uuid::Uuid;

use super::{
    erase::confirmation,
    timeline::{events, portion},
};
use crate::panel::{
    error::PanelError,
    events::{Event, What},
    fields::Fields,
    frame::{Frame, Section},
    visit::{Visit, html, visit},
};

/// So many tickets are listed beside the timeline.
const TICKETS: u16 = 20;

/// All that is shown of a person.
pub(super) struct Known {
    export: UserExport,
    bot: Option<Bot>,
    tickets: Vec<Ticket>,
    /// Where the next portion of the timeline begins.
    older: Option<Uuid>,
}

/// What is typed into the form for a name and a language.
pub(super) struct EditForm {
    /// The name.
    pub(super) name: String,
    /// The tag of the language.
    pub(super) language: String,
    /// Why it was not taken.
    pub(super) problem: Option<String>,
}

#[derive(Template)]
#[template(path = "panel/users/show.html")]
struct ShowPage {
    frame: Frame,
    known: Known,
    events: Vec<Event>,
    edit: EditForm,
}

pub(in crate::panel) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let known = find(visit).await?;
        let user = &known.export.user;
        let (name, language) = (user.name.clone().unwrap_or_default(), user.language.to_string());
        Ok(page(visit, StatusCode::OK, known, EditForm { name, language, problem: None }))
    })
    .await
}

pub(super) fn page(visit: &Visit<'_>, status: StatusCode, known: Known, edit: EditForm) -> HttpResponse {
    let before = before(visit).ok().flatten();
    let events = events(&known.export, before, known.older);
    let name = known.export.user.name.clone().unwrap_or_else(|| visit.t("No name").to_owned());
    html(status, &ShowPage { frame: visit.frame(name, Section::Users), known, events, edit })
}

/// The person of a path, with the portion of its timeline that the address asks for.
pub(super) async fn find(visit: &Visit<'_>) -> Result<Known, PanelError> {
    let (id, before) = (visit.path("id")?, before(visit)?);
    let storage = visit.storage();
    let look = async move {
        consult(&*storage, async |tx| match tx.users().find(id).await? {
            Some(user) => all_of(tx, user, before).await.map(Some),
            None => Ok(None),
        })
        .await
    };
    visit.run(look).await?.ok_or(PanelError::NotFound)
}

fn before(visit: &Visit<'_>) -> Result<Option<Uuid>, PanelError> {
    Ok(Fields::of_query(visit.request).page()?.before)
}

async fn all_of(tx: &mut Transaction, user: User, before: Option<Uuid>) -> Result<Known, StorageError> {
    let bot = tx.bots().all().await?.into_iter().find(|bot| bot.id == user.bot_id);
    let tickets = tx.tickets().of_user(user.id, Page::first(TICKETS)).await?;
    let (export, older) = portion(tx, user, before).await?;
    Ok(Known { export, bot, tickets, older })
}

impl Known {
    fn id(&self) -> UserId {
        self.export.user.id
    }

    /// Where it came from last, if that is elsewhere than at first.
    fn other_origin(&self) -> Option<&Origin> {
        let user = &self.export.user;
        (user.last_origin != user.first_origin && !user.last_origin.is_empty()).then_some(&user.last_origin)
    }

    fn has_more_tickets(&self) -> bool {
        self.tickets.len() == usize::from(TICKETS)
    }

    fn confirmation(&self) -> String {
        confirmation(&self.export.user)
    }
}
