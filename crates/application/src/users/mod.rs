//! Users beside the bots that register them: imported, exported, erased.

mod edit;
mod erase;
mod export;
mod import;
mod record;
mod rows;

pub use edit::{EditUser, EditUserError, UserEdit};
pub use erase::EraseUser;
pub use export::{ExportUser, ExportedNotification, UserExport};
pub use import::{IMPORT_BATCH, ImportMode, ImportOutcome, ImportUsers};
pub use record::{USER_COLUMNS, UserRecord};
pub use rows::{Row, Rows, TOO_WIDE, rejection};

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
