//! A link that makes the first admin, for whoever sees the terminal of the first start.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{
    agent::Role,
    bot::{Secret, SecretDigest},
    ids::AgentId,
};
use jiff::{SignedDuration, Timestamp};

use super::{AddAgent, StaffError};
use crate::ports::{Clock, Entropy, Storage, StorageError, atomically, consult};

/// So long the link works: who starts a server looks at its screen, but perhaps not on the same day.
pub const FIRST_ADMIN_LINK_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// The link that is in force, if one is. It is kept by the process that showed it and by no database, so that it ends
/// with the process; and only by its digest.
#[derive(Debug, Clone, Default)]
pub struct FirstAdminLink(Arc<Mutex<Option<Offer>>>);

#[derive(Debug, Clone, Copy)]
struct Offer {
    digest: SecretDigest,
    until: Timestamp,
}

impl Offer {
    fn admits(&self, presented: &str, now: Timestamp) -> bool {
        self.digest == SecretDigest::of(presented) && now < self.until
    }
}

impl FirstAdminLink {
    /// Whether `presented` is the end of the link that is in force at `now`.
    pub fn admits(&self, presented: &str, now: Timestamp) -> bool {
        self.offer().is_some_and(|offer| offer.admits(presented, now))
    }

    /// Takes the link out of force, so that of two who use it at once only one does.
    fn take(&self, presented: &str, now: Timestamp) -> Option<Offer> {
        self.offer().take_if(|offer| offer.admits(presented, now))
    }

    fn put(&self, offer: Offer) {
        *self.offer() = Some(offer);
    }

    fn offer(&self) -> MutexGuard<'_, Option<Offer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts a link in force while nobody is there who could let anybody in.
#[derive(Clone)]
pub struct OfferFirstAdmin {
    /// Where staff is.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New links.
    pub entropy: Arc<dyn Entropy>,
    /// What is put in force.
    pub link: FirstAdminLink,
}

impl OfferFirstAdmin {
    /// Answers the end of a new link, which takes the place of the one before; none once there is staff.
    pub async fn execute(&self) -> Result<Option<Secret>, StorageError> {
        let members = consult(&*self.storage, async |snapshot| snapshot.agents().all().await).await?;
        if !members.is_empty() {
            return Ok(None);
        }
        let secret = Secret::first_admin(self.entropy.secret());
        let until = self.clock.now() + FIRST_ADMIN_LINK_LIFETIME;
        self.link.put(Offer { digest: secret.digest(), until });
        Ok(Some(secret))
    }
}

/// Makes the first admin, for whoever has the link.
#[derive(Clone)]
pub struct CreateFirstAdmin {
    /// Makes members of staff.
    pub add: AddAgent,
    /// What is in force.
    pub link: FirstAdminLink,
}

impl CreateFirstAdmin {
    /// Makes an admin who signs in with this address and password. The link is used up by that, and by nothing else.
    ///
    /// [`StaffError::Unknown`] when the link is not in force, or somebody was made meanwhile.
    pub async fn execute(
        &self,
        presented: &str,
        email: &str,
        password: String,
    ) -> Result<AgentId, StaffError> {
        let offer = self.link.take(presented, self.add.clock.now()).ok_or(StaffError::Unknown)?;
        let made = self.make(email, password).await;
        if !matches!(made, Ok(_) | Err(StaffError::Unknown)) {
            self.link.put(offer);
        }
        made
    }

    async fn make(&self, email: &str, password: String) -> Result<AgentId, StaffError> {
        let member = self.add.member(email, password, Role::Admin).await?;
        atomically(&*self.add.storage, async |tx| {
            if !tx.agents().all().await?.is_empty() {
                return Err(StaffError::Unknown);
            }
            Ok(self.add.insert(tx, &member).await?)
        })
        .await?;
        Ok(member.id)
    }
}
