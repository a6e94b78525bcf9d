//! Users, tickets and what happened to them.

use async_trait::async_trait;
use domain::{
    identity::Identity,
    ids::{TicketId, UserId},
    intake::{IdentityClash, NewIdentity},
    ticket::{Reference, Ticket},
    user::User,
};
use jiff::Timestamp;

use super::{Page, StorageError, TicketFilter, UserFilter};

/// The users behind some identities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownPersons {
    /// The users.
    pub users: Vec<User>,
    /// Which of the identities asked for are known, and whose they are.
    pub identities: Vec<(Identity, UserId)>,
}

/// What was deleted about a user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErasureReceipt {
    /// Ways in which it was known.
    pub identities: usize,
    /// Tickets whose texts were removed; the bare tickets stay.
    pub tickets: usize,
    /// Notifications, with their attempts.
    pub notifications: usize,
    /// Captured mails.
    pub captured_mails: usize,
    /// Answers kept for equal calls.
    pub answers: usize,
    /// Calls in quarantine that named it.
    pub quarantined: usize,
    /// Messages of its conversation.
    pub messages: usize,
}

/// Users and their identities.
#[async_trait]
pub trait UserRepository: Send {
    /// The users behind `identities`, locked until the end of the unit of work.
    async fn by_identities(&mut self, identities: &[Identity]) -> Result<KnownPersons, StorageError>;

    /// Writes new users.
    async fn insert(&mut self, users: &[User]) -> Result<(), StorageError>;

    /// Writes all that may change of known users.
    async fn update(&mut self, users: &[User]) -> Result<(), StorageError>;

    /// Writes new identities.
    ///
    /// [`StorageError::Conflict`] when one is somebody's already.
    async fn add_identities(&mut self, identities: &[NewIdentity]) -> Result<(), StorageError>;

    /// A user by its id.
    async fn find(&mut self, id: UserId) -> Result<Option<User>, StorageError>;

    /// All ways in which a user is known.
    async fn identities_of(&mut self, id: UserId) -> Result<Vec<NewIdentity>, StorageError>;

    /// A page of them.
    async fn page(&mut self, filter: &UserFilter, page: Page) -> Result<Vec<User>, StorageError>;

    /// Deletes a user and everything personal that hangs on it, also what waits to be sent. Totals per day are kept,
    /// so that the ledger balances. None when there is no such user.
    async fn erase(&mut self, id: UserId, at: Timestamp) -> Result<Option<ErasureReceipt>, StorageError>;
}

/// Tickets.
#[async_trait]
pub trait TicketRepository: Send {
    /// Takes `count` numbers that no other ticket has or will have; answers the first.
    async fn take_numbers(&mut self, count: usize) -> Result<u64, StorageError>;

    /// Writes new tickets.
    async fn insert(&mut self, tickets: &[Ticket]) -> Result<(), StorageError>;

    /// A ticket by its id.
    async fn find(&mut self, id: TicketId) -> Result<Option<Ticket>, StorageError>;

    /// A ticket by what people call it.
    async fn by_reference(&mut self, reference: Reference) -> Result<Option<Ticket>, StorageError>;

    /// A page of them.
    async fn page(&mut self, filter: &TicketFilter, page: Page) -> Result<Vec<Ticket>, StorageError>;

    /// The tickets of a user, newest first.
    async fn of_user(&mut self, user_id: UserId, page: Page) -> Result<Vec<Ticket>, StorageError>;
}

/// What happened to users, for a human to read.
#[async_trait]
pub trait TimelineRepository: Send {
    /// Writes that calls named identities of two users.
    async fn record_clashes(&mut self, clashes: &[IdentityClash]) -> Result<(), StorageError>;

    /// The clashes that concern a user, oldest first.
    async fn clashes_of(&mut self, user_id: UserId) -> Result<Vec<IdentityClash>, StorageError>;
}
