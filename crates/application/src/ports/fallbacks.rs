//! What is told over another channel because it failed over the first.

use async_trait::async_trait;
use domain::{
    fallback::{Fallback, Undelivered},
    ids::NotificationId,
};

use super::StorageError;

/// Notifications in the place of others.
#[async_trait]
pub trait FallbackRepository: Send {
    /// Those of `ids` that stand as failed and in whose place none was planned.
    async fn undelivered(&mut self, ids: &[NotificationId]) -> Result<Vec<Undelivered>, StorageError>;

    /// Plans notifications in the place of others.
    ///
    /// [`StorageError::Conflict`] when one was planned in the place of one of them already.
    async fn plan(&mut self, fallbacks: &[Fallback]) -> Result<(), StorageError>;

    /// The notification that was planned in the place of this one.
    async fn in_place_of(&mut self, id: NotificationId) -> Result<Option<NotificationId>, StorageError>;
}
