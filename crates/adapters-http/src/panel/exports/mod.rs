//! Files of what a list shows: CSV and JSON Lines, made while they are read.
//!
//! Each portion is read from a snapshot of its own and is sent before the next one is read, so a file of any size needs
//! the memory of two portions, and a slow reader holds no snapshot.

mod format;
mod record;

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::CONTENT_DISPOSITION,
    web::{ServiceConfig, get},
};
use application::ports::{
    NotificationFilter, Page, Storage, StorageError, TicketFilter, UserFilter, consult,
};
use domain::{agent::Role, ids::AgentId};
use tracing::Instrument;
use uuid::Uuid;

use super::{
    body::{Portions, Sink},
    error::PanelError,
    fields::Fields,
    notifications, tickets, users,
    visit::{Visit, visit},
};
use format::Format;
use record::{Record as _, last_id};

/// So many rows are read at a time.
const PORTION: u16 = 500;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/admin/users/export.{format}", get().to(of_users))
        .route("/admin/tickets/export.{format}", get().to(of_tickets))
        .route("/admin/notifications/export.{format}", get().to(of_notifications));
}

/// What is exported.
enum Selection {
    Users(UserFilter),
    Tickets(TicketFilter),
    Notifications(NotificationFilter),
}

async fn of_users(request: HttpRequest) -> HttpResponse {
    export(&request, |asked, _| Ok(Selection::Users(users::filter(asked)?))).await
}

async fn of_tickets(request: HttpRequest) -> HttpResponse {
    export(&request, |asked, own| Ok(Selection::Tickets(tickets::filter(asked, own)?))).await
}

async fn of_notifications(request: HttpRequest) -> HttpResponse {
    export(&request, |asked, _| Ok(Selection::Notifications(notifications::filter(asked)?))).await
}

async fn export(
    request: &HttpRequest,
    select: impl FnOnce(&Fields, AgentId) -> Result<Selection, PanelError>,
) -> HttpResponse {
    visit(request, Role::Viewer, async |visit| {
        let selection = select(&Fields::of_query(request), visit.agent().id())?;
        let format = visit.path("format")?;
        answer(visit, format, selection).await
    })
    .await
}

/// Answers once the first portion is there, so that a database that is away is told as such.
async fn answer(visit: &Visit<'_>, format: Format, selection: Selection) -> Result<HttpResponse, PanelError> {
    let name = format!("attachment; filename=\"{}.{format}\"", selection.name());
    let (sink, portions) = Portions::channel();
    let feed = feed(visit.storage(), selection, format, sink).in_current_span();
    visit.state().runtime.spawn(feed);
    let portions = portions.begun().await?;
    let mut answer = HttpResponse::Ok();
    Ok(answer.content_type(format.content_type()).insert_header((CONTENT_DISPOSITION, name)).body(portions))
}

/// Reads portion by portion until there are no more, or nobody takes them any more.
async fn feed(storage: Arc<dyn Storage>, selection: Selection, format: Format, sink: Sink) {
    let mut bytes = format.begin(selection.columns());
    let mut before = None;
    loop {
        let page = Page { before, limit: PORTION };
        match selection.print(&*storage, page, format, &mut bytes).await {
            Ok(last) => before = last,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an export broke off");
                return sink.fail(error).await;
            }
        }
        let goes_on = sink.send(std::mem::take(&mut bytes)).await;
        if before.is_none() || !goes_on {
            return;
        }
    }
}

impl Selection {
    const fn name(&self) -> &'static str {
        match self {
            Self::Users(_) => "people",
            Self::Tickets(_) => "tickets",
            Self::Notifications(_) => "notifications",
        }
    }

    const fn columns(&self) -> &'static [&'static str] {
        match self {
            Self::Users(_) => domain::user::User::COLUMNS,
            Self::Tickets(_) => domain::ticket::Ticket::COLUMNS,
            Self::Notifications(_) => domain::notification::Notification::COLUMNS,
        }
    }

    /// Adds a page to `bytes`. Says after which row the next one begins.
    async fn print(
        &self,
        storage: &dyn Storage,
        page: Page,
        format: Format,
        bytes: &mut Vec<u8>,
    ) -> Result<Option<Uuid>, StorageError> {
        match self {
            Self::Users(filter) => {
                let rows = consult(storage, async |tx| tx.users().page(filter, page).await).await?;
                format.print(&rows, bytes);
                Ok(last_id(&rows))
            }
            Self::Tickets(filter) => {
                let rows = consult(storage, async |tx| tx.tickets().page(filter, page).await).await?;
                format.print(&rows, bytes);
                Ok(last_id(&rows))
            }
            Self::Notifications(filter) => {
                let rows = consult(storage, async |tx| tx.notifications().page(*filter, page).await).await?;
                format.print(&rows, bytes);
                Ok(last_id(&rows))
            }
        }
    }
}
