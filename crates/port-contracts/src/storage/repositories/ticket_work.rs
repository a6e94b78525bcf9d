//! What members of staff do about tickets.

use application::ports::{Page, StorageError, TicketWorkRepository};
use async_trait::async_trait;
use domain::{
    ids::{TicketEventId, TicketId},
    ticket::Ticket,
    ticket_work::{Changed, TicketEvent, TicketWork},
};

use crate::storage::{Operation, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl TicketWorkRepository for InMemoryUnitOfWork {
    async fn of_tickets(&mut self, ids: &[TicketId]) -> Result<Vec<(TicketId, TicketWork)>, StorageError> {
        let state = self.read(Operation::TicketWorkOfTickets)?;
        Ok(ids.iter().filter_map(|id| Some((*id, *state.ticket_work.get(id)?))).collect())
    }

    async fn change(&mut self, read: &Ticket, version: u32, changed: &Changed) -> Result<(), StorageError> {
        let state = self.write(Operation::TicketWorkChange)?;
        let work = state.ticket_work.get(&read.id).copied().unwrap_or_default();
        let ticket = state.tickets.get_mut(&read.id).ok_or(StorageError::Stale)?;
        if work.version != version || ticket.status != read.status || ticket.topic != read.topic {
            return Err(StorageError::Stale);
        }
        ticket.status = changed.status;
        ticket.topic = changed.topic.clone();
        state.ticket_work.put(read.id, changed.work);
        Ok(())
    }

    async fn record(&mut self, events: &[TicketEvent]) -> Result<(), StorageError> {
        let state = self.write(Operation::TicketWorkRecord)?;
        for event in events {
            state.ticket_events.put(event.id, event.clone());
        }
        Ok(())
    }

    async fn events_of(&mut self, ticket: TicketId, page: Page) -> Result<Vec<TicketEvent>, StorageError> {
        let state = self.read(Operation::TicketWorkEventsOf)?;
        let events = state.ticket_events.newest_first(page.before.map(TicketEventId::from_uuid));
        let own = events.filter(|event| event.ticket_id == ticket);
        Ok(own.take(page.limit.into()).cloned().collect())
    }
}
