//! What waits, and whom that was told.

use async_trait::async_trait;
use domain::{
    ids::{NotificationId, TicketId},
    reminder::{Backlog, OverdueTicket},
    topic::Slug,
};
use jiff::{Timestamp, civil::Date};

use super::StorageError;

/// Tickets that wait, and the reminders of them.
#[async_trait]
pub trait ReminderRepository: Send {
    /// The tickets of a topic that are not done, with at most `limit` of the oldest.
    async fn backlog(&mut self, topic: &Slug, limit: u16) -> Result<Backlog, StorageError>;

    /// Writes that a notification is the digest of a topic and day. Says whether it is the first one: then it may be
    /// planned.
    async fn note_digest(
        &mut self,
        topic: &Slug,
        day: Date,
        notification: NotificationId,
    ) -> Result<bool, StorageError>;

    /// At most `limit` tickets of a topic that are open, were opened at `opened_until` or before and were not told again
    /// yet: the oldest first, locked until the end of the unit of work. Two units of work are not given the same ones.
    async fn overdue(
        &mut self,
        topic: &Slug,
        opened_until: Timestamp,
        limit: u16,
    ) -> Result<Vec<OverdueTicket>, StorageError>;

    /// Writes that tickets were told again, so that they never are another time.
    async fn note_escalated(&mut self, tickets: &[TicketId], at: Timestamp) -> Result<(), StorageError>;
}
