//! What a preview says. Plain values: an edge can serialise them as they are. Personal in every text.

use std::fmt;

use domain::{
    answer::Verdict,
    bot_call::{Reading, Refused},
    channel::ChannelKind,
    identity::IdentityKind,
    ids::UserId,
    notification::Purpose,
    topic::TopicMatch,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::ports::Wording;

/// What would become of a call.
#[derive(Clone, PartialEq, Serialize)]
pub struct RoutingPreview {
    /// Each name and value, and what it was read as. Empty when the body cannot be read at all.
    pub readings: Vec<Reading>,
    /// What the bot would be answered.
    pub result: Verdict,
    /// Why the call would not be taken.
    pub refused: Option<Refused>,
    /// Whom it would be taken for; none if it names nobody or is not taken.
    pub person: Option<MatchedPerson>,
    /// What the ticket would be about; none if it opens none.
    pub topic: Option<MatchedTopic>,
    /// What would be kept in `fields`.
    pub extra: Map<String, Value>,
    /// What would be sent.
    pub notifications: Vec<PlannedNotification>,
}

impl fmt::Debug for RoutingPreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoutingPreview")
            .field("result", &self.result)
            .field("refused", &self.refused)
            .field("readings", &self.readings)
            .field("notifications", &self.notifications.len())
            .finish_non_exhaustive()
    }
}

/// The person of a call.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct MatchedPerson {
    /// The user who it is; none if it would be a new one.
    pub user_id: Option<UserId>,
    /// The name that would be stored then.
    pub name: Option<String>,
    /// By which identity the user is known; none if it would be a new one.
    pub matched_by: Option<IdentityKind>,
    /// Which identities of the call are another user's.
    pub clashes: Vec<IdentityKind>,
}

/// The topic of a call.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct MatchedTopic {
    /// Its short name.
    pub slug: String,
    /// What people read.
    pub title: String,
    /// What the bot asked for.
    pub asked: Option<String>,
    /// Why it is this one.
    pub matched_by: TopicMatch,
}

/// A notification that would be planned.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PlannedNotification {
    /// What it says.
    pub purpose: Purpose,
    /// The name of its channel.
    pub channel: String,
    /// The kind of that channel.
    pub kind: ChannelKind,
    /// Where that channel leads.
    pub target: String,
    /// Whether the environment variable that the target names has a value; none where it names none.
    pub is_secret_set: Option<bool>,
    /// Since when nothing is sent over the channel.
    pub paused_at: Option<Timestamp>,
    /// When nothing is sent over the channel.
    pub quiet_hours: Option<String>,
    /// The name of the channel that is told when this one fails for good.
    pub fallback: Option<String>,
    /// When it would be planned for.
    pub due_at: Timestamp,
    /// When it would go out: `due_at`, or the end of the quiet hours that this falls into. A paused channel waits longer.
    pub goes_out_at: Timestamp,
    /// What it would say, where that can be told beforehand.
    pub wording: Option<Wording>,
    /// Why that cannot be told.
    pub problem: Option<String>,
}
