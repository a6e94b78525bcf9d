//! The ledger's left-hand side, answers kept for equal calls, and the quarantine.

use async_trait::async_trait;
use domain::{
    identity::Identity,
    ids::{BotId, RequestId},
    intake::{AnswerSlot, BoundAnswer, IntakeRow, Quarantined},
};
use jiff::Timestamp;

use super::{Page, StorageError};

/// What a batch of calls has to know before it is decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Where answers to equal calls may be kept.
    pub slots: Vec<AnswerSlot>,
    /// Whom the calls name.
    pub identities: Vec<Identity>,
    /// How many tickets may be opened. If any, the routing is asked for, too.
    pub ticket_numbers: usize,
}

/// Calls of bots and the answers kept for equal calls.
#[async_trait]
pub trait IntakeRepository: Send {
    /// The answers kept in `slots`, without those that had expired by `now`.
    async fn kept_answers(
        &mut self,
        slots: &[AnswerSlot],
        now: Timestamp,
    ) -> Result<Vec<BoundAnswer>, StorageError>;

    /// Keeps answers, taking over slots whose answer had expired by `now`.
    ///
    /// [`StorageError::Conflict`] when a slot holds an answer that has not expired.
    async fn keep(&mut self, answers: &[BoundAnswer], now: Timestamp) -> Result<(), StorageError>;

    /// Writes one row for each call, and one note for all of them together of what they changed: see
    /// [`SearchRepository`](super::SearchRepository).
    async fn record(&mut self, rows: &[IntakeRow]) -> Result<(), StorageError>;

    /// Deletes at most `limit` answers that had expired by `now`, and says how many.
    async fn forget_expired(&mut self, now: Timestamp, limit: u16) -> Result<usize, StorageError>;
}

/// What became of a call in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldStatus {
    /// A human has not looked at it yet.
    Held,
    /// It was mended and taken, as this call.
    Released(RequestId),
    /// It was thrown away.
    Discarded,
}

/// A call in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCall {
    /// The call as it arrived, and why it is held.
    pub call: Quarantined,
    /// The name of the bot.
    pub bot: String,
    /// What became of it.
    pub status: HeldStatus,
}

/// Which calls in quarantine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QuarantineFilter {
    /// Only this bot's.
    pub bot_id: Option<BotId>,
    /// Released and discarded ones too.
    pub with_closed: bool,
}

/// Calls that could not be understood.
#[async_trait]
pub trait QuarantineRepository: Send {
    /// Keeps calls for a human.
    async fn hold(&mut self, calls: &[Quarantined]) -> Result<(), StorageError>;

    /// A page of them.
    async fn page(&mut self, filter: QuarantineFilter, page: Page) -> Result<Vec<HeldCall>, StorageError>;

    /// One of them, for reading and for changing.
    async fn find(&mut self, id: RequestId) -> Result<Option<HeldCall>, StorageError>;

    /// Ends the quarantine of a held call.
    ///
    /// [`StorageError::Stale`] when it is not held any more.
    async fn close(&mut self, id: RequestId, status: HeldStatus, at: Timestamp) -> Result<(), StorageError>;
}
