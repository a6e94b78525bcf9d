//! What is older than people want to keep.

use std::sync::Arc;

use domain::retention::{Retention, cutoff};

use super::portions::OldRows;
use crate::ports::{Clock, Storage, StorageError};

/// Deletes rows that nothing needs any more and that are older than their limit.
#[derive(Clone)]
pub struct RetireOldRows {
    /// Where rows are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The limits.
    pub retention: Retention,
}

/// How much was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retired {
    /// Notifications, with their attempts and captured mails.
    pub notifications: usize,
    /// Rows of calls.
    pub intake: usize,
    /// Calls in quarantine.
    pub quarantine: usize,
    /// Messages of conversations.
    pub messages: usize,
}

impl RetireOldRows {
    /// Deletes in portions, the oldest first. Without limits nothing is asked.
    pub async fn execute(&self) -> Result<Retired, StorageError> {
        let now = self.clock.now();
        let Retention { notifications, intake, quarantine, conversation } = self.retention;
        let retired = Retired {
            notifications: self.delete(cutoff(notifications, now).map(OldRows::Notifications)).await?,
            intake: self.delete(cutoff(intake, now).map(OldRows::Intake)).await?,
            quarantine: self.delete(cutoff(quarantine, now).map(OldRows::Quarantine)).await?,
            messages: self.delete(cutoff(conversation, now).map(OldRows::Messages)).await?,
        };
        if retired != Retired::default() {
            let Retired { notifications, intake, quarantine, messages } = retired;
            tracing::info!(notifications, intake, quarantine, messages, "old rows were deleted");
        }
        Ok(retired)
    }

    async fn delete(&self, old: Option<OldRows>) -> Result<usize, StorageError> {
        match old {
            Some(rows) => rows.delete(&*self.storage).await,
            None => Ok(0),
        }
    }
}
