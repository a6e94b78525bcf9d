//! Attempts begin.

use std::collections::HashSet;

use application::ports::OpenedAttempt;
use diesel::{
    QueryableByName,
    dsl::{exists, not},
    prelude::*,
    sql_types::{Array, Integer, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jiff::Timestamp;

use super::{message::Facts, withdraw};
use crate::{
    columns::{At, Id},
    error::Failure,
    rows::{NotificationRow, small},
    schema::{channels, claims, notifications},
    statement::{column, statement},
};

/// Opens attempts for those of `ids` that may be sent now, in the order of their ids.
pub(crate) async fn open(
    connection: &mut AsyncPgConnection,
    worker: Id,
    ids: &[Id],
    now: Timestamp,
) -> Result<Vec<OpenedAttempt>, Failure> {
    let due = due(connection, ids, now).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let facts = Facts::load(connection, &due).await?;
    let (mut ready, mut gone) = (Vec::new(), Vec::new());
    for row in &due {
        match facts.message(row)? {
            Some(message) => ready.push(OpenedAttempt {
                number: small(row.attempts + 1),
                tries: small(row.attempts + 1 - row.retried_after),
                unknowns: small(row.unknowns),
                channel_id: row.channel_id.into(),
                message,
            }),
            None => gone.push(row.id),
        }
    }
    if !gone.is_empty() {
        withdraw(connection, &gone).await?;
    }
    let opened = write(connection, worker, &ready, now).await?;
    ready.retain(|attempt| opened.contains(&Id::from(attempt.message.id)));
    Ok(ready)
}

/// Those that are due, not over, not being sent, and their channels not paused. They stay so until the end of the unit
/// of work.
async fn due(
    connection: &mut AsyncPgConnection,
    ids: &[Id],
    now: Timestamp,
) -> QueryResult<Vec<NotificationRow>> {
    let running = channels::table.filter(channels::paused_at.is_null()).select(channels::id);
    let open = claims::table
        .filter(claims::notification_id.eq(notifications::id))
        .filter(claims::attempt.is_not_null());
    notifications::table
        .filter(notifications::id.eq_any(ids))
        .filter(notifications::due_at.le(At(now)))
        .filter(notifications::next_at.is_not_null())
        .filter(notifications::channel_id.eq_any(running))
        .filter(not(exists(open)))
        .order(notifications::id)
        .select(NotificationRow::as_select())
        .for_update()
        .skip_locked()
        .load(connection)
        .await
}

#[derive(QueryableByName)]
struct Opened {
    #[diesel(sql_type = Uuid)]
    notification_id: Id,
}

/// Writes the attempts, but for those of what somebody else began to send meanwhile. Says of which notifications.
async fn write(
    connection: &mut AsyncPgConnection,
    worker: Id,
    ready: &[OpenedAttempt],
    now: Timestamp,
) -> QueryResult<HashSet<Id>> {
    if ready.is_empty() {
        return Ok(HashSet::new());
    }
    let opened: Vec<Opened> = statement(
        "WITH claimed AS (
             INSERT INTO claims (notification_id, channel_id, worker_id, lapses_at, attempt)
             SELECT notification_id, channel_id, $4, $5, number
             FROM unnest($1, $2, $3) AS ready (notification_id, channel_id, number)
             ON CONFLICT (notification_id) DO UPDATE
             SET worker_id = excluded.worker_id, attempt = excluded.attempt
             WHERE claims.attempt IS NULL
             RETURNING notification_id, attempt
         )
         INSERT INTO attempts (notification_id, number, worker_id, opened_at)
         SELECT notification_id, attempt, $4, $5 FROM claimed
         RETURNING notification_id",
    )
    .bind::<Array<Uuid>, _>(column(ready, |attempt| Id::from(attempt.message.id)))
    .bind::<Array<Uuid>, _>(column(ready, |attempt| Id::from(attempt.channel_id)))
    .bind::<Array<Integer>, _>(column(ready, |attempt| i32::from(attempt.number)))
    .bind::<Uuid, _>(worker)
    .bind::<Timestamptz, _>(At(now))
    .load(connection)
    .await?;
    Ok(opened.into_iter().map(|opened| opened.notification_id).collect())
}
