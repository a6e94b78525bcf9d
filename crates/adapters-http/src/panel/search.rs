//! `/admin/search`: people and tickets by a part of what is known of them.

use actix_web::{HttpRequest, HttpResponse};
use application::ports::{Page, StorageError, TicketFilter, Transaction, UserFilter, consult};
use askama::Template;
use domain::{
    agent::Role,
    search::Needle,
    ticket::{Reference, Ticket},
    user::User,
};

use super::{
    fields::Fields,
    frame::{Frame, Section},
    visit::{go, shown, visit},
};

/// So many people, and so many tickets, are shown.
const FOUND_MAX: u16 = 20;

/// What was found.
#[derive(Default)]
struct Found {
    /// The ticket, if its reference was typed.
    named: Option<Reference>,
    users: Vec<User>,
    tickets: Vec<Ticket>,
}

#[derive(Template)]
#[template(path = "panel/search/found.html")]
struct FoundPage {
    frame: Frame,
    found: Found,
    more: String,
}

pub(super) async fn search(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let asked = Fields::of_query(&request);
        let typed = asked.text("q").unwrap_or_default().to_owned();
        let storage = visit.storage();
        let look = async move { consult(&*storage, async |tx| find(tx, &typed).await).await };
        let found = visit.run(look).await?;
        if let Some(reference) = found.named {
            return Ok(go(&format!("/admin/tickets/{reference}")));
        }
        let more = asked.only(&["q"]).query();
        shown(&FoundPage { frame: visit.frame(visit.t("Search"), Section::None), found, more })
    })
    .await
}

async fn find(tx: &mut Transaction, typed: &str) -> Result<Found, StorageError> {
    let mut found = Found::default();
    if let Some(reference) = reference(typed) {
        found.named = tx.tickets().by_reference(reference).await?.map(|ticket| ticket.reference);
    }
    if found.named.is_some() {
        return Ok(found);
    }
    if let Some(needle) = Needle::for_users(typed) {
        let filter = UserFilter { needle: Some(needle), ..UserFilter::default() };
        found.users = tx.users().page(&filter, Page::first(FOUND_MAX)).await?;
    }
    if let Some(needle) = Needle::for_tickets(typed) {
        let filter = TicketFilter { needle: Some(needle), ..TicketFilter::default() };
        found.tickets = tx.tickets().page(&filter, Page::first(FOUND_MAX)).await?;
    }
    Ok(found)
}

/// A bare number may as well be a part of a phone number.
fn reference(typed: &str) -> Option<Reference> {
    typed.trim().starts_with(['T', 't']).then(|| typed.parse().ok()).flatten()
}

impl FoundPage {
    fn is_full(&self, found: usize) -> bool {
        found == usize::from(FOUND_MAX)
    }
}
