//! Bots and their keys.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{identity::Country, ids::BotId, language::Language};

/// What every bot key begins with.
pub const BOT_KEY_PREFIX: &str = "fd_";

/// What the secret of every bot's hook begins with.
pub const HOOK_PREFIX: &str = "fdh_";

/// What every API token of an agent begins with.
pub const API_TOKEN_PREFIX: &str = "fds_";

/// What the secret of every session begins with.
pub const SESSION_PREFIX: &str = "fdw_";

/// What the end of every link that makes a first admin begins with.
pub const FIRST_ADMIN_PREFIX: &str = "fda_";

/// A secret that opens a door: a bot's key, an agent's API token, a session or the link
/// of the first admin. It is shown once, never stored, and its
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

    /// The secret of a session from 32 random bytes: `fdw_` and 43 characters of base64url.
    pub fn session(random: [u8; 32]) -> Self {
        Self::with_prefix(SESSION_PREFIX, random)
    }

    /// The end of a link that makes the first admin, from 32 random bytes: `fda_` and 43 characters of base64url.
    pub fn first_admin(random: [u8; 32]) -> Self {
        Self::with_prefix(FIRST_ADMIN_PREFIX, random)
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

/// The unguessable end of the address at which a bot's conversations are delivered. Unlike a key it is stored as it is,
/// because it has to be shown again, and opens nothing but this: whoever has it can leave messages.
#[derive(Clone, PartialEq, Eq)]
pub struct HookSecret(String);

impl HookSecret {
    /// A new one from 32 random bytes: `fdh_` and 43 characters of base64url.
    pub fn new(random: [u8; 32]) -> Self {
        Self(format!("{HOOK_PREFIX}{}", URL_SAFE_NO_PAD.encode(random)))
    }

    /// What was presented, or is stored.
    pub const fn restore(text: String) -> Self {
        Self(text)
    }

    /// The text, for the one who sets the hook up.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookSecret(..)")
    }
}

/// How a bot's conversations are delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The end of its address.
    pub secret: HookSecret,
    /// The digest of the token that Landbot was told to send along; none if it was told none.
    pub token: Option<SecretDigest>,
}

impl Hook {
    /// A hook without a token.
    pub const fn new(secret: HookSecret) -> Self {
        Self { secret, token: None }
    }

    /// Whether a delivery with this token is let in. `APIchat` sends none, and needs a hook without one.
    pub fn admits(&self, presented: Option<&str>) -> bool {
        self.token.is_none() || self.token == presented.map(SecretDigest::of)
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
    /// How its conversations are delivered.
    pub hook: Hook,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was put away: what it did names it still, but nobody calls with its keys any more.
    pub archived_at: Option<Timestamp>,
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
    fn a_hook_lets_in_what_has_its_token() {
        let mut hook = Hook::new(HookSecret::new([255; 32]));
        assert_eq!(hook.secret.reveal().len(), HOOK_PREFIX.len() + 43);
        assert!(hook.admits(None) && hook.admits(Some("anything")));
        hook.token = Some(SecretDigest::of("a token"));
        assert!(hook.admits(Some("a token")));
        assert!(!hook.admits(None) && !hook.admits(Some("another")));
        assert!(!format!("{hook:?}").contains("fdh_"));
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
