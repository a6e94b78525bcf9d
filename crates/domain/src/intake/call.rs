//! A bot's call on its way to a decision.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::{
    bot::Bot,
    bot_call::{BotCall, Refused},
    ids::{BotId, RequestId},
    language::Language,
    names::named,
};

/// How long an answer is bound to an `Idempotency-Key`.
pub const KEY_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

named! {
    /// Which record a call is about, by the last part of its path. Also the scope of its idempotency keys.
    CallPath {
        /// `POST /bot/v1/users`.
        Users = "users",
        /// `POST /bot/v1/tickets`.
        Tickets = "tickets",
        /// `POST /bot/v1/messages/{hook}`: no call of a bot, but kept like one where it cannot be understood.
        Messages = "messages",
    }
}

/// What a decision must know of the calling bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallingBot {
    /// Which bot.
    pub id: BotId,
    /// The origin of users who come without one.
    pub default_origin: Option<String>,
    /// The language of users who did not say theirs.
    pub default_language: Language,
}

impl From<&Bot> for CallingBot {
    fn from(bot: &Bot) -> Self {
        Self {
            id: bot.id,
            default_origin: bot.default_origin.clone(),
            default_language: bot.default_language.clone(),
        }
    }
}

/// SHA-256 of the normalised fields of a call.
pub type BodyDigest = [u8; 32];

/// Where an answer is kept for equal calls: unique by bot, path and digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AnswerSlot {
    /// Who called.
    pub principal: BotId,
    /// What for.
    pub scope: CallPath,
    /// SHA-256 of the idempotency key, or of the normalised fields where there is no key.
    pub digest: [u8; 32],
}

/// How equal calls are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replay {
    /// Where the answer is kept.
    pub slot: AnswerSlot,
    /// Another body in the same slot is a mistake of the caller.
    pub body: BodyDigest,
    /// Until when the answer is kept.
    pub expires_at: Timestamp,
}

impl Replay {
    /// How a call is told from its equals. With an `Idempotency-Key`, by the key. Without one, by its fields within
    /// `window`, but only if it names a person: two visitors may well ask the same question.
    pub fn of(
        call: &BotCall,
        path: CallPath,
        bot: BotId,
        key: Option<&str>,
        window: SignedDuration,
        now: Timestamp,
    ) -> Option<Self> {
        let body = call.digest();
        let (digest, lifetime) = match key {
            Some(key) => (digest_of_key(key), KEY_LIFETIME),
            None if call.names_a_person() && window.is_positive() => (body, window),
            None => return None,
        };
        let slot = AnswerSlot { principal: bot, scope: path, digest };
        Some(Self { slot, body, expires_at: now.checked_add(lifetime).unwrap_or(Timestamp::MAX) })
    }
}

pub(crate) fn digest_of_key(key: &str) -> [u8; 32] {
    // The prefix keeps keys apart from digests of fields, which share the slots.
    Sha256::new().chain_update(b"idempotency-key:").chain_update(key).finalize().into()
}

/// A call as it arrived, kept for the quarantine.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawCall {
    /// The query string.
    pub query: String,
    /// The body.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for RawCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawCall").field("bytes", &(self.query.len() + self.body.len())).finish()
    }
}

/// An authenticated call that waits for its decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingCall {
    /// Its id.
    pub request_id: RequestId,
    /// Who calls.
    pub bot: CallingBot,
    /// What for.
    pub path: CallPath,
    /// What it says, or why that cannot be understood.
    pub read: Result<BotCall, Refused>,
    /// How equal calls are told; none where each call counts.
    pub replay: Option<Replay>,
    /// What arrived.
    pub raw: RawCall,
    /// When it arrived.
    pub received_at: Timestamp,
}
