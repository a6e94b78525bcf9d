//! Channels: the places where teams and people are told.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{ids::ChannelId, label, names::named, quiet_hours::QuietHours};

named! {
    /// How a channel reaches its target.
    ChannelKind {
        /// Mail.
        Email = "email",
        /// Slack.
        Slack = "slack",
        /// Microsoft Teams.
        Teams = "teams",
        /// Discord.
        Discord = "discord",
        /// Telegram.
        Telegram = "telegram",
        /// A signed webhook.
        Webhook = "webhook",
        /// The chat of the person, through Landbot.
        Landbot = "landbot",
    }
}

impl ChannelKind {
    /// The least time between two messages to one target. Slack takes one message a second per webhook
    /// (<https://api.slack.com/docs/rate-limits>).
    pub const fn default_interval(self) -> Option<SignedDuration> {
        match self {
            Self::Slack => Some(SignedDuration::from_secs(1)),
            _ => None,
        }
    }
}

/// Where a channel leads. Secrets never lie in the database: a webhook's URL is named by the environment
/// variable that holds it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// The mailbox of the team, as set by `FRONTDESK__MAIL__TEAM_TO`. Written `team`.
    Team,
    /// The person whom the notification is about. Written `person`.
    Person,
    /// The value of an environment variable. Written `env:NAME`.
    Env(String),
    /// A literal address: a mailbox or a URL without a secret in it.
    Address(String),
}

/// A target's text cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Nothing was given.
    #[error("a target is needed: team, person, env:NAME or an address")]
    Empty,
    /// The name after `env:` is no name of an environment variable.
    #[error("after env: a name of capital letters, digits and underscores is needed")]
    EnvName,
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        match text.strip_prefix("env:") {
            Some(name) if is_env_name(name) => Ok(Self::Env(name.to_owned())),
            Some(_) => Err(TargetError::EnvName),
            None => match text {
                "" => Err(TargetError::Empty),
                "team" => Ok(Self::Team),
                "person" => Ok(Self::Person),
                address => Ok(Self::Address(address.to_owned())),
            },
        }
    }
}

fn is_env_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Team => f.write_str("team"),
            Self::Person => f.write_str("person"),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::Address(address) => f.write_str(address),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(_) => f.write_str("Address(..)"),
            other => write!(f, "Target({other})"),
        }
    }
}

/// After so many failures running, a channel gets one message at a time until one succeeds.
pub const FAILURES_UNTIL_PROBING: u32 = 5;

/// A place where a team or a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Unique name, as people call it.
    pub name: String,
    /// How it reaches its target.
    pub kind: ChannelKind,
    /// Where it leads.
    pub target: Target,
    /// The least time between two messages, over all workers.
    pub interval: Option<SignedDuration>,
    /// Since when nothing is sent.
    pub paused_at: Option<Timestamp>,
    /// Which channel is told instead when a notification over this one has failed for good.
    pub fallback: Option<ChannelId>,
    /// When nothing is sent: what is due then waits for the end.
    pub quiet_hours: Option<QuietHours>,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Channel {
    /// Whether it may be told what `other` could not be. News for a team are none of the person's business, and the other
    /// way round.
    pub fn can_stand_in_for(&self, other: &Self) -> bool {
        self.id != other.id && (self.target == Target::Person) == (other.target == Target::Person)
    }

    /// What it is called once it was put away, so that its name is free.
    pub fn archived_name(&self) -> String {
        label::archived(&self.name, self.id)
    }
}

/// The name of the channel that tells the persons themselves, by mail. Frontdesk needs it and makes it.
pub const PERSON_CHANNEL: &str = "person";

/// The id of the channel named [`PERSON_CHANNEL`], the same in every database.
pub const PERSON_CHANNEL_ID: ChannelId =
    ChannelId::from_uuid(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));

/// The name of the channel that answers persons in the chat they came from, through Landbot. Frontdesk needs it and makes
/// it.
pub const CHAT_CHANNEL: &str = "person-chat";

/// The id of the channel named [`CHAT_CHANNEL`], the same in every database.
pub const CHAT_CHANNEL_ID: ChannelId =
    ChannelId::from_uuid(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0004));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_read_as_they_are_written() {
        for text in ["team", "person", "env:SLACK_SALES_WEBHOOK_URL", "sales@example.com"] {
            let target: Target = text.parse().expect(text);
            assert_eq!(target.to_string(), text);
        }
    }

    #[test]
    fn a_target_that_names_no_variable_is_refused() {
        assert_eq!("env:".parse::<Target>(), Err(TargetError::EnvName));
        assert_eq!("env:https://hooks.example".parse::<Target>(), Err(TargetError::EnvName));
        assert_eq!("  ".parse::<Target>(), Err(TargetError::Empty));
    }

    #[test]
    fn a_literal_address_is_not_shown_in_logs() {
        let target: Target = "sales@example.com".parse().expect("an address");
        assert_eq!(format!("{target:?}"), "Address(..)");
    }

    #[test]
    fn kinds_have_the_names_of_the_contract() {
        let names: Vec<_> = ChannelKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(names, ["email", "slack", "teams", "discord", "telegram", "webhook", "landbot"]);
    }
}
