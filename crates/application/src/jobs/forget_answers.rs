//! Answers are kept for equal calls, and not for ever.

use std::sync::Arc;

use super::portions::OldRows;
use crate::ports::{Clock, Storage, StorageError};

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
        OldRows::Answers(self.clock.now()).delete(&*self.storage).await
    }
}
