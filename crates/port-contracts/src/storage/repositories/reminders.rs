//! What waits, and whom that was told.

use application::ports::{ReminderRepository, StorageError};
use async_trait::async_trait;
use domain::{
    ids::{NotificationId, TicketId},
    reminder::{Backlog, OverdueTicket, WaitingTicket},
    ticket::{Ticket, TicketStatus},
    topic::Slug,
};
use jiff::{Timestamp, civil::Date};

use crate::storage::{Operation, state::State, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl ReminderRepository for InMemoryUnitOfWork {
    async fn backlog(&mut self, topic: &Slug, limit: u16) -> Result<Backlog, StorageError> {
        Ok(self.read(Operation::RemindersBacklog)?.backlog(topic, limit))
    }

    async fn note_digest(
        &mut self,
        topic: &Slug,
        day: Date,
        notification: NotificationId,
    ) -> Result<bool, StorageError> {
        let state = self.write(Operation::RemindersNoteDigest)?;
        Ok(state.digests.insert((topic.clone(), day), notification, "digests_pkey").is_ok())
    }

    async fn overdue(
        &mut self,
        topic: &Slug,
        opened_until: Timestamp,
        limit: u16,
    ) -> Result<Vec<OverdueTicket>, StorageError> {
        let state = self.write(Operation::RemindersOverdue)?;
        let overdue = state.tickets.values().filter(|ticket| {
            let waits = ticket.topic == *topic && ticket.status == TicketStatus::Open;
            waits && ticket.created_at <= opened_until && state.escalated.get(&ticket.id).is_none()
        });
        let told = overdue.map(|ticket| OverdueTicket { id: ticket.id, user_id: ticket.user_id });
        Ok(told.take(limit.into()).collect())
    }

    async fn note_escalated(&mut self, tickets: &[TicketId], at: Timestamp) -> Result<(), StorageError> {
        let state = self.write(Operation::RemindersNoteEscalated)?;
        for &ticket in tickets {
            state.escalated.put(ticket, at);
        }
        Ok(())
    }
}

impl State {
    /// The tickets of a topic that are not done, oldest first.
    pub(in crate::storage) fn waiting<'a>(&'a self, topic: &'a Slug) -> impl Iterator<Item = &'a Ticket> {
        self.tickets.values().filter(move |ticket| {
            ticket.topic == *topic && matches!(ticket.status, TicketStatus::Open | TicketStatus::Pending)
        })
    }

    pub(in crate::storage) fn backlog(&self, topic: &Slug, limit: u16) -> Backlog {
        let count = |status| self.waiting(topic).filter(|ticket| ticket.status == status).count() as u64;
        let oldest = self.waiting(topic).take(limit.into()).map(|ticket| WaitingTicket {
            id: ticket.id,
            reference: ticket.reference,
            status: ticket.status,
            opened_at: ticket.created_at,
        });
        Backlog {
            open: count(TicketStatus::Open),
            pending: count(TicketStatus::Pending),
            oldest: oldest.collect(),
        }
    }
}
