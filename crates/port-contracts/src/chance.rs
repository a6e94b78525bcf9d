//! Ids, randomness and password hashes that are the same in every run.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use application::ports::{Entropy, Ids, PasswordHashError, PasswordHasher, Vault};
use uuid::{Builder, Uuid};

use crate::clock::TEST_BEGINS;

/// Ids shaped like UUIDv7 that count up, the same in every run.
#[derive(Debug, Default)]
pub struct SequentialIds(AtomicU64);

impl SequentialIds {
    /// Begins with the smallest.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Ids for SequentialIds {
    fn next(&self) -> Uuid {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        let mut random = [0; 10];
        random[2..].copy_from_slice(&count.to_be_bytes());
        let began = TEST_BEGINS.as_millisecond().unsigned_abs();
        Builder::from_unix_timestamp_millis(began, &random).into_uuid()
    }
}

/// Randomness that everybody can guess: secrets that count up, and one fraction.
#[derive(Debug)]
pub struct FixedEntropy {
    secrets: AtomicU64,
    fraction: Mutex<f64>,
}

impl FixedEntropy {
    /// Its fraction is one half, with which waits do not vary.
    pub const fn new() -> Self {
        Self { secrets: AtomicU64::new(0), fraction: Mutex::new(0.5) }
    }

    /// From now on the fraction is this one, in 0..1.
    pub fn set_fraction(&self, fraction: f64) {
        *self.fraction.lock().unwrap_or_else(PoisonError::into_inner) = fraction;
    }
}

impl Default for FixedEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl Entropy for FixedEntropy {
    fn secret(&self) -> [u8; 32] {
        let count = self.secrets.fetch_add(1, Ordering::Relaxed) + 1;
        let mut secret = [0; 32];
        secret[24..].copy_from_slice(&count.to_be_bytes());
        secret
    }

    fn fraction(&self) -> f64 {
        *self.fraction.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hashes nothing: the "hash" shows the password, so that a test can see what was hashed.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainPasswordHasher;

impl PasswordHasher for PlainPasswordHasher {
    fn hash(&self, password: &str) -> Result<String, PasswordHashError> {
        Ok(format!("$plain${password}"))
    }

    fn verify(&self, password: &str, hash: &str) -> Result<bool, PasswordHashError> {
        Ok(hash == format!("$plain${password}"))
    }
}

/// Encrypts nothing: what is sealed shows its purpose, and opens for no other.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainVault;

impl Vault for PlainVault {
    fn seal(&self, purpose: &str, plain: &[u8]) -> Vec<u8> {
        [purpose.as_bytes(), b": ", plain].concat()
    }

    fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        sealed.strip_prefix(purpose.as_bytes())?.strip_prefix(b": ").map(<[u8]>::to_vec)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Variant;

    use super::*;

    #[test]
    fn ids_are_uuid_v7_and_increase() {
        let ids = SequentialIds::new();
        let made: Vec<_> = (0..1_000).map(|_| ids.next()).collect();
        assert!(made.is_sorted_by(|one, next| one < next));
        assert!(made.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == Variant::RFC4122));
        assert_eq!(SequentialIds::new().next(), made[0]);
    }

    #[test]
    fn no_two_secrets_are_equal() {
        let entropy = FixedEntropy::new();
        assert_ne!(entropy.secret(), entropy.secret());
    }
}
