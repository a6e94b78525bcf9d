//! Which bot calls.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::bot::{Bot, KeyStanding, SecretDigest};
use jiff::{SignedDuration, Timestamp};

use crate::ports::{Clock, Storage, StorageError, consult};

/// A key that was found valid is believed for so long: a revocation works within 5 s in every process.
const BELIEVED_FOR: SignedDuration = SignedDuration::from_secs(3);

/// Why a call is not let in.
#[derive(Debug, thiserror::Error)]
pub enum AccessDenied {
    /// No key, or one that never was any bot's.
    #[error("no key or a wrong one")]
    UnknownKey,
    /// A key that was revoked.
    #[error("the key was revoked")]
    RevokedKey,
    /// Nobody can tell now.
    #[error("looking up the key failed")]
    Unavailable(#[from] StorageError),
}

/// Finds the bot that a key belongs to.
pub struct AuthenticateBot {
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    believed: RwLock<HashMap<SecretDigest, Believed>>,
}

struct Believed {
    bot: Arc<Bot>,
    since: Timestamp,
}

impl AuthenticateBot {
    /// Looks keys up in `storage` and remembers the valid ones for a moment.
    pub fn new(storage: Arc<dyn Storage>, clock: Arc<dyn Clock>) -> Self {
        Self { storage, clock, believed: RwLock::default() }
    }

    /// The bot that `presented` is a valid key of. A key that is not remembered is looked up, so that a new one works
    /// at once.
    pub async fn execute(&self, presented: &str) -> Result<Arc<Bot>, AccessDenied> {
        let digest = SecretDigest::of(presented);
        match self.remembered(digest) {
            Some(bot) => Ok(bot),
            None => self.look_up(digest).await,
        }
    }

    /// The bot that `presented` was found to be a valid key of a moment ago. Never waits.
    pub fn known(&self, presented: &str) -> Option<Arc<Bot>> {
        self.remembered(SecretDigest::of(presented))
    }

    fn remembered(&self, digest: SecretDigest) -> Option<Arc<Bot>> {
        let believed = self.believed.read().unwrap_or_else(PoisonError::into_inner);
        let entry = believed.get(&digest)?;
        let age = self.clock.now().duration_since(entry.since);
        // After the clock was set back, an age is negative and says nothing.
        (SignedDuration::ZERO..BELIEVED_FOR).contains(&age).then(|| Arc::clone(&entry.bot))
    }

    async fn look_up(&self, digest: SecretDigest) -> Result<Arc<Bot>, AccessDenied> {
        let now = self.clock.now();
        let found = consult(&*self.storage, async |snapshot| snapshot.bots().by_key(digest).await).await?;
        let Some(bot) = found else { return Err(AccessDenied::UnknownKey) };
        let standing = bot.keys.standing(digest);
        let mut believed = self.believed.write().unwrap_or_else(PoisonError::into_inner);
        if standing == Some(KeyStanding::Valid) {
            let bot = Arc::new(bot);
            believed.insert(digest, Believed { bot: Arc::clone(&bot), since: now });
            Ok(bot)
        } else {
            believed.remove(&digest);
            Err(AccessDenied::RevokedKey)
        }
    }
}
