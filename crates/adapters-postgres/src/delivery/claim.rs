//! Claims: which worker has what was handed over, and until when.

use std::collections::HashSet;

use diesel::{
    QueryResult, QueryableByName,
    pg::data_types::PgInterval,
    sql_types::{Array, BigInt, Interval, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    channel::ChannelKind,
    dispatch::{Claimed, Deferral, HAND_OVER_AGAIN_AFTER, HORIZON, Quota},
};
use jiff::{SignedDuration, Timestamp};

use super::is_waiting;
use crate::{
    columns::{At, Id, Named},
    error::Failure,
    statement::{column, statement},
};

#[derive(QueryableByName)]
struct DueRow {
    #[diesel(sql_type = Uuid)]
    id: Id,
    #[diesel(sql_type = Uuid)]
    channel_id: Id,
    #[diesel(sql_type = Text)]
    kind: Named<ChannelKind>,
    #[diesel(sql_type = Timestamptz)]
    due_at: At,
    #[diesel(sql_type = Uuid)]
    request_id: Id,
}

/// Claims the earliest due notifications of each quota.
pub(crate) async fn claim(
    connection: &mut AsyncPgConnection,
    worker: Id,
    quotas: &[Quota],
    horizon: Timestamp,
) -> Result<Vec<Claimed>, Failure> {
    let earliest = earliest(connection, quotas, horizon).await?;
    let claimed = write(connection, worker, &earliest, horizon).await?;
    Ok(earliest.iter().filter(|row| claimed.contains(&row.id)).map(Claimed::from).collect())
}

/// The earliest of each quota that nobody else is busy with, locked.
async fn earliest(
    connection: &mut AsyncPgConnection,
    quotas: &[Quota],
    horizon: Timestamp,
) -> QueryResult<Vec<DueRow>> {
    statement(concat!(
        "SELECT earliest.id, channels.id AS channel_id, channels.kind, earliest.due_at, earliest.request_id
         FROM unnest($2, $3) AS quota (channel_id, places)
         JOIN channels ON channels.id = quota.channel_id
         CROSS JOIN LATERAL (
             SELECT id, due_at, request_id FROM notifications
             WHERE notifications.channel_id = channels.id AND ",
        is_waiting!(),
        "    ORDER BY next_at LIMIT quota.places FOR UPDATE SKIP LOCKED
         ) AS earliest",
    ))
    .bind::<Timestamptz, _>(At(horizon))
    .bind::<Array<Uuid>, _>(column(quotas, |quota| Id::from(quota.channel_id)))
    .bind::<Array<BigInt>, _>(column(quotas, |quota| i64::try_from(quota.limit).unwrap_or(i64::MAX)))
    .load(connection)
    .await
}

#[derive(QueryableByName)]
struct Written {
    #[diesel(sql_type = Uuid)]
    notification_id: Id,
}

/// Writes the claims, but for those of what somebody else has claimed meanwhile. Says of which notifications.
///
/// A claim lapses from the horizon on at which the notification is [`HAND_OVER_AGAIN_AFTER`] overdue, or, when it was
/// late already, so long after now.
async fn write(
    connection: &mut AsyncPgConnection,
    worker: Id,
    due: &[DueRow],
    horizon: Timestamp,
) -> QueryResult<HashSet<Id>> {
    let written: Vec<Written> = statement(
        "INSERT INTO claims (notification_id, channel_id, worker_id, lapses_at)
         SELECT id, channel_id, $4, greatest(due_at + $6, $5) + $7
         FROM unnest($1, $2, $3) AS due (id, channel_id, due_at)
         ON CONFLICT (notification_id) DO UPDATE
         SET worker_id = excluded.worker_id, lapses_at = excluded.lapses_at
         WHERE claims.attempt IS NULL AND claims.lapses_at <= $5
         RETURNING notification_id",
    )
    .bind::<Array<Uuid>, _>(column(due, |row| row.id))
    .bind::<Array<Uuid>, _>(column(due, |row| row.channel_id))
    .bind::<Array<Timestamptz>, _>(column(due, |row| row.due_at))
    .bind::<Uuid, _>(worker)
    .bind::<Timestamptz, _>(At(horizon))
    .bind::<Interval, _>(interval(HORIZON))
    .bind::<Interval, _>(interval(HAND_OVER_AGAIN_AFTER))
    .load(connection)
    .await?;
    Ok(written.into_iter().map(|written| written.notification_id).collect())
}

/// Moves claimed notifications to later due times. A claim lapses no earlier than before.
pub(crate) async fn postpone(connection: &mut AsyncPgConnection, claimed: &[Claimed]) -> Result<(), Failure> {
    statement(
        "WITH moved AS (
             UPDATE notifications SET due_at = new.due_at, next_at = new.due_at
             FROM unnest($1, $2) AS new (id, due_at)
             WHERE notifications.id = new.id AND notifications.due_at <> new.due_at AND next_at IS NOT NULL
             RETURNING notifications.id, new.due_at
         )
         UPDATE claims SET lapses_at = moved.due_at + $3 FROM moved
         WHERE claims.notification_id = moved.id AND claims.notification_id = ANY ($1)
           AND claims.lapses_at < moved.due_at + $3",
    )
    .bind::<Array<Uuid>, _>(column(claimed, |claimed| Id::from(claimed.id)))
    .bind::<Array<Timestamptz>, _>(column(claimed, |claimed| At(claimed.due_at)))
    .bind::<Interval, _>(interval(HORIZON + HAND_OVER_AGAIN_AFTER))
    .execute(connection)
    .await?;
    Ok(())
}

/// Moves the due times of what waits. What somebody else is busy with is left out, as in claiming; if it still waits after
/// that, the next round has it.
pub(crate) async fn defer(
    connection: &mut AsyncPgConnection,
    deferrals: &[Deferral],
    horizon: Timestamp,
) -> Result<(), Failure> {
    statement(concat!(
        "WITH waiting AS (
             SELECT waiting.id, deferral.until
             FROM unnest($2, $3, $4) AS deferral (channel_id, begins, until)
             CROSS JOIN LATERAL (
                 SELECT id FROM notifications
                 WHERE notifications.channel_id = deferral.channel_id
                   AND due_at >= deferral.begins AND due_at < deferral.until AND ",
        is_waiting!(),
        "        ORDER BY next_at FOR UPDATE SKIP LOCKED
             ) AS waiting
         )
         UPDATE notifications SET due_at = waiting.until, next_at = waiting.until
         FROM waiting WHERE notifications.id = waiting.id",
    ))
    .bind::<Timestamptz, _>(At(horizon))
    .bind::<Array<Uuid>, _>(column(deferrals, |deferral| Id::from(deferral.channel_id)))
    .bind::<Array<Timestamptz>, _>(column(deferrals, |deferral| At(deferral.from)))
    .bind::<Array<Timestamptz>, _>(column(deferrals, |deferral| At(deferral.until)))
    .execute(connection)
    .await?;
    Ok(())
}

fn interval(duration: SignedDuration) -> PgInterval {
    PgInterval::from_microseconds(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX))
}

impl From<&DueRow> for Claimed {
    fn from(row: &DueRow) -> Self {
        Self {
            id: row.id.into(),
            channel_id: row.channel_id.into(),
            kind: row.kind.0,
            due_at: row.due_at.0,
            request_id: row.request_id.into(),
        }
    }
}
