//! What lists are searched by.

use std::sync::Arc;

use application::ports::{Changed, Noted, SearchRepository, StorageError};
use async_trait::async_trait;
use domain::{
    ids::{TicketId, UserId},
    search::{TicketEntry, UserEntry},
    ticket::Ticket,
};

use crate::storage::{Operation, state::State, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl SearchRepository for InMemoryUnitOfWork {
    async fn note(&mut self, changed: &Changed) -> Result<(), StorageError> {
        self.write(Operation::SearchNote)?.note(changed.clone());
        Ok(())
    }

    async fn take(&mut self, about: u16) -> Result<Noted, StorageError> {
        let state = self.write(Operation::SearchTake)?;
        let mut noted = Noted::default();
        let mut changed = Changed::default();
        while changed.users.len() + changed.tickets.len() < about.into() && !state.search_notes.is_empty() {
            let next = Arc::make_mut(&mut state.search_notes).remove(0);
            changed.users.extend(next.users);
            changed.tickets.extend(next.tickets);
            noted.notes += 1;
        }
        noted.users = sorted(changed.users).iter().filter_map(|id| state.user_or_forget(*id)).collect();
        noted.tickets =
            sorted(changed.tickets).iter().filter_map(|id| state.ticket_and_origin(*id)).collect();
        Ok(noted)
    }

    async fn put(&mut self, users: &[UserEntry], tickets: &[TicketEntry]) -> Result<(), StorageError> {
        let state = self.write(Operation::SearchPut)?;
        for entry in users {
            state.user_entries.put(entry.user_id, entry.clone());
        }
        for entry in tickets {
            state.ticket_entries.put(entry.ticket_id, entry.clone());
        }
        Ok(())
    }
}

fn sorted<T: Ord>(mut ids: Vec<T>) -> Vec<T> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl State {
    pub(crate) fn note(&mut self, changed: Changed) {
        if !changed.is_empty() {
            Arc::make_mut(&mut self.search_notes).push(changed);
        }
    }

    fn user_or_forget(&mut self, id: UserId) -> Option<domain::user::User> {
        let user = self.users.get(&id).cloned();
        if user.is_none() {
            self.user_entries.remove(&id);
        }
        user
    }

    fn ticket_and_origin(&self, id: TicketId) -> Option<(Ticket, Option<String>)> {
        let ticket = self.tickets.get(&id)?.clone();
        let user = ticket.user_id.and_then(|user| self.users.get(&user));
        let origin = user.and_then(|user| user.first_origin.source.clone());
        Some((ticket, origin))
    }
}
