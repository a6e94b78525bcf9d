//! What can go wrong in a statement, and what the ports say about it.

use application::ports::StorageError;
use diesel::result::{ConnectionError, DatabaseErrorKind, Error};

/// Why the statements of one call did not do what they were to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A unique key is taken.
    #[error("a unique key is taken: {0}")]
    Conflict(&'static str),
    /// What was to be changed was changed meanwhile.
    #[error("it was changed by somebody else meanwhile")]
    Stale,
    /// A stored value is none that this program writes. Names the column and never the value.
    #[error("the stored {0} cannot be read")]
    Unreadable(&'static str),
    /// The database cannot be opened any more.
    #[error("connecting to the database failed")]
    Connection(#[from] ConnectionError),
    /// A migration failed.
    #[error("migrating the database failed")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// SQLite refused.
    #[error("a statement failed")]
    Statement(#[from] Error),
}

impl From<Failure> for StorageError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conflict(key) => Self::Conflict(key),
            Failure::Stale => Self::Stale,
            Failure::Statement(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
                Self::Conflict("primary key")
            }
            other => Self::Unavailable(Box::new(other)),
        }
    }
}

/// Turns the number of rows that an insert with `ON CONFLICT DO NOTHING` wrote into a verdict.
pub(crate) fn inserted(rows: usize, key: &'static str) -> Result<(), Failure> {
    if rows == 0 { Err(Failure::Conflict(key)) } else { Ok(()) }
}
