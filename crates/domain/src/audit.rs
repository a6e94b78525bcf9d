//! Who changed what: kept for whoever asks why something is as it is.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    ids::{AgentId, AuditId},
    names::named,
};

named! {
    /// Over what somebody works.
    Via {
        /// The panel.
        Panel = "panel",
        /// The REST API.
        Api = "api",
        /// The command line, at the machine itself.
        CommandLine = "command_line",
    }
}

named! {
    /// What was done. What is done about tickets stands in their own histories.
    Action {
        /// A topic was added.
        TopicAdded = "topic.added",
        /// A topic was changed.
        TopicChanged = "topic.changed",
        /// A topic was removed.
        TopicRemoved = "topic.removed",
        /// A channel was added.
        ChannelAdded = "channel.added",
        /// A channel was changed.
        ChannelChanged = "channel.changed",
        /// Nothing is sent over a channel for a while.
        ChannelPaused = "channel.paused",
        /// A channel works again.
        ChannelResumed = "channel.resumed",
        /// A channel was put away.
        ChannelArchived = "channel.archived",
        /// A bot was added.
        BotAdded = "bot.added",
        /// A bot was changed.
        BotChanged = "bot.changed",
        /// A bot was put away.
        BotArchived = "bot.archived",
        /// A bot got a new key.
        BotKeyRotated = "bot.key_rotated",
        /// Keys of a bot were revoked.
        BotKeysRevoked = "bot.keys_revoked",
        /// A bot's conversations are delivered elsewhere, or with another token.
        BotHookChanged = "bot.hook_changed",
        /// Somebody may sign in who could not before.
        AgentAdded = "agent.added",
        /// Somebody may do more or less than before.
        AgentChanged = "agent.changed",
        /// No second factor is asked of somebody any more, who did not turn it off itself.
        SecondFactorRemoved = "agent.second_factor_removed",
        /// An API token was made.
        TokenAdded = "token.added",
        /// An API token was revoked.
        TokenRevoked = "token.revoked",
        /// A person is called otherwise, or spoken to in another language.
        UserChanged = "user.changed",
        /// Two persons turned out to be one.
        UserMerged = "user.merged",
        /// A person was forgotten.
        UserErased = "user.erased",
        /// A call was taken out of quarantine.
        CallReleased = "call.released",
        /// A call in quarantine was thrown away.
        CallDiscarded = "call.discarded",
        /// A notification was withdrawn.
        NotificationCancelled = "notification.cancelled",
        /// A notification was made due again.
        NotificationRetried = "notification.retried",
        /// Many notifications were made due again.
        NotificationsRetried = "notifications.retried",
    }
}

impl Action {
    /// Whether an admin may undo it by what was kept.
    pub const fn can_be_reverted(self) -> bool {
        matches!(self, Self::TopicChanged | Self::ChannelChanged)
    }
}

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// The member of staff; none for whoever works at the machine, and for the first admin, whom nobody made.
    pub agent: Option<AgentId>,
    /// Over what.
    pub via: Via,
}

impl Author {
    /// Whoever works at the machine itself.
    pub const AT_THE_MACHINE: Self = Self { agent: None, via: Via::CommandLine };
}

/// Names and values: what something was like. Never a secret, and of visitors nothing but ids.
pub type Facts = Map<String, Value>;

/// Something that was done.
#[derive(Clone, PartialEq)]
pub struct AuditEntry {
    /// Its id, which sorts by time.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: Author,
    /// What.
    pub action: Action,
    /// To what: a slug, a name or an id.
    pub object: String,
    /// What was changed, as it was before.
    pub before: Facts,
    /// The same, as it was afterwards.
    pub after: Facts,
    /// The entry that was undone by this.
    pub reverts: Option<AuditId>,
}

impl fmt::Debug for AuditEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, action, object, .. } = self;
        f.debug_struct("AuditEntry").field("id", id).field("action", action).field("object", object).finish()
    }
}

/// Leaves only what differs, of two descriptions of the same thing.
pub fn differences(mut before: Facts, mut after: Facts) -> (Facts, Facts) {
    let same: Vec<_> = before
        .iter()
        .filter(|(name, value)| after.get(*name) == Some(value))
        .map(|(name, _)| name.clone())
        .collect();
    for name in same {
        before.remove(&name);
        after.remove(&name);
    }
    (before, after)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts(value: Value) -> Facts {
        let Value::Object(facts) = value else { panic!("no facts: {value}") };
        facts
    }

    #[test]
    fn what_stayed_the_same_is_not_kept() {
        let before = facts(json!({"title": "Sales", "aliases": ["buy"], "digest_at": null}));
        let after = facts(json!({"title": "Sales", "aliases": ["buy", "order"], "digest_at": "08:00"}));
        let (before, after) = differences(before, after);
        assert_eq!(before, facts(json!({"aliases": ["buy"], "digest_at": null})));
        assert_eq!(after, facts(json!({"aliases": ["buy", "order"], "digest_at": "08:00"})));
    }
}
