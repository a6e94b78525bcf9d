//! Writing what was decided about a ticket.

use domain::{ids::AgentId, ticket::Ticket, ticket_work::Changed};
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
        let ticket = Ticket { status: changed.status, topic: changed.topic, ..ticket };
        Ok(TicketAsWorkedOn { ticket, work: changed.work })
    }
}
