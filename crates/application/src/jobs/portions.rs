//! Old rows are deleted portion by portion.

use jiff::Timestamp;

use crate::ports::{Storage, StorageError, Transaction, atomically};

/// One commit deletes at most so many rows: some milliseconds, for which intake may wait.
const PORTION: u16 = 250;

/// Rows that nothing needs any more.
#[derive(Debug, Clone, Copy)]
pub(super) enum OldRows {
    /// Answers that had expired then.
    Answers(Timestamp),
    /// Notifications that are over and were planned before.
    Notifications(Timestamp),
    /// Rows of calls that arrived before.
    Intake(Timestamp),
    /// Calls whose quarantine ended before.
    Quarantine(Timestamp),
    /// Messages that were sent before.
    Messages(Timestamp),
}

impl OldRows {
    /// Deletes them, each portion in a unit of work of its own. Says how many there were.
    pub(super) async fn delete(self, storage: &dyn Storage) -> Result<usize, StorageError> {
        let mut deleted = 0;
        loop {
            storage.lull().await;
            let portion = atomically(storage, async |tx| self.delete_portion(tx).await).await?;
            deleted += portion;
            if portion < usize::from(PORTION) {
                return Ok(deleted);
            }
        }
    }

    async fn delete_portion(self, tx: &mut Transaction) -> Result<usize, StorageError> {
        match self {
            Self::Answers(now) => tx.intake().forget_expired(now, PORTION).await,
            Self::Notifications(before) => tx.retention().retire_notifications(before, PORTION).await,
            Self::Intake(before) => tx.retention().retire_intake(before, PORTION).await,
            Self::Quarantine(before) => tx.retention().retire_quarantine(before, PORTION).await,
            Self::Messages(before) => tx.retention().retire_messages(before, PORTION).await,
        }
    }
}
