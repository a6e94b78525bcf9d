//! Bots and their keys.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{identity::Country, ids::BotId, language::Language};

/// What every bot key begins with.
pub const BOT_KEY_PREFIX: &str = "fd_";

/// What every API token of an agent begins with.
pub const API_TOKEN_PREFIX: &str = "fds_";

/// A secret that opens a door: a bot's key or an agent's API token. It is shown once, never stored, and its
/// `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A bot key from 32 random bytes: `fd_` and 43 characters of base64url.
    pub fn bot_key(random: [u8; 32]) -> Self {
        Self::with_prefix(BOT_KEY_PREFIX, random)
    }

    /// An agent's API token from 32 random bytes: `fds_` and 43 characters of base64url.
    pub fn api_token(random: [u8; 32]) -> Self {
        Self::with_prefix(API_TOKEN_PREFIX, random)
    }

    fn with_prefix(prefix: &str, random: [u8; 32]) -> Self {
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(random)))
    }

    /// The text to show to its owner, once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored instead of the secret.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// SHA-256 of a secret with 256 bits of entropy: nothing to guess, so no salt and no slow hash is needed, and
/// finding it by equality leaks no usable timing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    /// Digests what a caller presented.
    pub fn of(presented: &str) -> Self {
        Self(Sha256::digest(presented.as_bytes()).into())
    }

    /// A digest read from storage.
    pub const fn restore(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A calling chatbot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bot {
    /// Its id.
    pub id: BotId,
    /// Unique name, as people call it.
    pub name: String,
    /// The origin of users who come without one.
    pub default_origin: Option<String>,
    /// The language of users who did not say theirs.
    pub default_language: Language,
    /// Where national phone numbers are from.
    pub default_country: Option<Country>,
    /// Its keys.
    pub keys: BotKeys,
    /// When it was added.
    pub created_at: Timestamp,
}

/// The digests of a bot's keys. Two live at once, so that a key can be exchanged without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotKeys {
    /// The newest key; none once it was revoked.
    pub current: Option<SecretDigest>,
    /// The key before the last rotation, until the next one.
    pub previous: Option<SecretDigest>,
    /// Keys that were revoked: they are answered differently from unknown ones.
    pub revoked: Vec<SecretDigest>,
}

/// What a presented key is to a bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStanding {
    /// It opens the door.
    Valid,
    /// It once did.
    Revoked,
}

impl BotKeys {
    /// The keys of a new bot.
    pub const fn new(first: SecretDigest) -> Self {
        Self { current: Some(first), previous: None, revoked: Vec::new() }
    }

    /// Puts a new key in force. The current one lives on as the previous; the previous is revoked.
    pub fn rotate(&mut self, next: SecretDigest) {
        self.revoke_previous();
        self.previous = self.current.replace(next);
    }

    /// Revokes the key before the last rotation. Says whether there was one.
    pub fn revoke_previous(&mut self) -> bool {
        let Some(digest) = self.previous.take() else { return false };
        self.revoked.push(digest);
        true
    }

    /// Revokes every key. Says whether there was one.
    pub fn revoke_all(&mut self) -> bool {
        let previous = self.revoke_previous();
        let current = self.current.take();
        self.revoked.extend(current);
        previous || current.is_some()
    }

    /// What `digest` is to this bot; none when it never was a key of it.
    pub fn standing(&self, digest: SecretDigest) -> Option<KeyStanding> {
        if self.current == Some(digest) || self.previous == Some(digest) {
            Some(KeyStanding::Valid)
        } else if self.revoked.contains(&digest) {
            Some(KeyStanding::Revoked)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(n: u8) -> SecretDigest {
        Secret::bot_key([n; 32]).digest()
    }

    #[test]
    fn a_key_is_the_prefix_and_43_characters() {
        let key = Secret::bot_key([255; 32]);
        assert_eq!(key.reveal().len(), BOT_KEY_PREFIX.len() + 43);
        assert!(key.reveal().starts_with("fd_"));
        assert_eq!(format!("{key:?}"), "Secret(..)");
    }

    #[test]
    fn the_previous_key_lives_until_the_next_rotation() {
        let mut keys = BotKeys::new(digest(1));
        keys.rotate(digest(2));
        assert_eq!(keys.standing(digest(1)), Some(KeyStanding::Valid));
        keys.rotate(digest(3));
        assert_eq!(keys.standing(digest(1)), Some(KeyStanding::Revoked));
        assert_eq!(keys.standing(digest(2)), Some(KeyStanding::Valid));
        assert_eq!(keys.standing(digest(3)), Some(KeyStanding::Valid));
        assert_eq!(keys.standing(digest(4)), None);
    }

    #[test]
    fn revoking_the_previous_key_leaves_the_current_one() {
        let mut keys = BotKeys::new(digest(1));
        assert!(!keys.revoke_previous());
        keys.rotate(digest(2));
        assert!(keys.revoke_previous());
        assert_eq!(keys.standing(digest(1)), Some(KeyStanding::Revoked));
        assert_eq!(keys.standing(digest(2)), Some(KeyStanding::Valid));
        assert!(keys.revoke_all());
        assert_eq!(keys.standing(digest(2)), Some(KeyStanding::Revoked));
    }
}
