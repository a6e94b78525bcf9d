//! Users beside the bots that register them: imported, exported, erased.

mod edit;
mod erase;
mod export;
mod import;
mod import_rows;
mod merge;
mod record;
mod rows;

pub use edit::{EditUser, EditUserError, UserEdit};
pub use erase::EraseUser;
pub use export::{ExportUser, ExportedNotification, UserExport, with_attempts};
pub use import::{ImportMode, ImportOutcome, ImportUsers};
pub use import_rows::{ImportRows, ImportRowsError, ImportedRows, RejectedRow};
pub use merge::{MergeUsers, MergeUsersError, Merger};
pub use record::{USER_COLUMNS, UserRecord};
pub use rows::{Row, Rows};

use domain::{
    identity::{EmailAddress, Identity, PhoneNumber},
    ids::UserId,
};

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
    /// Reads what a person typed: an id, an address, or an international phone number.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let email = || EmailAddress::parse(text).ok().map(Identity::Email);
        let phone = || PhoneNumber::parse(text, None).ok().map(Identity::Phone);
        text.parse().map(Self::Id).ok().or_else(|| email().or_else(phone).map(Self::Known))
    }

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
