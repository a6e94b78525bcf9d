//! What the watchdog sees and has told.

use application::ports::{StorageError, WatchRepository};
use async_trait::async_trait;
use domain::{
    notification::NotificationStatus,
    watchdog::{Alarm, Backlog, News, TELLING_LEASE, TOLD_AGAIN_AFTER, Undelivered},
};
use jiff::Timestamp;

use crate::storage::{
    Operation,
    state::{AlarmRow, ChannelRow, State},
    unit_of_work::InMemoryUnitOfWork,
};

#[async_trait]
impl WatchRepository for InMemoryUnitOfWork {
    async fn backlogs(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Backlog>, StorageError> {
        let state = self.read(Operation::WatchdogBacklogs)?;
        let running = state.channels.iter().filter(|row| row.channel.paused_at.is_none());
        Ok(running.filter_map(|row| state.due_over(row, now, limit)).collect())
    }

    async fn undelivered(&mut self, limit: usize) -> Result<Undelivered, StorageError> {
        let state = self.read(Operation::WatchdogUndelivered)?;
        let count = |status| state.outbox.values().filter(|row| row.status() == status).take(limit).count();
        Ok(Undelivered {
            failed: count(NotificationStatus::Failed),
            unknown: count(NotificationStatus::Unknown),
        })
    }

    async fn told(&mut self) -> Result<Vec<Alarm>, StorageError> {
        let state = self.read(Operation::WatchdogTold)?;
        let is_told = |alarm: &Alarm| state.alarms.get(alarm).is_some_and(|row| row.told_at.is_some());
        Ok(Alarm::ALL.iter().copied().filter(is_told).collect())
    }

    async fn take(&mut self, alarm: Alarm, news: News, now: Timestamp) -> Result<bool, StorageError> {
        let state = self.write(Operation::WatchdogTake)?;
        let row = state.alarms.get(&alarm).copied().unwrap_or_default();
        let wanted = match news {
            News::Raised => row.told_at.is_none_or(|told_at| told_at + TOLD_AGAIN_AFTER <= now),
            News::Over => row.told_at.is_some(),
        };
        let taken = wanted && row.leased_until.is_none_or(|until| until <= now);
        if taken {
            state.alarms.put(alarm, AlarmRow { leased_until: Some(now + TELLING_LEASE), ..row });
        }
        Ok(taken)
    }

    async fn tell(&mut self, alarm: Alarm, news: News, now: Timestamp) -> Result<(), StorageError> {
        let state = self.write(Operation::WatchdogTell)?;
        let told_at = (news == News::Raised).then_some(now);
        state.alarms.put(alarm, AlarmRow { told_at, leased_until: None });
        Ok(())
    }

    async fn release(&mut self, alarm: Alarm) -> Result<(), StorageError> {
        if let Some(row) = self.write(Operation::WatchdogRelease)?.alarms.get_mut(&alarm) {
            row.leased_until = None;
        }
        Ok(())
    }
}

impl State {
    fn due_over(&self, row: &ChannelRow, now: Timestamp, limit: usize) -> Option<Backlog> {
        let channel = &row.channel;
        let of_channel = self.outbox.values().filter(|waiting| waiting.planned.channel_id == channel.id);
        let mut due: Vec<_> = of_channel.filter(|row| row.is_due(now)).map(|row| row.due_at).collect();
        due.sort();
        Some(Backlog {
            kind: channel.kind,
            interval: channel.interval,
            quiet_hours: channel.quiet_hours.clone(),
            next_slot_at: row.next_slot_at,
            due: due.len().min(limit),
            oldest_due_at: *due.first()?,
        })
    }
}
