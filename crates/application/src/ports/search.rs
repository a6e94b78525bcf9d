//! What lists are searched by: kept beside users and tickets, some seconds behind them.

use async_trait::async_trait;
use domain::{
    ids::{TicketId, UserId},
    intake::{IntakeOutcome, IntakeRow},
    search::{TicketEntry, UserEntry},
    ticket::Ticket,
    user::User,
};

use super::StorageError;

/// Users and tickets that are to be found by other texts than before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// The users.
    pub users: Vec<UserId>,
    /// The tickets.
    pub tickets: Vec<TicketId>,
}

impl Changed {
    /// What calls made or may have changed.
    pub fn by_calls(calls: &[IntakeRow]) -> Self {
        let took =
            |call: &&IntakeRow| !matches!(call.outcome, IntakeOutcome::Replayed | IntakeOutcome::Invalid);
        let calls = || calls.iter().filter(took);
        let mut users: Vec<_> = calls().filter_map(|call| call.user_id).collect();
        users.sort_unstable();
        users.dedup();
        Self { users, tickets: calls().filter_map(|call| call.ticket_id).collect() }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.tickets.is_empty()
    }
}

/// Users and tickets as they are now, whose notes were taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noted {
    /// How many notes that were; none when there are no more.
    pub notes: usize,
    /// The users.
    pub users: Vec<User>,
    /// The tickets, each with the first source of its user.
    pub tickets: Vec<(Ticket, Option<String>)>,
}

/// Entries by which users and tickets are found, and notes of those that are out of date.
///
/// [`IntakeRepository::record`](super::IntakeRepository::record) and
/// [`UserRepository::erase`](super::UserRepository::erase) note by themselves.
#[async_trait]
pub trait SearchRepository: Send {
    /// Notes what changed, so that its entries are written anew.
    async fn note(&mut self, changed: &Changed) -> Result<(), StorageError>;

    /// Takes away the oldest notes, of `about` so many users and tickets, and says how these are now. The entries of
    /// those that are gone are deleted.
    async fn take(&mut self, about: u16) -> Result<Noted, StorageError>;

    /// Writes entries, in the place of older ones of the same user or ticket.
    async fn put(&mut self, users: &[UserEntry], tickets: &[TicketEntry]) -> Result<(), StorageError>;
}
