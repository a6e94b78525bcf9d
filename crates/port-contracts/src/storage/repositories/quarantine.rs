//! Calls that could not be understood.

use application::ports::{HeldCall, HeldStatus, Page, QuarantineFilter, QuarantineRepository, StorageError};
use async_trait::async_trait;
use domain::{ids::RequestId, intake::Quarantined};
use jiff::Timestamp;

use crate::storage::{
    Operation,
    state::{Held, State},
    unit_of_work::InMemoryUnitOfWork,
};

#[async_trait]
impl QuarantineRepository for InMemoryUnitOfWork {
    async fn hold(&mut self, calls: &[Quarantined]) -> Result<(), StorageError> {
        let state = self.write(Operation::QuarantineHold)?;
        calls.iter().try_for_each(|call| {
            let held = Held { call: call.clone(), status: HeldStatus::Held, closed_at: None };
            state.quarantine.insert(call.request_id, held, "quarantine_pkey")
        })
    }

    async fn page(&mut self, filter: QuarantineFilter, page: Page) -> Result<Vec<HeldCall>, StorageError> {
        let state = self.read(Operation::QuarantinePage)?;
        let rows = state.quarantine.newest_first(page.before.map(RequestId::from_uuid));
        let shown = rows.filter(|held| passes(filter, held)).filter_map(|held| state.held_call(held));
        Ok(shown.take(page.limit.into()).collect())
    }

    async fn find(&mut self, id: RequestId) -> Result<Option<HeldCall>, StorageError> {
        let state = self.read(Operation::QuarantineFind)?;
        Ok(state.quarantine.get(&id).and_then(|held| state.held_call(held)))
    }

    async fn close(&mut self, id: RequestId, status: HeldStatus, at: Timestamp) -> Result<(), StorageError> {
        let state = self.write(Operation::QuarantineClose)?;
        let held = state.quarantine.get_mut(&id).filter(|held| held.status == HeldStatus::Held);
        let held = held.ok_or(StorageError::Stale)?;
        (held.status, held.closed_at) = (status, Some(at));
        Ok(())
    }
}

impl State {
    fn held_call(&self, held: &Held) -> Option<HeldCall> {
        let bot = self.bot(|bot| bot.id == held.call.bot_id)?;
        Some(HeldCall { call: held.call.clone(), bot: bot.name.clone(), status: held.status })
    }
}

fn passes(filter: QuarantineFilter, held: &Held) -> bool {
    filter.bot_id.is_none_or(|bot| held.call.bot_id == bot)
        && (filter.with_closed || held.status == HeldStatus::Held)
}
