//! Topics and channels.

use diesel::prelude::*;
use domain::{
    channel::{Channel, ChannelKind, Target},
    chat_rules::ChatRules,
    quiet_hours::QuietHours,
    reminder::Reminders,
};
use jiff::{SignedDuration, civil::Time};

use crate::{
    columns::{At, Id, Named},
    error::Failure,
    schema::{channels, topics},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = topics)]
pub(crate) struct TopicRow {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) is_default: bool,
    #[diesel(embed)]
    pub(crate) reminders: RemindersRow,
    #[diesel(embed)]
    pub(crate) chat_rules: ChatRulesRow,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = topics, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct RemindersRow {
    digest_minute: Option<i32>,
    escalate_after_us: Option<i64>,
}

impl From<Reminders> for RemindersRow {
    fn from(reminders: Reminders) -> Self {
        let minute = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
        let micros = |limit: SignedDuration| i64::try_from(limit.as_micros()).unwrap_or(i64::MAX);
        Self {
            digest_minute: reminders.digest_at.map(minute),
            escalate_after_us: reminders.escalate_after.map(micros),
        }
    }
}

impl From<RemindersRow> for Reminders {
    fn from(row: RemindersRow) -> Self {
        let time = |minute: i32| {
            let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
            Time::new(hour, minute, 0, 0).ok()
        };
        Self {
            digest_at: row.digest_minute.and_then(time),
            escalate_after: row.escalate_after_us.map(SignedDuration::from_micros),
        }
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = topics, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct ChatRulesRow {
    reference_field: Option<String>,
    status_field: Option<String>,
    resume_at: Option<String>,
}

impl From<&ChatRules> for ChatRulesRow {
    fn from(rules: &ChatRules) -> Self {
        Self {
            reference_field: rules.reference_field.as_ref().map(ToString::to_string),
            status_field: rules.status_field.as_ref().map(ToString::to_string),
            resume_at: rules.resume_at.as_ref().map(ToString::to_string),
        }
    }
}

impl TryFrom<ChatRulesRow> for ChatRules {
    type Error = Failure;

    fn try_from(row: ChatRulesRow) -> Result<Self, Failure> {
        let field = |name: Option<String>, column| {
            name.map(|name| name.parse()).transpose().map_err(|_| Failure::Unreadable(column))
        };
        let resume_at = row.resume_at.map(|point| point.parse()).transpose();
        Ok(Self {
            reference_field: field(row.reference_field, "topics.reference_field")?,
            status_field: field(row.status_field, "topics.status_field")?,
            resume_at: resume_at.map_err(|_| Failure::Unreadable("topics.resume_at"))?,
        })
    }
}

#[derive(Insertable)]
#[diesel(table_name = channels, treat_none_as_default_value = false)]
pub(crate) struct NewChannelRow {
    id: Id,
    name: String,
    kind: Named<ChannelKind>,
    paused_at: Option<At>,
    #[diesel(embed)]
    rules: ChannelRulesRow,
    created_at: At,
}

impl From<&Channel> for NewChannelRow {
    fn from(channel: &Channel) -> Self {
        Self {
            id: channel.id.into(),
            name: channel.name.clone(),
            kind: Named(channel.kind),
            paused_at: channel.paused_at.map(At),
            rules: ChannelRulesRow::from(channel),
            created_at: At(channel.created_at),
        }
    }
}

/// What people may change of a channel.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = channels, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct ChannelRulesRow {
    target: String,
    interval_us: Option<i64>,
    fallback_id: Option<Id>,
    quiet_hours: Option<String>,
}

impl From<&Channel> for ChannelRulesRow {
    fn from(channel: &Channel) -> Self {
        let interval = channel.interval.map(|interval| interval.as_micros());
        Self {
            target: channel.target.to_string(),
            interval_us: interval.map(|us| i64::try_from(us).unwrap_or(i64::MAX)),
            fallback_id: channel.fallback.map(Id::from),
            quiet_hours: channel.quiet_hours.as_ref().map(ToString::to_string),
        }
    }
}

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = channels)]
pub(crate) struct ChannelRow {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) kind: Named<ChannelKind>,
    target: String,
    interval_us: Option<i64>,
    pub(crate) paused_at: Option<At>,
    pub(crate) failures: i64,
    pub(crate) next_slot_at: Option<At>,
    fallback_id: Option<Id>,
    quiet_hours: Option<String>,
    created_at: At,
}

impl ChannelRow {
    pub(crate) fn target(&self) -> Result<Target, Failure> {
        self.target.parse().map_err(|_| Failure::Unreadable("channels.target"))
    }

    pub(crate) fn quiet_hours(&self) -> Result<Option<QuietHours>, Failure> {
        let hours = self.quiet_hours.as_deref().map(str::parse).transpose();
        hours.map_err(|_| Failure::Unreadable("channels.quiet_hours"))
    }

    pub(crate) fn interval(&self) -> Option<SignedDuration> {
        self.interval_us.map(SignedDuration::from_micros)
    }
}

impl TryFrom<ChannelRow> for Channel {
    type Error = Failure;

    fn try_from(row: ChannelRow) -> Result<Self, Failure> {
        Ok(Self {
            id: row.id.into(),
            target: row.target()?,
            interval: row.interval(),
            quiet_hours: row.quiet_hours()?,
            fallback: row.fallback_id.map(Into::into),
            name: row.name,
            kind: row.kind.0,
            paused_at: row.paused_at.map(|at| at.0),
            created_at: row.created_at.0,
        })
    }
}
