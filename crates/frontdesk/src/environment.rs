//! The world as it is: the clock, ids, randomness and password hashing that the ports ask for.

use std::sync::atomic::{AtomicI64, Ordering};

use application::ports::{Clock, Entropy, Ids, PasswordHashError, PasswordHasher, Storage, StorageError};
use argon2::{
    Argon2,
    password_hash::{self, PasswordHasher as _, PasswordVerifier as _},
};
use jiff::{SignedDuration, Timestamp};
use metrics::gauge;
use uuid::Uuid;

/// The quickest of so many answers is believed.
const MEASUREMENTS: usize = 3;

/// The clock of this machine, which is also that of an embedded database.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock port's one real implementation")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The clock of the database, as far as it was measured: this machine's, and how far the other is ahead.
#[derive(Debug, Default)]
pub struct DatabaseClock {
    ahead_us: AtomicI64,
}

impl DatabaseClock {
    /// Asks the database for its time. What it answers is from before the answer arrived, so that this clock is behind
    /// by the way of an answer at most, and never ahead: nothing is sent early.
    pub async fn measure(&self, storage: &dyn Storage) -> Result<(), StorageError> {
        let mut ahead = SignedDuration::MIN;
        for _ in 0..MEASUREMENTS {
            let there = storage.now().await?;
            ahead = ahead.max(there.duration_since(SystemClock.now()));
        }
        let ahead_us = i64::try_from(ahead.as_micros()).unwrap_or_default();
        self.ahead_us.store(ahead_us, Ordering::Relaxed);
        gauge!("frontdesk_database_clock_ahead_seconds").set(ahead.as_secs_f64());
        Ok(())
    }
}

impl Clock for DatabaseClock {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_micros(self.ahead_us.load(Ordering::Relaxed));
        SystemClock.now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }
}

/// UUIDv7 that grow within this process.
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the Ids port's one real implementation")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// The randomness of the operating system.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    }

    fn fraction(&self) -> f64 {
        let random = getrandom::u32().expect("the operating system gives random bytes");
        f64::from(random) / f64::from(u32::MAX)
    }
}

/// Argon2id with the parameters that OWASP recommends (19 MiB, 2 passes, 1 lane), the crate's defaults.
pub struct Argon2Hasher;

impl PasswordHasher for Argon2Hasher {
    fn hash(&self, password: &str) -> Result<String, PasswordHashError> {
        let hash = Argon2::default().hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| PasswordHashError(error.to_string()))
    }

    fn verify(&self, password: &str, hash: &str) -> Result<bool, PasswordHashError> {
        match Argon2::default().verify_password(password.as_bytes(), hash) {
            Ok(()) => Ok(true),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(PasswordHashError(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hashes_of_a_password_differ_and_say_how_they_were_made() {
        let hash = || Argon2Hasher.hash("correct horse battery").expect("a hash");
        let (one, other) = (hash(), hash());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert!(Argon2Hasher.verify("correct horse battery", &one).expect("a hash"));
        assert!(!Argon2Hasher.verify("correct horse", &one).expect("a hash"));
        assert!(Argon2Hasher.verify("correct horse", "no hash").is_err());
    }

    #[test]
    fn fractions_stay_between_zero_and_one() {
        assert!((0..100).map(|_| SystemEntropy.fraction()).all(|fraction| (0.0..=1.0).contains(&fraction)));
    }

    #[test]
    fn ids_grow() {
        let ids: Vec<_> = (0..100).map(|_| SystemIds.next()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
