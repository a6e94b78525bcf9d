//! Tickets.

use application::ports::{Page, StorageError, TicketFilter, TicketRepository};
use async_trait::async_trait;
use domain::{
    ids::{TicketId, UserId},
    ticket::{Reference, Ticket},
};

use crate::storage::{Operation, state::State, unit_of_work::InMemoryUnitOfWork};

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

    async fn find(&mut self, id: TicketId) -> Result<Option<Ticket>, StorageError> {
        Ok(self.read(Operation::TicketsFind)?.tickets.get(&id).cloned())
    }

    async fn by_reference(&mut self, reference: Reference) -> Result<Option<Ticket>, StorageError> {
        let state = self.read(Operation::TicketsByReference)?;
        Ok(state.references.get(&reference).and_then(|id| state.tickets.get(id)).cloned())
    }

    async fn page(&mut self, filter: &TicketFilter, page: Page) -> Result<Vec<Ticket>, StorageError> {
        let state = self.read(Operation::TicketsPage)?;
        let tickets = state.tickets.newest_first(page.before.map(TicketId::from_uuid));
        let fitting = tickets.filter(|ticket| state.fits_ticket(filter, ticket));
        Ok(fitting.take(page.limit.into()).cloned().collect())
    }

    async fn of_user(&mut self, user_id: UserId, page: Page) -> Result<Vec<Ticket>, StorageError> {
        let state = self.read(Operation::TicketsOfUser)?;
        let tickets = state.tickets.newest_first(page.before.map(TicketId::from_uuid));
        let of_user = tickets.filter(|ticket| ticket.user_id == Some(user_id));
        Ok(of_user.take(page.limit.into()).cloned().collect())
    }
}

impl State {
    /// What was not indexed yet is found by what is in its row only.
    fn fits_ticket(&self, filter: &TicketFilter, ticket: &Ticket) -> bool {
        let TicketFilter { needle, origin, user_id, status, topic, assignee, priority, created } = filter;
        let work = self.ticket_work.get(&ticket.id).copied().unwrap_or_default();
        let entry = self.ticket_entries.get(&ticket.id);
        created.contains(ticket.created_at)
            && user_id.is_none_or(|user| ticket.user_id == Some(user))
            && status.is_none_or(|status| ticket.status == status)
            && topic.as_ref().is_none_or(|topic| ticket.topic == *topic)
            && assignee.is_none_or(|assignee| work.assignee == assignee)
            && priority.is_none_or(|priority| work.priority == priority)
            && origin.as_ref().is_none_or(|_| entry.is_some_and(|entry| entry.origin == *origin))
            && needle.as_ref().is_none_or(|needle| entry.is_some_and(|entry| needle.is_in(&entry.text)))
    }
}
