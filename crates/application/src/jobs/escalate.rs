//! Teams are told once more about tickets that wait too long.

use std::sync::Arc;

use domain::{
    ids::{NotificationId, RequestId, TicketId},
    ledger::Made,
    notification::{NewNotification, Purpose},
    reminder::OverdueTicket,
    topic::Topic,
};
use jiff::Timestamp;

use crate::ports::{Clock, Ids, NotificationQueue, Storage, StorageError, Transaction, atomically, consult};

/// Of each topic so many tickets are told at once, so that a limit which is set where much waits floods nobody.
const AT_ONCE: u16 = 100;

/// Tells the routes of a topic once more about each ticket that was open for longer than the topic's limit.
#[derive(Clone)]
pub struct EscalateTickets {
    /// Where tickets and notifications are.
    pub storage: Arc<dyn Storage>,
    /// What is rung.
    pub queue: Arc<dyn NotificationQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
}

impl EscalateTickets {
    /// Plans what is due. Says how many tickets that were.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let now = self.clock.now();
        let topics = consult(&*self.storage, async |snapshot| {
            Ok(snapshot.topics().routing().await?.topics().to_vec())
        })
        .await?;
        let mut told = 0;
        for topic in &topics {
            let Some(since) = topic.reminders.overdue_since(now) else { continue };
            told += atomically(&*self.storage, async |tx| self.escalate(tx, topic, since, now).await).await?;
        }
        if told > 0 {
            tracing::info!(tickets = told, "tickets that waited too long were told once more");
            self.queue.ring();
        }
        Ok(told)
    }

    async fn escalate(
        &self,
        tx: &mut Transaction,
        topic: &Topic,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<usize, StorageError> {
        let overdue = tx.reminders().overdue(&topic.slug, since, AT_ONCE).await?;
        if overdue.is_empty() {
            return Ok(0);
        }
        let planned: Vec<_> = overdue.iter().flat_map(|ticket| self.plan(ticket, topic, now)).collect();
        let ids: Vec<TicketId> = overdue.iter().map(|ticket| ticket.id).collect();
        tx.notifications().insert(&planned).await?;
        tx.reminders().note_escalated(&ids, now).await?;
        let made = Made { notifications: planned.len() as u64, ..Made::default() };
        tx.ledger().made_without_call(now, made).await?;
        Ok(overdue.len())
    }

    fn plan(&self, ticket: &OverdueTicket, topic: &Topic, now: Timestamp) -> Vec<NewNotification> {
        let request_id = RequestId::from_uuid(self.ids.next());
        let planned = topic.routes.iter().map(|route| NewNotification {
            id: NotificationId::from_uuid(self.ids.next()),
            purpose: Purpose::Escalation,
            channel_id: route.channel_id,
            user_id: ticket.user_id,
            ticket_id: Some(ticket.id),
            request_id,
            due_at: now,
            created_at: now,
        });
        planned.collect()
    }
}
