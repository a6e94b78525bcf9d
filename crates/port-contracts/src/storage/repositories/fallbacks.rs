//! Notifications in the place of others.

use application::ports::{FallbackRepository, StorageError};
use async_trait::async_trait;
use domain::{
    fallback::{Fallback, Undelivered},
    ids::{ChannelId, NotificationId},
    notification::NotificationStatus,
};

use crate::storage::{Operation, outbox::OutboxRow, state::State, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl FallbackRepository for InMemoryUnitOfWork {
    async fn undelivered(&mut self, ids: &[NotificationId]) -> Result<Vec<Undelivered>, StorageError> {
        let state = self.read(Operation::FallbacksUndelivered)?;
        let rows = ids.iter().filter_map(|id| state.outbox.get(id));
        let failed = rows.filter(|row| row.status() == NotificationStatus::Failed);
        let alone = failed.filter(|row| state.in_place_of(row.planned.id).is_none());
        Ok(alone.map(|row| state.undelivered(row)).collect())
    }

    async fn plan(&mut self, fallbacks: &[Fallback]) -> Result<(), StorageError> {
        let state = self.write(Operation::FallbacksPlan)?;
        for Fallback { instead_of, planned } in fallbacks {
            if state.in_place_of(*instead_of).is_some() {
                return Err(StorageError::Conflict("notifications_instead_of_key"));
            }
            let mut row = OutboxRow::new(planned);
            row.instead_of = Some(*instead_of);
            state.outbox.insert(planned.id, row, "notifications_pkey")?;
            state.hand_digest_over(*instead_of, planned.id);
            state.hand_reply_over(*instead_of, planned.id);
        }
        Ok(())
    }

    async fn in_place_of(&mut self, id: NotificationId) -> Result<Option<NotificationId>, StorageError> {
        Ok(self.read(Operation::FallbacksInPlaceOf)?.in_place_of(id))
    }
}

impl State {
    fn in_place_of(&self, id: NotificationId) -> Option<NotificationId> {
        self.outbox.values().find(|row| row.instead_of == Some(id)).map(|row| row.planned.id)
    }

    /// What a digest says hangs on its notification.
    fn hand_digest_over(&mut self, from: NotificationId, to: NotificationId) {
        let key = self.digests.key_of(|digest| *digest == from).cloned();
        if let Some(digest) = key.and_then(|key| self.digests.get_mut(&key)) {
            *digest = to;
        }
    }

    /// What a reply says hangs on its notification, too.
    fn hand_reply_over(&mut self, from: NotificationId, to: NotificationId) {
        let key = self.messages.key_of(|message| message.notification_id == Some(from)).copied();
        if let Some(message) = key.and_then(|key| self.messages.get_mut(&key)) {
            message.notification_id = Some(to);
        }
    }

    fn undelivered(&self, row: &OutboxRow) -> Undelivered {
        let planned = &row.planned;
        Undelivered {
            id: planned.id,
            purpose: planned.purpose,
            user_id: planned.user_id,
            ticket_id: planned.ticket_id,
            request_id: planned.request_id,
            tried: self.tried(row),
        }
    }

    fn tried(&self, row: &OutboxRow) -> Vec<ChannelId> {
        let before = |row: &&OutboxRow| row.instead_of.and_then(|id| self.outbox.get(&id));
        std::iter::successors(Some(row), before).map(|row| row.planned.channel_id).collect()
    }
}
