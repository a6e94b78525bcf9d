//! The timeline of a person, in portions: of each of its lists the newest, cut where the first of them ends.

use application::{
    ports::{NotificationFilter, Page, StorageError, Transaction, Whose},
    users::{UserExport, with_attempts},
};
use domain::{ids::first_uuid_at, user::User};
use jiff::Timestamp;
use uuid::Uuid;

use crate::panel::events::{Event, What, of_user};

/// So many of each list are read for a portion.
const PORTION: u16 = 50;

/// What is known of a person in one portion of its timeline, and where the next one begins.
pub(super) async fn portion(
    tx: &mut Transaction,
    user: User,
    before: Option<Uuid>,
) -> Result<(UserExport, Option<Uuid>), StorageError> {
    let (id, page) = (user.id, Page { before, limit: PORTION });
    let filter = NotificationFilter { user_id: Some(id), ..NotificationFilter::default() };
    let mut tickets = tx.tickets().of_user(id, page).await?;
    let mut messages = tx.conversation().page(Whose::User(id), page).await?;
    let mut planned = tx.notifications().page(filter, page).await?;
    let ends = [
        end(&tickets, |ticket| ticket.id.as_uuid()),
        end(&messages, |message| message.id.as_uuid()),
        end(&planned, |notification| notification.id.as_uuid()),
    ];
    let older = ends.into_iter().flatten().max();
    let is_in = |id: Uuid| older.is_none_or(|older| id >= older);
    tickets.retain(|ticket| is_in(ticket.id.as_uuid()));
    messages.retain(|message| is_in(message.id.as_uuid()));
    planned.retain(|notification| is_in(notification.id.as_uuid()));
    let notifications = with_attempts(tx, planned).await?;
    let identities = tx.users().identities_of(id).await?;
    let clashes = tx.timeline().clashes_of(id).await?;
    // Notes stand in the timelines of tickets, and calls in quarantine have a list of their own.
    let (notes, quarantined) = (Vec::new(), Vec::new());
    let known =
        UserExport { user, identities, clashes, tickets, messages, notifications, notes, quarantined };
    Ok((known, older))
}

/// The id of the last item, if there may be more after it.
fn end<T>(items: &[T], id: impl Fn(&T) -> Uuid) -> Option<Uuid> {
    items.last().filter(|_| items.len() == usize::from(PORTION)).map(id)
}

/// What happened in a portion, the newest first. What has no list of its own is told where its time falls.
pub(super) fn events(known: &UserExport, before: Option<Uuid>, older: Option<Uuid>) -> Vec<Event> {
    let is_in = |at: Timestamp| {
        let id = first_uuid_at(at);
        before.is_none_or(|before| id < before) && older.is_none_or(|older| id >= older)
    };
    let mut events = of_user(known);
    events.retain(|event| match event.what {
        What::Registered { .. } | What::Identified { .. } | What::Clash { .. } => is_in(event.at),
        _ => true,
    });
    events
}
