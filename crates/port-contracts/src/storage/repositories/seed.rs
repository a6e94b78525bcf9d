//! What fills a database for demonstrations and benchmarks.

use application::ports::{PastNotification, SeedRepository, StorageError};
use async_trait::async_trait;
use domain::{ids::TicketId, ticket_work::TicketWork};

use crate::storage::{Operation, outbox::OutboxRow, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl SeedRepository for InMemoryUnitOfWork {
    async fn notifications(&mut self, past: &[PastNotification]) -> Result<(), StorageError> {
        let state = self.write(Operation::SeedNotifications)?;
        past.iter().try_for_each(|past| {
            state.outbox.insert(past.planned.id, OutboxRow::past(past), "notifications_pkey")
        })
    }

    async fn work(&mut self, work: &[(TicketId, TicketWork)]) -> Result<(), StorageError> {
        let state = self.write(Operation::SeedWork)?;
        work.iter()
            .try_for_each(|(ticket, work)| state.ticket_work.insert(*ticket, *work, "ticket_work_pkey"))
    }
}
