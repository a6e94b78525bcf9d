//! What members of staff do about tickets.

use async_trait::async_trait;
use domain::{
    ids::TicketId,
    ticket::Ticket,
    ticket_work::{Changed, TicketEvent, TicketWork},
};

use super::{Page, StorageError};

/// Who works on tickets, what was changed about them, and private notes.
#[async_trait]
pub trait TicketWorkRepository: Send {
    /// Who works on these tickets. One that nobody worked on may be missing.
    async fn of_tickets(&mut self, ids: &[TicketId]) -> Result<Vec<(TicketId, TicketWork)>, StorageError>;

    /// Writes what was decided about a ticket that was read so, and about the work of which `version` was read.
    ///
    /// [`StorageError::Stale`] when its status, its topic or its work is another one now.
    async fn change(&mut self, read: &Ticket, version: u32, changed: &Changed) -> Result<(), StorageError>;

    /// Writes what was done.
    async fn record(&mut self, events: &[TicketEvent]) -> Result<(), StorageError>;

    /// What was done about a ticket, the newest first.
    async fn events_of(&mut self, ticket: TicketId, page: Page) -> Result<Vec<TicketEvent>, StorageError>;
}
