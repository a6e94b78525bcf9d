//! Changing where a ticket stands, what it is about, who works on it and how much it matters.

use std::sync::Arc;

use domain::{
    agent::{Agent, Role, StaffMember},
    ids::TicketId,
    ticket_work::{StatusError, TicketChange, change},
    topic::Slug,
};

use super::{Hand, TicketAsWorkedOn, with_its_work};
use crate::ports::{Clock, Ids, Storage, StorageError, Transaction, atomically};

/// Why a ticket stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum ChangeTicketError {
    /// The agent's role does not allow it.
    #[error("only an agent may change tickets")]
    NotAllowed,
    /// There is no such ticket.
    #[error("there is no such ticket")]
    Unknown,
    /// It cannot go there from where it stands.
    #[error(transparent)]
    Status(#[from] StatusError),
    /// There is no such topic.
    #[error("there is no topic {0}")]
    Topic(Slug),
    /// Nobody who may sign in has this id.
    #[error("there is no such member of staff")]
    Assignee,
    /// Somebody else changed it since it was looked at.
    #[error("somebody else changed the ticket meanwhile")]
    Stale,
    /// It could not be written.
    #[error("changing a ticket failed")]
    Storage(#[source] StorageError),
}

impl From<StorageError> for ChangeTicketError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Stale => Self::Stale,
            other => Self::Storage(other),
        }
    }
}

/// Changes tickets.
#[derive(Clone)]
pub struct ChangeTicket {
    /// Where tickets are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
}

impl ChangeTicket {
    /// Changes a ticket. With `seen` the version of the ticket that the agent looked at; another one is refused. Answers the
    /// ticket as it is then.
    pub async fn execute(
        &self,
        agent: &Agent,
        id: TicketId,
        wanted: &TicketChange,
        seen: Option<u32>,
    ) -> Result<TicketAsWorkedOn, ChangeTicketError> {
        if !agent.may(Role::Agent) {
            return Err(ChangeTicketError::NotAllowed);
        }
        atomically(&*self.storage, async |tx| {
            let found = tx.tickets().find(id).await?;
            let known = with_its_work(tx, found).await?.ok_or(ChangeTicketError::Unknown)?;
            if seen.is_some_and(|seen| seen != known.work.version) {
                return Err(ChangeTicketError::Stale);
            }
            check(tx, wanted).await?;
            let changed = change(&known.ticket, known.work, wanted)?;
            let hand = Hand { agent: Some(agent.id()), at: self.clock.now(), ids: &*self.ids };
            Ok(hand.write(tx, known, changed).await?)
        })
        .await
    }
}

/// Whether there is what a ticket is to be given.
pub(super) async fn check(tx: &mut Transaction, wanted: &TicketChange) -> Result<(), ChangeTicketError> {
    if let Some(topic) = &wanted.topic {
        let routing = tx.topics().routing().await?;
        if !routing.topics().iter().any(|known| known.slug == *topic) {
            return Err(ChangeTicketError::Topic(topic.clone()));
        }
    }
    if let Some(Some(assignee)) = wanted.assignee {
        let members = tx.agents().all().await?;
        if !members.iter().filter(|member| member.id == assignee).any(StaffMember::is_active) {
            return Err(ChangeTicketError::Assignee);
        }
    }
    Ok(())
}
