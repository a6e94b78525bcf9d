//! Time and chance.

use jiff::Timestamp;
use uuid::Uuid;

/// The time of the database's clock, as this process knows it.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// New ids.
pub trait Ids: Send + Sync {
    /// A new UUIDv7, greater than every one that this process was given before.
    fn next(&self) -> Uuid;
}

/// Randomness.
pub trait Entropy: Send + Sync {
    /// 32 bytes that nobody can guess.
    fn secret(&self) -> [u8; 32];

    /// A number in 0..1, good enough to spread retries.
    fn fraction(&self) -> f64;
}

/// Encryption with a key that is not in the database.
pub trait Vault: Send + Sync {
    /// Encrypts for a purpose; twice the same gives different bytes.
    fn seal(&self, purpose: &str, plain: &[u8]) -> Vec<u8>;

    /// What was sealed for this purpose with the same key. None for anything else.
    fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>>;
}

/// The environment variables that channels name.
pub trait ChannelSecrets: Send + Sync {
    /// Whether the variable of this name has a value.
    fn is_set(&self, name: &str) -> bool;
}

/// A password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("hashing the password failed: {0}")]
pub struct PasswordHashError(pub String);

/// Slow hashing of passwords. Takes tens of milliseconds of a core: call it on a thread that may block.
pub trait PasswordHasher: Send + Sync {
    /// A hash in PHC string format, salted.
    fn hash(&self, password: &str) -> Result<String, PasswordHashError>;

    /// Whether a hash was made of this password.
    fn verify(&self, password: &str, hash: &str) -> Result<bool, PasswordHashError>;
}
