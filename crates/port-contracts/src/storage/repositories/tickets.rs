//! Tickets.

use application::ports::{Page, StorageError, TicketRepository};
use async_trait::async_trait;
use domain::{
    ids::{TicketId, UserId},
    ticket::{Reference, Ticket},
};

use crate::storage::{Operation, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl TicketRepository for InMemoryUnitOfWork {
    async fn take_numbers(&mut self, count: usize) -> Result<u64, StorageError> {
        let state = self.write(Operation::TicketsTakeNumbers)?;
        let first = state.ticket_number + 1;
        state.ticket_number += count as u64;
        Ok(first)
    }

    async fn insert(&mut self, tickets: &[Ticket]) -> Result<(), StorageError> {
        let state = self.write(Operation::TicketsInsert)?;
        tickets.iter().try_for_each(|ticket| {
            state.references.insert(ticket.reference, ticket.id, "tickets_number_key")?;
            state.tickets.insert(ticket.id, ticket.clone(), "tickets_pkey")
        })
    }

    async fn by_reference(&mut self, reference: Reference) -> Result<Option<Ticket>, StorageError> {
        let state = self.read(Operation::TicketsByReference)?;
        Ok(state.references.get(&reference).and_then(|id| state.tickets.get(id)).cloned())
    }

    async fn of_user(&mut self, user_id: UserId, page: Page) -> Result<Vec<Ticket>, StorageError> {
        let state = self.read(Operation::TicketsOfUser)?;
        let tickets = state.tickets.newest_first(page.before.map(TicketId::from_uuid));
        let of_user = tickets.filter(|ticket| ticket.user_id == Some(user_id));
        Ok(of_user.take(page.limit.into()).cloned().collect())
    }
}
