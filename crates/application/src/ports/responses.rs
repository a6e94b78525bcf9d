//! What programs were answered.

use async_trait::async_trait;
use domain::response::{BoundResponse, ResponseSlot};
use jiff::Timestamp;

use super::StorageError;

/// Calls of programs that came with an idempotency key, and what was answered: kept beside the answers to bots, and
/// forgotten with them by [`IntakeRepository::forget_expired`](super::IntakeRepository::forget_expired).
#[async_trait]
pub trait ResponseRepository: Send {
    /// What is in a slot, unless it had expired by `now`.
    async fn find(
        &mut self,
        slot: &ResponseSlot,
        now: Timestamp,
    ) -> Result<Option<BoundResponse>, StorageError>;

    /// Fills a slot, also one whose content had expired by `now`.
    ///
    /// [`StorageError::Conflict`] when it holds something that has not expired.
    async fn put(&mut self, bound: &BoundResponse, now: Timestamp) -> Result<(), StorageError>;

    /// Empties a slot.
    async fn release(&mut self, slot: &ResponseSlot) -> Result<(), StorageError>;
}
