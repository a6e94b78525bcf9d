//! Passwords are hashed where threads may block.

use std::sync::Arc;

use super::{PASSWORD_MAX, PASSWORD_MIN, StaffError};
use crate::ports::{PasswordHashError, PasswordHasher};

/// The hash of a new password, if its length is allowed.
pub(crate) async fn hash_new(
    hasher: &Arc<dyn PasswordHasher>,
    password: String,
) -> Result<String, StaffError> {
    if !(PASSWORD_MIN..=PASSWORD_MAX).contains(&password.chars().count()) {
        return Err(StaffError::Password);
    }
    let hasher = Arc::clone(hasher);
    Ok(on_blocking_thread(move || hasher.hash(&password)).await?)
}

/// Whether a password is the one of a hash. Without a hash it is none, after as long a time.
pub(super) async fn matches(
    hasher: &Arc<dyn PasswordHasher>,
    password: String,
    hash: Option<String>,
) -> Result<bool, PasswordHashError> {
    let hasher = Arc::clone(hasher);
    on_blocking_thread(move || match hash {
        Some(hash) => hasher.verify(&password, &hash),
        None => hasher.hash(&password).map(|_| false),
    })
    .await
}

async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PasswordHashError> + Send + 'static,
) -> Result<T, PasswordHashError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(PasswordHashError(error.to_string())))
}
