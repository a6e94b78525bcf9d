//! Notifications as workers see them.

use application::ports::{AbandonedAttempt, ClosedAttempt, DeliveryRepository, OpenedAttempt, StorageError};
use async_trait::async_trait;
use domain::{
    dispatch::{ChannelLoad, Claimed, Deferral, Quota},
    ids::{NotificationId, WorkerId},
};
use jiff::Timestamp;

use crate::storage::{
    Operation,
    outbox::OutboxRow,
    state::{ChannelRow, State},
    unit_of_work::InMemoryUnitOfWork,
};

#[async_trait]
impl DeliveryRepository for InMemoryUnitOfWork {
    async fn loads(&mut self, horizon: Timestamp, limit: usize) -> Result<Vec<ChannelLoad>, StorageError> {
        let state = self.read(Operation::DeliveriesLoads)?;
        let running = state.channels.iter().filter(|row| row.channel.paused_at.is_none());
        let mut loads: Vec<_> = running.map(|row| state.load(row, horizon, limit)).collect();
        let is_any_due = loads.iter().any(|load| load.due > 0);
        loads.retain(|load| is_any_due && (load.due > 0 || load.handed_over > 0));
        Ok(loads)
    }

    async fn claim(
        &mut self,
        worker: WorkerId,
        quotas: &[Quota],
        horizon: Timestamp,
    ) -> Result<Vec<Claimed>, StorageError> {
        let state = self.write(Operation::DeliveriesClaim)?;
        let chosen: Vec<_> = quotas.iter().flat_map(|quota| state.earliest(*quota, horizon)).collect();
        for claimed in &chosen {
            if let Some(row) = state.outbox.get_mut(&claimed.id) {
                row.hand_over(worker, horizon);
            }
        }
        Ok(chosen)
    }

    async fn postpone(&mut self, claimed: &[Claimed]) -> Result<(), StorageError> {
        let state = self.write(Operation::DeliveriesPostpone)?;
        for claimed in claimed {
            if let Some(row) = state.outbox.get_mut(&claimed.id) {
                row.postpone(claimed.due_at);
            }
        }
        Ok(())
    }

    async fn defer(&mut self, deferrals: &[Deferral], horizon: Timestamp) -> Result<(), StorageError> {
        let state = self.write(Operation::DeliveriesDefer)?;
        for deferral in deferrals {
            for id in state.to_defer(deferral, horizon) {
                if let Some(row) = state.outbox.get_mut(&id) {
                    row.defer(deferral.until);
                }
            }
        }
        Ok(())
    }

    async fn open(
        &mut self,
        worker: WorkerId,
        ids: &[NotificationId],
        now: Timestamp,
    ) -> Result<Vec<OpenedAttempt>, StorageError> {
        let state = self.write(Operation::DeliveriesOpen)?;
        Ok(ids.iter().filter_map(|id| state.open(worker, *id, now)).collect())
    }

    async fn close(&mut self, attempts: &[ClosedAttempt]) -> Result<(), StorageError> {
        let state = self.write(Operation::DeliveriesClose)?;
        for attempt in attempts {
            match state.outbox.get_mut(&attempt.notification_id) {
                Some(row) => row.close(attempt),
                None => {
                    state.captured_mails.remove(&attempt.notification_id);
                }
            }
        }
        Ok(())
    }

    async fn abandoned(&mut self, workers: &[WorkerId]) -> Result<Vec<AbandonedAttempt>, StorageError> {
        let state = self.read(Operation::DeliveriesAbandoned)?;
        let abandoned = state.outbox.values().filter_map(|row| state.abandoned(row));
        Ok(abandoned.filter(|abandoned| workers.contains(&abandoned.worker_id)).collect())
    }

    async fn release(&mut self, workers: &[WorkerId]) -> Result<usize, StorageError> {
        let state = self.write(Operation::DeliveriesRelease)?;
        let had = |row: &&OutboxRow| row.claim.is_some_and(|claim| workers.contains(&claim.worker));
        let begun = |row: &&OutboxRow| row.open_attempt().is_some();
        let held: Vec<_> =
            state.outbox.values().filter(had).filter(|row| !begun(row)).map(|row| row.planned.id).collect();
        for id in &held {
            if let Some(row) = state.outbox.get_mut(id) {
                row.claim = None;
            }
        }
        Ok(held.len())
    }
}

impl State {
    fn load(&self, row: &ChannelRow, horizon: Timestamp, limit: usize) -> ChannelLoad {
        let channel = &row.channel;
        let of_channel = || self.outbox.values().filter(|waiting| waiting.planned.channel_id == channel.id);
        let is_handed_over = |row: &&OutboxRow| row.claim.is_some() && !row.is_waiting(horizon);
        ChannelLoad {
            channel_id: channel.id,
            kind: channel.kind,
            interval: channel.interval,
            quiet_hours: channel.quiet_hours.clone(),
            next_slot_at: row.next_slot_at,
            failures: row.failures,
            handed_over: of_channel().filter(is_handed_over).count(),
            due: of_channel().filter(|waiting| waiting.is_waiting(horizon)).take(limit).count(),
        }
    }

    fn earliest(&self, quota: Quota, horizon: Timestamp) -> Vec<Claimed> {
        let Some(ChannelRow { channel, .. }) = self.channel(quota.channel_id) else { return Vec::new() };
        let of_channel = self.outbox.values().filter(|row| row.planned.channel_id == channel.id);
        let mut waiting: Vec<_> = of_channel
            .filter(|row| row.is_waiting(horizon))
            .map(|row| Claimed {
                id: row.planned.id,
                channel_id: channel.id,
                kind: channel.kind,
                due_at: row.due_at,
                request_id: row.planned.request_id,
            })
            .collect();
        waiting.sort_by_key(|claimed| claimed.due_at);
        waiting.truncate(quota.limit);
        waiting
    }

    fn to_defer(&self, deferral: &Deferral, horizon: Timestamp) -> Vec<NotificationId> {
        let of_channel = self.outbox.values().filter(|row| row.planned.channel_id == deferral.channel_id);
        let waiting = of_channel.filter(|row| row.is_waiting(horizon));
        let falls_into = waiting.filter(|row| deferral.from <= row.due_at && row.due_at < deferral.until);
        falls_into.map(|row| row.planned.id).collect()
    }

    fn open(&mut self, worker: WorkerId, id: NotificationId, now: Timestamp) -> Option<OpenedAttempt> {
        let row = self.outbox.get(&id).filter(|row| row.may_open(now))?;
        let channel = self.channel(row.planned.channel_id).filter(|row| row.channel.paused_at.is_none())?;
        let (channel_id, message) = (channel.channel.id, self.message(row, channel));
        let row = self.outbox.get_mut(&id)?;
        let Some(message) = message else {
            row.cancel();
            return None;
        };
        let number = row.open(worker, now);
        Some(OpenedAttempt { number, tries: row.tries(), unknowns: row.unknowns(), channel_id, message })
    }

    fn abandoned(&self, row: &OutboxRow) -> Option<AbandonedAttempt> {
        let open = row.open_attempt()?;
        Some(AbandonedAttempt {
            worker_id: open.worker,
            notification_id: row.planned.id,
            number: open.attempt.number,
            tries: row.tries(),
            unknowns: row.unknowns(),
            kind: self.channel(row.planned.channel_id)?.channel.kind,
        })
    }
}
