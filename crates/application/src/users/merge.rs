//! Two users turn out to be one person.

use std::sync::Arc;

use domain::{
    audit::Action,
    identity::Identity,
    ids::NotificationId,
    notification::{Notification, Purpose},
    user::User,
};

use super::WhichUser;
use crate::{
    audit::{Audit, fact},
    ports::{
        Belongings, Clock, NotificationFilter, Page, Storage, StorageError, Transaction, atomically, consult,
    },
};

/// More notifications than wait for one person.
const WAITING: u16 = 500;

/// Why two users stay two.
#[derive(Debug, thiserror::Error)]
pub enum MergeUsersError {
    /// There is no user that could be kept.
    #[error("there is no such user to keep")]
    Unknown,
    /// There is no user that could be given up.
    #[error("there is no such user to merge with")]
    UnknownOther,
    /// Both are the same one.
    #[error("a user cannot be merged with itself")]
    Same,
    /// Somebody changed one of them since the preview.
    #[error("one of the two was changed since the preview")]
    Changed,
    /// It could not be written.
    #[error("merging users failed")]
    Storage(#[from] StorageError),
}

/// What merging two users would do, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merger {
    /// The user that stays, as it was before.
    pub kept: User,
    /// The user that is given up.
    pub given_up: User,
    /// The user that stays, as it is then.
    pub merged: User,
    /// The identities of both.
    pub identities: Vec<Identity>,
    /// What goes from one to the other.
    pub given: Belongings,
    /// A welcome that waits and is not sent: the person was welcomed, or will be.
    pub second_welcome: Option<NotificationId>,
}

/// Merges users: one is kept, and has all that the other had.
#[derive(Clone)]
pub struct MergeUsers {
    /// Where users are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who does it.
    pub audit: Audit,
}

impl MergeUsers {
    /// What would come of it. Changes nothing.
    pub async fn preview(&self, given_up: &WhichUser, kept: &WhichUser) -> Result<Merger, MergeUsersError> {
        consult(&*self.storage, async |snapshot| Ok(self.weigh(snapshot, given_up, kept).await)).await?
    }

    /// Merges them. With `seen` the preview that somebody looked at: if something else would come of it now, nothing
    /// does. This cannot be undone.
    pub async fn execute(
        &self,
        given_up: &WhichUser,
        kept: &WhichUser,
        seen: Option<&Merger>,
    ) -> Result<Merger, MergeUsersError> {
        atomically(&*self.storage, async |tx| {
            let merger = self.weigh(tx, given_up, kept).await?;
            let (given_up, kept) = (merger.given_up.id, merger.kept.id);
            if seen.is_some_and(|seen| !seen.is_the_same_as(&merger)) {
                return Err(MergeUsersError::Changed);
            }
            if let Some(welcome) = merger.second_welcome {
                tx.notifications().cancel(welcome).await?;
            }
            let given = tx.merges().merge(given_up, kept).await?;
            tx.users().update(std::slice::from_ref(&merger.merged)).await?;
            self.audit.did(tx, Action::UserMerged, kept, fact("merged", given_up.to_string())).await?;
            Ok(Merger { given, ..merger })
        })
        .await
    }

    /// Both users are locked by what they are known by, as bots' calls do it.
    async fn weigh(
        &self,
        tx: &mut Transaction,
        given_up: &WhichUser,
        kept: &WhichUser,
    ) -> Result<Merger, MergeUsersError> {
        let kept = kept.find(tx).await?.ok_or(MergeUsersError::Unknown)?;
        let given_up = given_up.find(tx).await?.ok_or(MergeUsersError::UnknownOther)?;
        if given_up == kept {
            return Err(MergeUsersError::Same);
        }
        let mut known = tx.users().identities_of(kept).await?;
        known.extend(tx.users().identities_of(given_up).await?);
        let identities: Vec<Identity> = known.into_iter().map(|known| known.identity).collect();
        tx.users().by_identities(&identities).await?;
        let kept = tx.users().find(kept).await?.ok_or(MergeUsersError::Unknown)?;
        let given_up = tx.users().find(given_up).await?.ok_or(MergeUsersError::UnknownOther)?;
        let second_welcome = second_welcome(tx, &kept, &given_up).await?;
        let given = tx.merges().belongings(given_up.id).await?;
        let merged = kept.clone().merged_with(given_up.clone(), self.clock.now());
        Ok(Merger { kept, given_up, merged, identities, given, second_welcome })
    }
}

impl Merger {
    /// Whether the same would come of it, at whatever time.
    fn is_the_same_as(&self, other: &Self) -> bool {
        let parts = |merger: &Self| (merger.kept.clone(), merger.given_up.clone(), merger.identities.clone());
        parts(self) == parts(other)
    }
}

/// The welcome of the one that waits, if both are welcomed: exactly one is sent to a person, if it is not too late.
async fn second_welcome(
    tx: &mut Transaction,
    kept: &User,
    given_up: &User,
) -> Result<Option<NotificationId>, StorageError> {
    if !(kept.welcomed && given_up.welcomed) {
        return Ok(None);
    }
    let waits = |one: &Notification| one.purpose == Purpose::Welcome && one.status.can_be_cancelled();
    for user in [given_up, kept] {
        let filter = NotificationFilter { user_id: Some(user.id), ..NotificationFilter::default() };
        let all = tx.notifications().page(filter, Page::first(WAITING)).await?;
        if let Some(waiting) = all.iter().find(|one| waits(one)) {
            return Ok(Some(waiting.id));
        }
    }
    Ok(None)
}
