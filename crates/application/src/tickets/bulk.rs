//! Changing many tickets at once.

use std::sync::Arc;

use domain::{
    agent::{Agent, Role},
    ids::TicketId,
    ticket_work::{TicketChange, change},
};

use super::{ChangeTicketError, Hand, change::check, with_work};
use crate::ports::{Clock, Ids, Page, Storage, StorageError, TicketFilter, atomically, consult};

/// At most about so many tickets of a list are changed at once.
pub const BULK_MAX: usize = 10_000;

/// So many are changed by one unit of work, so that no call of a bot waits long for one.
const PORTION: u16 = 50;

/// Which tickets are to be changed.
#[derive(Debug, Clone)]
pub enum Chosen {
    /// These.
    These(Vec<TicketId>),
    /// Those that a list shows on all its pages, the newest first.
    Listed(Box<TicketFilter>),
}

/// What became of many tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BulkChange {
    /// Tickets that are as they were to be.
    pub changed: usize,
    /// Tickets that stayed: they cannot go there from where they stand, or they are gone.
    pub stayed: usize,
    /// Whether the list may go on after [`BULK_MAX`] tickets.
    pub is_cut: bool,
}

/// Changes many tickets at once.
#[derive(Clone)]
pub struct ChangeTickets {
    /// Where tickets are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
}

impl ChangeTickets {
    /// Changes each ticket that can be changed so; the others stay. What was changed before an error stays changed.
    pub async fn execute(
        &self,
        agent: &Agent,
        chosen: &Chosen,
        wanted: &TicketChange,
    ) -> Result<BulkChange, ChangeTicketError> {
        if !agent.may(Role::Agent) {
            return Err(ChangeTicketError::NotAllowed);
        }
        let mut bulk = BulkChange::default();
        match chosen {
            Chosen::These(ids) => {
                for portion in ids.chunks(PORTION.into()) {
                    self.change(agent, portion, wanted, &mut bulk).await?;
                }
            }
            Chosen::Listed(filter) => {
                let mut page = Page::first(PORTION);
                while let portion = self.listed(filter, page).await?
                    && let Some(last) = portion.last()
                {
                    if bulk.changed + bulk.stayed >= BULK_MAX {
                        bulk.is_cut = true;
                        break;
                    }
                    self.change(agent, &portion, wanted, &mut bulk).await?;
                    page.before = Some(last.as_uuid());
                }
            }
        }
        Ok(bulk)
    }

    async fn listed(&self, filter: &TicketFilter, page: Page) -> Result<Vec<TicketId>, StorageError> {
        consult(&*self.storage, async |tx| {
            let tickets = tx.tickets().page(filter, page).await?;
            Ok(tickets.into_iter().map(|ticket| ticket.id).collect())
        })
        .await
    }

    async fn change(
        &self,
        agent: &Agent,
        portion: &[TicketId],
        wanted: &TicketChange,
        bulk: &mut BulkChange,
    ) -> Result<(), ChangeTicketError> {
        let changed = match self.try_change(agent, portion, wanted).await {
            // Somebody else changed one of them meanwhile: it is read again.
            Err(ChangeTicketError::Stale) => self.try_change(agent, portion, wanted).await?,
            tried => tried?,
        };
        bulk.changed += changed;
        bulk.stayed += portion.len() - changed;
        Ok(())
    }

    async fn try_change(
        &self,
        agent: &Agent,
        portion: &[TicketId],
        wanted: &TicketChange,
    ) -> Result<usize, ChangeTicketError> {
        let hand = Hand { agent: Some(agent.id()), at: self.clock.now(), ids: &*self.ids };
        atomically(&*self.storage, async |tx| {
            check(tx, wanted).await?;
            let mut found = Vec::new();
            for id in portion {
                found.extend(tx.tickets().find(*id).await?);
            }
            let mut count = 0;
            for known in with_work(tx, found).await? {
                if let Ok(changed) = change(&known.ticket, known.work, wanted) {
                    hand.write(tx, known, changed).await?;
                    count += 1;
                }
            }
            Ok(count)
        })
        .await
    }
}
