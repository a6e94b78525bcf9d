//! The ledger, and what retires rows without unbalancing it.

use application::ports::{HeldStatus, LedgerRepository, RetentionRepository, StorageError};
use async_trait::async_trait;
use domain::{
    ledger::{LedgerCounts, Made, day_of},
    notification::NotificationStatus,
};
use jiff::{Timestamp, civil::Date};

use crate::storage::{Operation, state::State, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl LedgerRepository for InMemoryUnitOfWork {
    async fn day(&mut self, day: Date) -> Result<LedgerCounts, StorageError> {
        let state = self.read(Operation::LedgerDay)?;
        let mut counts = state.totals.get(&day).cloned().unwrap_or_default();
        for row in state.intake.values().filter(|row| day_of(row.received_at) == day) {
            counts.add_call(row);
        }
        counts.users += state.users.values().filter(|user| day_of(user.created_at) == day).count() as u64;
        counts.tickets += state.tickets.values().filter(|row| day_of(row.created_at) == day).count() as u64;
        for row in state.outbox.values().filter(|row| day_of(row.planned.created_at) == day) {
            *counts.notifications.entry(row.status()).or_default() += 1;
        }
        Ok(counts)
    }

    async fn made_without_call(&mut self, at: Timestamp, made: Made) -> Result<(), StorageError> {
        self.write(Operation::LedgerMadeWithoutCall)?.total(at, |total| total.made.add(made));
        Ok(())
    }
}

#[async_trait]
impl RetentionRepository for InMemoryUnitOfWork {
    async fn retire_notifications(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError> {
        let state = self.write(Operation::RetentionRetireNotifications)?;
        let old = state.outbox.values().filter(|row| row.planned.created_at < before && row.may_retire());
        let retired: Vec<_> = old
            .take(limit.into())
            .map(|row| (row.planned.id, row.planned.created_at, row.status()))
            .collect();
        for &(id, made_at, status) in &retired {
            state.outbox.remove(&id);
            state.captured_mails.remove(&id);
            state.digests.remove_where(|digest| *digest == id);
            state.total_notification(made_at, status);
        }
        Ok(retired.len())
    }

    async fn retire_intake(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError> {
        let state = self.write(Operation::RetentionRetireIntake)?;
        let old = state.intake.values().filter(|row| row.received_at < before);
        let retired: Vec<_> = old.take(limit.into()).cloned().collect();
        for row in &retired {
            state.intake.remove(&row.request_id);
            state.total(row.received_at, |total| total.add_call(row));
        }
        Ok(retired.len())
    }

    async fn retire_quarantine(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError> {
        let state = self.write(Operation::RetentionRetireQuarantine)?;
        let mut left = limit;
        let retired = state.quarantine.remove_where(|held| {
            let is_old = held.status != HeldStatus::Held && held.closed_at.is_some_and(|at| at < before);
            let retire = left > 0 && is_old;
            left -= u16::from(retire);
            retire
        });
        Ok(retired)
    }

    async fn retire_messages(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError> {
        let state = self.write(Operation::RetentionRetireMessages)?;
        let old = state.messages.values().filter(|message| message.sent_at < before);
        let retired: Vec<_> = old.take(limit.into()).map(|message| message.id).collect();
        for id in &retired {
            state.messages.remove(id);
            state.heard.remove(id);
        }
        Ok(retired.len())
    }
}

impl State {
    /// Changes what the ledger knows of a day beside its rows.
    pub(in crate::storage) fn total(&mut self, at: Timestamp, change: impl FnOnce(&mut LedgerCounts)) {
        let day = day_of(at);
        let mut total = self.totals.get(&day).cloned().unwrap_or_default();
        change(&mut total);
        self.totals.put(day, total);
    }

    pub(in crate::storage) fn total_notification(&mut self, made_at: Timestamp, status: NotificationStatus) {
        self.total(made_at, |total| *total.notifications.entry(status).or_default() += 1);
    }
}
