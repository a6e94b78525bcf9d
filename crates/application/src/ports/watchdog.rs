//! What the watchdog sees and has told, and the ways on which it tells.

use async_trait::async_trait;
use domain::watchdog::{Alarm, Alert, Backlog, News, Undelivered};
use jiff::Timestamp;

use super::StorageError;

/// What waits, and what was told of it.
#[async_trait]
pub trait WatchRepository: Send {
    /// What was due by `now` and is not delivered, over each channel that is not paused and has some; counted up to
    /// `limit` a channel.
    async fn backlogs(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Backlog>, StorageError>;

    /// What failed or is unknown for good, each counted up to `limit`.
    async fn undelivered(&mut self, limit: usize) -> Result<Undelivered, StorageError>;

    /// The alarms that were told and not called off.
    async fn told(&mut self) -> Result<Vec<Alarm>, StorageError>;

    /// Gives the right to tell of an alarm for [`domain::watchdog::TELLING_LEASE`]: that it lasts, unless that was told
    /// less than [`domain::watchdog::TOLD_AGAIN_AFTER`] ago and not called off; that it is over, if it was told. Of those
    /// that ask at the same time one gets it. Says whether it did.
    async fn take(&mut self, alarm: Alarm, news: News, now: Timestamp) -> Result<bool, StorageError>;

    /// Writes that an alarm was told or called off, and gives the right back.
    async fn tell(&mut self, alarm: Alarm, news: News, now: Timestamp) -> Result<(), StorageError>;

    /// Gives the right back: it could not be told, and another may try.
    async fn release(&mut self, alarm: Alarm) -> Result<(), StorageError>;
}

/// Why an alarm was not told. Has no secret in it.
#[derive(Debug, thiserror::Error)]
#[error("telling of an alarm failed: {0}")]
pub struct AlarmPathError(pub String);

/// A way to people that uses neither the outbox nor the queue: those may be what is broken.
#[async_trait]
pub trait AlarmPath: Send + Sync {
    /// What the log calls it.
    fn name(&self) -> &'static str;

    /// Tells, once, within a minute.
    async fn tell(&self, alert: &Alert) -> Result<(), AlarmPathError>;
}
