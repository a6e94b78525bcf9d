//! A user is forgotten.

use std::sync::Arc;

use super::WhichUser;
use crate::ports::{Clock, ErasureReceipt, Storage, StorageError, atomically};

/// Deletes a user and everything personal that hangs on it.
#[derive(Clone)]
pub struct EraseUser {
    /// Where users are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl EraseUser {
    /// Says what was deleted; none if there is no such user.
    pub async fn execute(&self, which: &WhichUser) -> Result<Option<ErasureReceipt>, StorageError> {
        let now = self.clock.now();
        atomically(&*self.storage, async |tx| match which.find(tx).await? {
            Some(id) => tx.users().erase(id, now).await,
            None => Ok(None),
        })
        .await
    }
}
