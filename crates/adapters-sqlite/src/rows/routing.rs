//! Channels.

use diesel::prelude::*;
use domain::channel::{Channel, ChannelKind, Target};
use jiff::SignedDuration;

use crate::{
    columns::{At, Id, Named},
    error::Failure,
    schema::channels,
};

#[derive(Insertable)]
#[diesel(table_name = channels, treat_none_as_default_value = false)]
pub(crate) struct NewChannelRow {
    id: Id,
    name: String,
    kind: Named<ChannelKind>,
    target: String,
    interval_us: Option<i64>,
    paused_at: Option<At>,
    created_at: At,
}

impl From<&Channel> for NewChannelRow {
    fn from(channel: &Channel) -> Self {
        let interval = channel.interval.map(|interval| interval.as_micros());
        Self {
            id: channel.id.into(),
            name: channel.name.clone(),
            kind: Named(channel.kind),
            target: channel.target.to_string(),
            interval_us: interval.map(|us| i64::try_from(us).unwrap_or(i64::MAX)),
            paused_at: channel.paused_at.map(At),
            created_at: At(channel.created_at),
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
    created_at: At,
}

impl ChannelRow {
    pub(crate) fn target(&self) -> Result<Target, Failure> {
        self.target.parse().map_err(|_| Failure::Unreadable("channels.target"))
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
            name: row.name,
            kind: row.kind.0,
            paused_at: row.paused_at.map(|at| at.0),
            created_at: row.created_at.0,
        })
    }
}
