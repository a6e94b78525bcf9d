//! Everything that is stored about one user.

use std::sync::Arc;

use domain::{
    conversation::ConversationMessage,
    ids::UserId,
    intake::{IdentityClash, NewIdentity},
    notification::{Attempt, Notification},
    ticket::Ticket,
    user::User,
};
use uuid::Uuid;

use super::WhichUser;
use crate::ports::{
    CapturedMail, NotificationFilter, Page, Storage, StorageError, Transaction, Whose, consult,
};

/// So many rows are read at a time.
const PAGE: u16 = 500;

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
    Ok(Some(UserExport {
        identities: snapshot.users().identities_of(id).await?,
        clashes: snapshot.timeline().clashes_of(id).await?,
        tickets: tickets(snapshot, id).await?,
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

const fn page_after(last: Option<Uuid>) -> Page {
    Page { before: last, limit: PAGE }
}
