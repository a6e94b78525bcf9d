//! Writing what was decided about a ticket.

use domain::{
    channel::CHAT_CHANNEL_ID,
    ids::{AgentId, NotificationId, RequestId},
    ledger::Made,
    notification::NewNotification,
    ticket::Ticket,
    ticket_work::Changed,
};
use jiff::Timestamp;

use super::TicketAsWorkedOn;
use crate::ports::{Ids, StorageError, Transaction};

/// Who changes tickets: a member of staff, or the person by a message.
pub(crate) struct Hand<'a> {
    /// The member of staff.
    pub(crate) agent: Option<AgentId>,
    /// When.
    pub(crate) at: Timestamp,
    /// New ids.
    pub(crate) ids: &'a dyn Ids,
}

impl Hand<'_> {
    /// Writes what was decided about a ticket as it was read, and tells it in its history. Answers the ticket as it is then.
    ///
    /// [`StorageError::Stale`] when the ticket is another one now.
    pub(crate) async fn write(
        &self,
        tx: &mut Transaction,
        read: TicketAsWorkedOn,
        changed: Changed,
    ) -> Result<TicketAsWorkedOn, StorageError> {
        let TicketAsWorkedOn { ticket, work } = read;
        if !changed.deeds.is_empty() {
            tx.ticket_work().change(&ticket, work.version, &changed).await?;
            let events = changed.events(ticket.id, self.agent, self.at, || self.ids.next());
            tx.ticket_work().record(&events).await?;
        }
        let is_moved = changed.status != ticket.status;
        let ticket = Ticket { status: changed.status, topic: changed.topic, ..ticket };
        if is_moved {
            self.tell_chat(tx, &ticket).await?;
        }
        Ok(TicketAsWorkedOn { ticket, work: changed.work })
    }

    /// Plans what the topic of a ticket owes its chat now that its status moved.
    async fn tell_chat(&self, tx: &mut Transaction, ticket: &Ticket) -> Result<(), StorageError> {
        if ticket.chat.customer.is_none() {
            return Ok(());
        }
        let routing = tx.topics().routing().await?;
        let topic = routing.topics().iter().find(|topic| topic.slug == ticket.topic);
        let Some(purpose) = topic.and_then(|topic| topic.chat_rules.after_change(ticket.status)) else {
            return Ok(());
        };
        let planned = NewNotification {
            id: NotificationId::from_uuid(self.ids.next()),
            purpose,
            channel_id: CHAT_CHANNEL_ID,
            user_id: ticket.user_id,
            ticket_id: Some(ticket.id),
            request_id: RequestId::from_uuid(self.ids.next()),
            due_at: self.at,
            created_at: self.at,
        };
        tx.notifications().insert(std::slice::from_ref(&planned)).await?;
        tx.ledger().made_without_call(self.at, Made { notifications: 1, ..Made::default() }).await
    }
}
