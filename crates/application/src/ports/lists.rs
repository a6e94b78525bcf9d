//! Lists that grow for ever: which of their items, and which part of them.

use domain::{
    ids::{AgentId, BotId, UserId, first_uuid_at},
    search::Needle,
    ticket::TicketStatus,
    ticket_work::Priority,
    topic::Slug,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Which part of a list, newest first (by id, which sorts by time).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only what is older than this id; the newest if none.
    pub before: Option<Uuid>,
    /// At most so many.
    pub limit: u16,
}

impl Page {
    /// The newest `limit` items.
    pub const fn first(limit: u16) -> Self {
        Self { before: None, limit }
    }
}

/// The time of making in an id differs by so much from that in its row at most.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

/// A span of time; all of it unless it has ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub from: Option<Timestamp>,
    /// The first moment after it.
    pub until: Option<Timestamp>,
}

impl Span {
    /// Whether it has an end.
    pub const fn is_limited(self) -> bool {
        self.from.is_some() || self.until.is_some()
    }

    /// Whether a moment is in it.
    pub fn contains(self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// The least id of what may have been made in it.
    pub fn first_id(self) -> Uuid {
        self.from
            .map_or(Uuid::nil(), |from| first_uuid_at(from.saturating_sub(SLACK).unwrap_or(Timestamp::MIN)))
    }

    /// The least id of what was certainly made after it.
    pub fn end_id(self) -> Uuid {
        self.until
            .map_or(Uuid::max(), |until| first_uuid_at(until.saturating_add(SLACK).unwrap_or(Timestamp::MAX)))
    }
}

/// Which users. All but `created` lags some seconds behind what was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Only those of whose name, address or phone number this is a part.
    pub needle: Option<Needle>,
    /// Only those that came from this source at first.
    pub origin: Option<String>,
    /// Only those that this bot registered.
    pub bot_id: Option<BotId>,
    /// Only those that were registered in this time.
    pub created: Span,
}

/// Which tickets. `needle` and `origin` lag some seconds behind what was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// Only those of whose reference or description this is a part.
    pub needle: Option<Needle>,
    /// Only those whose user came from this source at first.
    pub origin: Option<String>,
    /// Only this user's.
    pub user_id: Option<UserId>,
    /// Only those that stand here.
    pub status: Option<TicketStatus>,
    /// Only those on this topic.
    pub topic: Option<Slug>,
    /// Only those that this agent works on, or that nobody works on.
    pub assignee: Option<Option<AgentId>>,
    /// Only those that matter so much.
    pub priority: Option<Priority>,
    /// Only those that were opened in this time.
    pub created: Span,
}
