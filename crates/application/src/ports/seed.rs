//! What fills a database for demonstrations and benchmarks.

use async_trait::async_trait;
use domain::{
    ids::{TicketId, WorkerId},
    notification::{Attempt, NewNotification, NotificationStatus},
    ticket_work::TicketWork,
};

use super::StorageError;

/// A notification of which nothing more is to happen, and the one attempt that ended it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastNotification {
    /// How it was planned.
    pub planned: NewNotification,
    /// Where it stands for ever: sent, failed, unknown or cancelled.
    pub status: NotificationStatus,
    /// How it was tried, by whom; none if it was cancelled before.
    pub attempt: Option<(WorkerId, Attempt)>,
}

/// Writes at once what otherwise comes about step by step. What else is made up has its own repositories.
#[async_trait]
pub trait SeedRepository: Send {
    /// Writes notifications that are over. They are never due.
    async fn notifications(&mut self, past: &[PastNotification]) -> Result<(), StorageError>;

    /// Writes the work on tickets that nobody worked on before.
    async fn work(&mut self, work: &[(TicketId, TicketWork)]) -> Result<(), StorageError>;
}
