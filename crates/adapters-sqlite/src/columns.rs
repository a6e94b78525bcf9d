//! How values of the domain lie in columns.

use std::{fmt, str::FromStr};

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, Binary, Text},
    sqlite::{Sqlite, SqliteValue},
};
use domain::{
    agent::{Role, Scope},
    audit::{Action, Via},
    bot_call::{Field, RefusalCode},
    channel::ChannelKind,
    conversation::Author,
    identity::IdentityKind,
    ids::{
        AgentId, AuditId, BotId, ChannelId, MessageId, NotificationId, RequestId, SessionId, TicketEventId,
        TicketId, TokenId, UserId, WorkerId,
    },
    intake::{CallPath, IntakeOutcome},
    job::{Job, JobOutcome},
    notification::{NotificationStatus, OutcomeKind, Purpose},
    ticket::TicketStatus,
    ticket_work::{Deed, Priority},
};
use jiff::Timestamp;
use uuid::Uuid;

/// An id: the 16 bytes of a UUID, which sort as the UUIDs do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub(crate) struct Id(Uuid);

impl Id {
    /// The id before which every id of a page lies: the one given, or one greater than all.
    pub(crate) fn before(id: Option<Uuid>) -> Self {
        Self(id.unwrap_or(Uuid::max()))
    }
}

impl From<Uuid> for Id {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl ToSql<Binary, Sqlite> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Binary, Sqlite> for Id {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.read_blob())?))
    }
}

/// Ids, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub(crate) struct Ids(pub(crate) Vec<Id>);

impl ToSql<Binary, Sqlite> for Ids {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        let bytes: Vec<u8> = self.0.iter().flat_map(|id| *id.0.as_bytes()).collect();
        out.set_value(bytes);
        Ok(IsNull::No)
    }
}

impl FromSql<Binary, Sqlite> for Ids {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let ids = value.read_blob().chunks(16).map(|bytes| Uuid::from_slice(bytes).map(Id));
        Ok(Self(ids.collect::<Result<_, _>>()?))
    }
}

macro_rules! stored_as_id {
    ($($id:ty)+) => {$(
        impl From<$id> for Id {
            fn from(id: $id) -> Self {
                Self(id.as_uuid())
            }
        }

        impl From<Id> for $id {
            fn from(id: Id) -> Self {
                Self::from_uuid(id.0)
            }
        }
    )+};
}

stored_as_id! { AgentId AuditId BotId ChannelId MessageId NotificationId RequestId SessionId TicketEventId TicketId TokenId UserId WorkerId }

/// A SHA-256 digest: its 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub(crate) struct Digest(pub(crate) [u8; 32]);

impl ToSql<Binary, Sqlite> for Digest {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<Binary, Sqlite> for Digest {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(value.read_blob().try_into()?))
    }
}

/// A time: microseconds since the Unix epoch. What is finer is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub(crate) struct At(pub(crate) Timestamp);

impl ToSql<BigInt, Sqlite> for At {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_microsecond());
        Ok(IsNull::No)
    }
}

impl FromSql<BigInt, Sqlite> for At {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(Timestamp::from_microsecond(value.read_long())?))
    }
}

/// An enumeration of the domain that is stored by its names.
pub(crate) trait Names: Copy + FromStr {
    fn name(self) -> &'static str;
}

macro_rules! stored_by_name {
    ($($enumeration:ty)+) => {$(
        impl Names for $enumeration {
            fn name(self) -> &'static str {
                self.as_str()
            }
        }
    )+};
}

stored_by_name! {
    Action Author CallPath ChannelKind Deed Field IdentityKind IntakeOutcome Job JobOutcome NotificationStatus OutcomeKind Priority Purpose RefusalCode Role Scope
    TicketStatus Via
}

/// A value of an enumeration: its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub(crate) struct Named<T: fmt::Debug>(pub(crate) T);

impl<T: Names + fmt::Debug> ToSql<Text, Sqlite> for Named<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.name());
        Ok(IsNull::No)
    }
}

impl<T> FromSql<Text, Sqlite> for Named<T>
where
    T: Names + fmt::Debug + FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(value.read_text().parse()?))
    }
}
