//! How values of the domain lie in columns.

use std::{fmt, io::Write as _, str::FromStr};

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{
        Pg, PgValue,
        data_types::{PgDate, PgTimestamp},
    },
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{Binary, Date, Json, Text, Timestamptz, Uuid as SqlUuid},
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
    ledger::{day_number, day_of},
    notification::{NotificationStatus, OutcomeKind, Purpose},
    ticket::TicketStatus,
    ticket_work::{Deed, Priority},
};
use jiff::{Timestamp, ToSpan as _, civil};
use uuid::Uuid;

/// An id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlUuid)]
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

impl ToSql<SqlUuid, Pg> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<SqlUuid, Pg> for Id {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
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

impl ToSql<Binary, Pg> for Digest {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&self.0)?;
        Ok(IsNull::No)
    }
}

impl FromSql<Binary, Pg> for Digest {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(value.as_bytes().try_into()?))
    }
}

/// From the Unix epoch to PostgreSQL's, 2000-01-01T00:00:00Z (postgres: `src/include/datatype/timestamp.h`).
const EPOCH: Timestamp = Timestamp::constant(946_684_800, 0);

/// A time in microseconds. What is finer is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Timestamptz)]
pub(crate) struct At(pub(crate) Timestamp);

impl ToSql<Timestamptz, Pg> for At {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let since_epoch = PgTimestamp(self.0.as_microsecond() - EPOCH.as_microsecond());
        ToSql::<Timestamptz, Pg>::to_sql(&since_epoch, &mut out.reborrow())
    }
}

impl FromSql<Timestamptz, Pg> for At {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let PgTimestamp(since_epoch) = FromSql::<Timestamptz, Pg>::from_sql(value)?;
        let microsecond = since_epoch.checked_add(EPOCH.as_microsecond()).ok_or("a time out of range")?;
        Ok(Self(Timestamp::from_microsecond(microsecond)?))
    }
}

/// A UTC day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Date)]
pub(crate) struct Day(pub(crate) civil::Date);

impl ToSql<Date, Pg> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let days = day_number(self.0) - day_number(day_of(EPOCH));
        ToSql::<Date, Pg>::to_sql(&PgDate(i32::try_from(days)?), &mut out.reborrow())
    }
}

impl FromSql<Date, Pg> for Day {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let PgDate(days) = FromSql::<Date, Pg>::from_sql(value)?;
        Ok(Self(day_of(EPOCH).checked_add(days.days())?))
    }
}

/// JSON, as its text.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Json)]
pub(crate) struct JsonText(pub(crate) String);

impl ToSql<Json, Pg> for JsonText {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Json, Pg> for JsonText {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(str::from_utf8(value.as_bytes())?.to_owned()))
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

impl<T: Names + fmt::Debug> ToSql<Text, Pg> for Named<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.name().as_bytes())?;
        Ok(IsNull::No)
    }
}

impl<T> FromSql<Text, Pg> for Named<T>
where
    T: Names + fmt::Debug + FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(str::from_utf8(value.as_bytes())?.parse()?))
    }
}
