//! A user is forgotten.

use std::sync::Arc;

use domain::audit::{Action, Facts};

use super::WhichUser;
use crate::{
    audit::Audit,
    ports::{Clock, ErasureReceipt, Storage, StorageError, atomically},
};

/// Deletes a user and everything personal that hangs on it.
#[derive(Clone)]
pub struct EraseUser {
    /// Where users are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who does it.
    pub audit: Audit,
}

impl EraseUser {
    /// Says what was deleted; none if there is no such user.
    pub async fn execute(&self, which: &WhichUser) -> Result<Option<ErasureReceipt>, StorageError> {
        let now = self.clock.now();
        atomically(&*self.storage, async |tx| {
            let Some(id) = which.find(tx).await? else { return Ok(None) };
            let receipt = tx.users().erase(id, now).await?;
            if receipt.is_some() {
                self.audit.did(tx, Action::UserErased, id, Facts::new()).await?;
            }
            Ok(receipt)
        })
        .await
    }
}
