//! What waits, channel by channel.

use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{channel::ChannelKind, dispatch::ChannelLoad};
use jiff::{SignedDuration, Timestamp};

use super::is_waiting;
use crate::{
    columns::{At, Id, Named},
    error::Failure,
    rows::quiet_hours,
    statement::{column, statement},
};

/// Waits until no other unit of work is between looking at the loads and its end, and keeps others waiting until the end
/// of this one: so neither a channel's pace nor the room of a kind is given away twice.
pub(crate) async fn be_the_only_dispatcher(mut connection: &AsyncPgConnection) -> Result<(), Failure> {
    statement("SELECT pg_advisory_xact_lock(hashtext('frontdesk dispatch'), hashtext(current_schema()))")
        .execute(&mut connection)
        .await?;
    Ok(())
}

/// The channels that have something due by `horizon`, and beside them those that have something handed over. When
/// nothing is due this costs one look into the index of due notifications for each channel.
pub(crate) async fn loads(
    connection: &mut AsyncPgConnection,
    horizon: Timestamp,
    limit: usize,
) -> Result<Vec<ChannelLoad>, Failure> {
    let due = with_something_due(connection, horizon).await?;
    if due.is_empty() { Ok(Vec::new()) } else { counted(connection, horizon, limit, due).await }
}

#[derive(QueryableByName)]
struct DueChannel {
    #[diesel(sql_type = Uuid)]
    id: Id,
}

/// The order keeps PostgreSQL to the index: it thinks that any row would do and that there are many, and so would look
/// for the first one in the whole table.
async fn with_something_due(
    connection: &mut AsyncPgConnection,
    horizon: Timestamp,
) -> Result<Vec<Id>, Failure> {
    let due: Vec<DueChannel> = statement(concat!(
        "SELECT channels.id FROM channels
         CROSS JOIN LATERAL (
             SELECT FROM notifications
             WHERE notifications.channel_id = channels.id AND ",
        is_waiting!(),
        "    ORDER BY next_at LIMIT 1
         ) AS first_due
         WHERE channels.paused_at IS NULL",
    ))
    .bind::<Timestamptz, _>(At(horizon))
    .load(connection)
    .await?;
    Ok(column(&due, |channel| channel.id))
}

#[derive(QueryableByName)]
struct LoadRow {
    #[diesel(sql_type = Uuid)]
    id: Id,
    #[diesel(sql_type = Text)]
    kind: Named<ChannelKind>,
    #[diesel(sql_type = Nullable<BigInt>)]
    interval_us: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    quiet_hours: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    next_slot_at: Option<At>,
    #[diesel(sql_type = BigInt)]
    failures: i64,
    #[diesel(sql_type = BigInt)]
    handed_over: i64,
    #[diesel(sql_type = BigInt)]
    due: i64,
}

/// Counts what is due over the channels `due`, and what every channel has handed over.
async fn counted(
    connection: &mut AsyncPgConnection,
    horizon: Timestamp,
    limit: usize,
    due: Vec<Id>,
) -> Result<Vec<ChannelLoad>, Failure> {
    let rows: Vec<LoadRow> = statement(concat!(
        "SELECT channels.id, kind, interval_us, quiet_hours, next_slot_at, failures, due, handed_over
         FROM channels
         CROSS JOIN LATERAL (
             SELECT count(*) AS handed_over FROM claims
             WHERE claims.channel_id = channels.id AND (attempt IS NOT NULL OR lapses_at > $1)
         ) AS handed_over
         CROSS JOIN LATERAL (
             SELECT count(*) AS due FROM (
                 SELECT FROM notifications
                 WHERE channels.id = ANY ($2) AND notifications.channel_id = channels.id AND ",
        is_waiting!(),
        "        ORDER BY next_at LIMIT $3
             ) AS counted
         ) AS due
         WHERE channels.paused_at IS NULL AND (due > 0 OR handed_over > 0)
         ORDER BY channels.position",
    ))
    .bind::<Timestamptz, _>(At(horizon))
    .bind::<Array<Uuid>, _>(due)
    .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX))
    .load(connection)
    .await?;
    rows.iter().map(ChannelLoad::try_from).collect()
}

impl TryFrom<&LoadRow> for ChannelLoad {
    type Error = Failure;

    fn try_from(row: &LoadRow) -> Result<Self, Failure> {
        Ok(Self {
            channel_id: row.id.into(),
            kind: row.kind.0,
            interval: row.interval_us.map(SignedDuration::from_micros),
            quiet_hours: quiet_hours(row.quiet_hours.as_deref())?,
            next_slot_at: row.next_slot_at.map(|at| at.0),
            failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
            handed_over: usize::try_from(row.handed_over).unwrap_or_default(),
            due: usize::try_from(row.due).unwrap_or_default(),
        })
    }
}
