//! Notifications as people see them.

use application::ports::{NotificationFilter, NotificationRepository, Page, StorageError};
use async_trait::async_trait;
use domain::{
    ids::NotificationId,
    notification::{Attempt, NewNotification, Notification},
};
use jiff::Timestamp;

use crate::storage::{Operation, outbox::OutboxRow, state::State, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl NotificationRepository for InMemoryUnitOfWork {
    async fn insert(&mut self, notifications: &[NewNotification]) -> Result<(), StorageError> {
        let state = self.write(Operation::NotificationsInsert)?;
        notifications
            .iter()
            .try_for_each(|new| state.outbox.insert(new.id, OutboxRow::new(new), "notifications_pkey"))
    }

    async fn page(
        &mut self,
        filter: NotificationFilter,
        page: Page,
    ) -> Result<Vec<Notification>, StorageError> {
        let state = self.read(Operation::NotificationsPage)?;
        let rows = state.outbox.newest_first(page.before.map(NotificationId::from_uuid));
        let shown = rows.filter(|row| passes(filter, row)).filter_map(|row| state.notification(row));
        Ok(shown.take(page.limit.into()).collect())
    }

    async fn find(&mut self, id: NotificationId) -> Result<Option<Notification>, StorageError> {
        let state = self.read(Operation::NotificationsFind)?;
        Ok(state.outbox.get(&id).and_then(|row| state.notification(row)))
    }

    async fn attempts(&mut self, id: NotificationId) -> Result<Vec<Attempt>, StorageError> {
        let attempts = self.read(Operation::NotificationsAttempts)?.outbox.get(&id).map(|row| &row.attempts);
        Ok(attempts.into_iter().flatten().map(|row| row.attempt.clone()).collect())
    }

    async fn cancel(&mut self, id: NotificationId) -> Result<bool, StorageError> {
        Ok(self.write(Operation::NotificationsCancel)?.outbox.get_mut(&id).is_some_and(OutboxRow::cancel))
    }

    async fn retry(&mut self, id: NotificationId, now: Timestamp) -> Result<bool, StorageError> {
        Ok(self.write(Operation::NotificationsRetry)?.outbox.get_mut(&id).is_some_and(|row| row.retry(now)))
    }

    async fn confirm(&mut self, ids: &[NotificationId]) -> Result<Vec<NotificationId>, StorageError> {
        let state = self.write(Operation::NotificationsConfirm)?;
        let mut confirmed = state.heard_notifications(ids);
        confirmed.retain(|id| state.outbox.get_mut(id).is_some_and(OutboxRow::confirm));
        Ok(confirmed)
    }
}

impl State {
    fn notification(&self, row: &OutboxRow) -> Option<Notification> {
        self.channel(row.planned.channel_id).map(|channel| row.over(&channel.channel))
    }
}

fn passes(filter: NotificationFilter, row: &OutboxRow) -> bool {
    let planned = &row.planned;
    filter.status.is_none_or(|status| row.status() == status)
        && filter.channel_id.is_none_or(|id| planned.channel_id == id)
        && filter.ticket_id.is_none_or(|id| planned.ticket_id == Some(id))
        && filter.user_id.is_none_or(|id| planned.user_id == Some(id))
        && filter.due.contains(row.due_at)
}
