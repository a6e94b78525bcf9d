//! Users who turn out to be one person.

use async_trait::async_trait;
use domain::ids::UserId;

use super::StorageError;

/// What hangs on a user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Belongings {
    /// Ways in which it is known.
    pub identities: usize,
    /// Its tickets.
    pub tickets: usize,
    /// Notifications about it.
    pub notifications: usize,
}

/// What two users have, given to one of them.
#[async_trait]
pub trait MergeRepository: Send {
    /// What hangs on a user.
    async fn belongings(&mut self, id: UserId) -> Result<Belongings, StorageError>;

    /// Gives all that hangs on `given_up` to `kept`, and deletes `given_up` and every answer that was kept about one of
    /// them. Its conversation goes with its identities and tickets. Clashes between the two are over. Totals per day are
    /// kept, so that the ledger balances. Says what was given.
    async fn merge(&mut self, given_up: UserId, kept: UserId) -> Result<Belongings, StorageError>;
}
