//! Users beside the bots that register them: imported, exported, erased.

mod edit;
mod erase;
mod export;
mod import;
mod import_rows;
mod record;
mod rows;

pub use edit::{EditUser, EditUserError, UserEdit};
pub use erase::EraseUser;
pub use export::{ExportUser, ExportedNotification, UserExport, with_attempts};
pub use import::{ImportMode, ImportOutcome, ImportUsers};
pub use import_rows::{ImportRows, ImportRowsError, ImportedRows, RejectedRow};
pub use record::{USER_COLUMNS, UserRecord};
pub use rows::{Row, Rows};

use domain::{identity::Identity, ids::UserId};

use crate::ports::{StorageError, Transaction};

/// One user, named in one of the ways in which it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhichUser {
    /// By its id.
    Id(UserId),
    /// By an identity.
    Known(Identity),
}

impl WhichUser {
    async fn find(&self, tx: &mut Transaction) -> Result<Option<UserId>, StorageError> {
        match self {
            Self::Id(id) => Ok(tx.users().find(*id).await?.map(|user| user.id)),
            Self::Known(identity) => {
                let known = tx.users().by_identities(std::slice::from_ref(identity)).await?;
                Ok(known.identities.first().map(|(_, owner)| *owner))
            }
        }
    }
}
