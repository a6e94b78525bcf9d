//! Everything that is stored about one user.

use std::sync::Arc;

use domain::{
    bot_call::{ReadingContext, names_any},
    conversation::ConversationMessage,
    ids::UserId,
    intake::{IdentityClash, NewIdentity, Quarantined},
    notification::{Attempt, Notification},
    ticket::Ticket,
    ticket_work::{Deed, TicketEvent},
    user::User,
};
use uuid::Uuid;

use super::WhichUser;
use crate::ports::{
    CapturedMail, HeldCall, NotificationFilter, Page, QuarantineFilter, Storage, StorageError, Transaction,
    Whose, consult,
};

/// So many rows are read at a time.
const PAGE: u16 = 500;

/// So many calls in quarantine are in memory at once, each of up to 64 KiB.
const CALLS: u16 = 100;

/// A notification, and what became of it.
#[derive(Debug, Clone)]
pub struct ExportedNotification {
    /// The notification.
    pub notification: Notification,
    /// Its attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// The mail, if it was captured instead of sent.
    pub captured_mail: Option<CapturedMail>,
}

/// Everything that is stored about one user. Personal in every part.
#[derive(Debug, Clone)]
pub struct UserExport {
    /// The user.
    pub user: User,
    /// The ways in which it is known.
    pub identities: Vec<NewIdentity>,
    /// Calls that named identities of another user too.
    pub clashes: Vec<IdentityClash>,
    /// Its tickets, newest first.
    pub tickets: Vec<Ticket>,
    /// Its conversation, newest first.
    pub messages: Vec<ConversationMessage>,
    /// Notifications about it, newest first.
    pub notifications: Vec<ExportedNotification>,
    /// What members of staff wrote about its tickets, and the person never saw.
    pub notes: Vec<TicketEvent>,
    /// Calls in quarantine that name it, the newest first, also those that were released or discarded.
    pub quarantined: Vec<HeldCall>,
}

/// Gathers everything that is stored about one user.
#[derive(Clone)]
pub struct ExportUser {
    /// Where users are.
    pub storage: Arc<dyn Storage>,
}

impl ExportUser {
    /// What is stored, from one consistent snapshot; none if there is no such user.
    pub async fn execute(&self, which: &WhichUser) -> Result<Option<UserExport>, StorageError> {
        consult(&*self.storage, async |snapshot| match which.find(snapshot).await? {
            Some(id) => gather(snapshot, id).await,
            None => Ok(None),
        })
        .await
    }
}

/// Notifications with their attempts, and without the mails that were captured of them.
pub async fn with_attempts(
    snapshot: &mut Transaction,
    notifications: Vec<Notification>,
) -> Result<Vec<ExportedNotification>, StorageError> {
    let mut told = Vec::with_capacity(notifications.len());
    for notification in notifications {
        let attempts = snapshot.notifications().attempts(notification.id).await?;
        told.push(ExportedNotification { notification, attempts, captured_mail: None });
    }
    Ok(told)
}

async fn gather(snapshot: &mut Transaction, id: UserId) -> Result<Option<UserExport>, StorageError> {
    let Some(user) = snapshot.users().find(id).await? else { return Ok(None) };
    let identities = snapshot.users().identities_of(id).await?;
    let tickets = tickets(snapshot, id).await?;
    Ok(Some(UserExport {
        notes: notes(snapshot, &tickets).await?,
        quarantined: quarantined(snapshot, &identities).await?,
        identities,
        clashes: snapshot.timeline().clashes_of(id).await?,
        tickets,
        messages: messages(snapshot, id).await?,
        notifications: notifications(snapshot, id).await?,
        user,
    }))
}

async fn tickets(snapshot: &mut Transaction, id: UserId) -> Result<Vec<Ticket>, StorageError> {
    let mut all: Vec<Ticket> = Vec::new();
    loop {
        let page = page_after(all.last().map(|ticket| ticket.id.as_uuid()));
        let more = snapshot.tickets().of_user(id, page).await?;
        if more.is_empty() {
            return Ok(all);
        }
        all.extend(more);
    }
}

async fn messages(snapshot: &mut Transaction, id: UserId) -> Result<Vec<ConversationMessage>, StorageError> {
    let mut all: Vec<ConversationMessage> = Vec::new();
    loop {
        let page = page_after(all.last().map(|message| message.id.as_uuid()));
        let more = snapshot.conversation().page(Whose::User(id), page).await?;
        if more.is_empty() {
            return Ok(all);
        }
        all.extend(more);
    }
}

async fn notifications(
    snapshot: &mut Transaction,
    id: UserId,
) -> Result<Vec<ExportedNotification>, StorageError> {
    let filter = NotificationFilter { user_id: Some(id), ..NotificationFilter::default() };
    let mut all: Vec<ExportedNotification> = Vec::new();
    loop {
        let page = page_after(all.last().map(|last| last.notification.id.as_uuid()));
        let more = snapshot.notifications().page(filter, page).await?;
        if more.is_empty() {
            return Ok(all);
        }
        for notification in more {
            let attempts = snapshot.notifications().attempts(notification.id).await?;
            let captured_mail = snapshot.captured_mails().of_notification(notification.id).await?;
            all.push(ExportedNotification { notification, attempts, captured_mail });
        }
    }
}

async fn notes(snapshot: &mut Transaction, tickets: &[Ticket]) -> Result<Vec<TicketEvent>, StorageError> {
    let mut all = Vec::new();
    for ticket in tickets {
        let mut before = None;
        loop {
            let events = snapshot.ticket_work().events_of(ticket.id, page_after(before)).await?;
            let Some(last) = events.last() else { break };
            before = Some(last.id.as_uuid());
            all.extend(events.into_iter().filter(|event| event.deed == Deed::Note));
        }
    }
    Ok(all)
}

/// Calls in quarantine belong to nobody, so they are searched for what the user is known as.
async fn quarantined(
    snapshot: &mut Transaction,
    known_as: &[NewIdentity],
) -> Result<Vec<HeldCall>, StorageError> {
    let identities: Vec<_> = known_as.iter().map(|known| known.identity.clone()).collect();
    let bots = snapshot.bots().all().await?;
    let country = |id| bots.iter().find(|bot| bot.id == id).and_then(|bot| bot.default_country);
    let names = |held: &HeldCall| {
        let Quarantined { bot_id, raw, .. } = &held.call;
        let context = ReadingContext { bot: *bot_id, country: country(*bot_id) };
        names_any(&raw.query, &raw.body, &context, &identities)
    };
    let filter = QuarantineFilter { bot_id: None, with_closed: true };
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let calls = snapshot.quarantine().page(filter, Page { before, limit: CALLS }).await?;
        let Some(last) = calls.last() else { return Ok(all) };
        before = Some(last.call.request_id.as_uuid());
        all.extend(calls.into_iter().filter(names));
    }
}

const fn page_after(last: Option<Uuid>) -> Page {
    Page { before: last, limit: PAGE }
}
