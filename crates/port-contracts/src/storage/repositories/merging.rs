//! Users who turn out to be one person.

use std::sync::Arc;

use application::ports::{Belongings, Changed, MergeRepository, StorageError};
use async_trait::async_trait;
use domain::ids::{TicketId, UserId};

use crate::storage::{Operation, state::State, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl MergeRepository for InMemoryUnitOfWork {
    async fn belongings(&mut self, id: UserId) -> Result<Belongings, StorageError> {
        Ok(self.read(Operation::MergesBelongings)?.belongings(id))
    }

    async fn merge(&mut self, given_up: UserId, kept: UserId) -> Result<Belongings, StorageError> {
        let state = self.write(Operation::MergesMerge)?;
        let given = state.belongings(given_up);
        state.give(given_up, kept);
        Ok(given)
    }
}

impl State {
    fn belongings(&self, user: UserId) -> Belongings {
        Belongings {
            identities: self.identities.values().filter(|known| known.user_id == user).count(),
            tickets: self.tickets_of(user).len(),
            notifications: self.outbox.values().filter(|row| row.planned.user_id == Some(user)).count(),
        }
    }

    fn tickets_of(&self, user: UserId) -> Vec<TicketId> {
        let of_user = self.tickets.values().filter(|ticket| ticket.user_id == Some(user));
        of_user.map(|ticket| ticket.id).collect()
    }

    fn give(&mut self, given_up: UserId, kept: UserId) {
        let tickets = self.tickets_of(given_up);
        self.identities.change(|known| known.user_id == given_up, |known| known.user_id = kept);
        self.tickets.change(|ticket| ticket.user_id == Some(given_up), |ticket| ticket.user_id = Some(kept));
        self.outbox
            .change(|row| row.planned.user_id == Some(given_up), |row| row.planned.user_id = Some(kept));
        let clashes = Arc::make_mut(&mut self.clashes);
        for clash in clashes.iter_mut() {
            for user in [&mut clash.user_id, &mut clash.other_user_id] {
                if *user == given_up {
                    *user = kept;
                }
            }
        }
        clashes.retain(|clash| clash.user_id != clash.other_user_id);
        self.forget_answers(given_up);
        self.forget_answers(kept);
        if let Some(made_at) = self.users.get(&given_up).map(|user| user.created_at) {
            self.total(made_at, |total| total.users += 1);
        }
        self.users.remove(&given_up);
        self.user_entries.remove(&given_up);
        self.note(Changed { users: vec![given_up, kept], tickets });
    }
}
