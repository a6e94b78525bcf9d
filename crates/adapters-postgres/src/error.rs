//! What can go wrong in a statement, and what the ports say about it.

use std::fmt;

use application::ports::StorageError;
use diesel::result::{DatabaseErrorKind, Error};

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
    /// No connection is to be had.
    #[error("connecting to the database failed")]
    Connection(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// All connections are in use, and stayed so.
    #[error("all connections to the database were in use for too long")]
    Overloaded,
    /// PostgreSQL refused, or went away.
    #[error("a statement failed")]
    Statement(#[source] Refusal),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Statement(Refusal(error))
    }
}

impl From<Failure> for StorageError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conflict(key) => Self::Conflict(key),
            Failure::Stale => Self::Stale,
            Failure::Statement(refusal) if refusal.is_lost_race() => Self::Conflict(refusal.race()),
            other => Self::Unavailable(Box::new(other)),
        }
    }
}

/// What PostgreSQL or its client said, without what would quote stored or sent values: details, hints and the text of
/// the statement are not shown.
pub(crate) struct Refusal(Error);

impl Refusal {
    /// Whether running the unit of work again may succeed, because it only lost against another one.
    fn is_lost_race(&self) -> bool {
        match &self.0 {
            Error::DatabaseError(
                DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::SerializationFailure,
                _,
            ) => true,
            // Diesel passes on no SQLSTATE. A server that speaks another language makes this `Unavailable`, which is
            // tried again too, but later.
            Error::DatabaseError(DatabaseErrorKind::Unknown, info) => info.message() == "deadlock detected",
            _ => false,
        }
    }

    fn race(&self) -> &'static str {
        match &self.0 {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => "unique key",
            _ => "serialisation",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Error::DatabaseError(kind, info) => match info.constraint_name() {
                Some(constraint) => write!(f, "{kind:?} of {constraint}"),
                None => write!(f, "{}", info.message()),
            },
            Error::DeserializationError(_) => write!(f, "a stored value cannot be read"),
            Error::SerializationError(_) => write!(f, "a value cannot be written"),
            other => write!(f, "{other}"),
        }
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusal({self})")
    }
}

impl std::error::Error for Refusal {}

/// Whether an error means that the connection is gone.
pub(crate) fn is_connection_lost(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(|cause| {
        matches!(
            cause.downcast_ref(),
            Some(Error::DatabaseError(
                DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
                _
            ))
        )
    })
}

/// Turns the number of rows that an insert with `ON CONFLICT DO NOTHING` wrote of those it was given into a verdict.
pub(crate) fn inserted(rows: usize, of: usize, key: &'static str) -> Result<(), Failure> {
    if rows < of { Err(Failure::Conflict(key)) } else { Ok(()) }
}
