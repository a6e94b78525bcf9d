//! The ledger, and what retires rows without unbalancing it.

use async_trait::async_trait;
use domain::ledger::{LedgerCounts, Made};
use jiff::{Timestamp, civil::Date};

use super::StorageError;

/// What was made on each day, and what there is.
///
/// A call and all that it makes have the same time of making: that of its receipt. Rows are found by their ids, so an id
/// made more than an hour before or after the time in its row is not counted.
#[async_trait]
pub trait LedgerRepository: Send {
    /// One UTC day, with the rows of that day that were erased or retired.
    async fn day(&mut self, day: Date) -> Result<LedgerCounts, StorageError>;

    /// Counts what was made at `at` without a call of a bot, such as imported users: no intake row tells of it.
    async fn made_without_call(&mut self, at: Timestamp, made: Made) -> Result<(), StorageError>;
}

/// Deletes what is older than people want to keep, the oldest first, and writes into the ledger how much it was. The
/// methods say how many rows they deleted, at most `limit`.
#[async_trait]
pub trait RetentionRepository: Send {
    /// Deletes notifications planned before `before` that are over, with their attempts and captured mails.
    async fn retire_notifications(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError>;

    /// Deletes the rows of calls that arrived before `before`.
    async fn retire_intake(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError>;

    /// Deletes calls whose quarantine ended before `before`.
    async fn retire_quarantine(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError>;

    /// Deletes messages of conversations that were sent before `before`. The ledger does not count them.
    async fn retire_messages(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError>;
}
