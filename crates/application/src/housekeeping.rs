//! What keeps tables that only grow small.

use std::sync::Arc;

use crate::ports::{Clock, Storage, StorageError, atomically};

/// One commit deletes at most so many rows, so that intake never waits long for it.
const PORTION: u16 = 1_000;

/// Deletes answers that are kept no longer.
#[derive(Clone)]
pub struct ForgetExpiredAnswers {
    /// Where answers are kept.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl ForgetExpiredAnswers {
    /// Deletes all that had expired when it began, in portions. Says how many.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let now = self.clock.now();
        let mut forgotten = 0;
        loop {
            let portion =
                atomically(&*self.storage, async |tx| tx.intake().forget_expired(now, PORTION).await).await?;
            forgotten += portion;
            if portion < usize::from(PORTION) {
                return Ok(forgotten);
            }
        }
    }
}
