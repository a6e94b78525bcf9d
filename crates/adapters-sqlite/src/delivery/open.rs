//! Attempts begin.

use std::collections::HashMap;

use application::ports::OpenedAttempt;
use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use domain::notification::NotificationStatus;
use jiff::Timestamp;

use super::{channels_by_id, message::Messages, open_attempt};
use crate::{
    columns::{At, Id, Named},
    error::Failure,
    rows::{ChannelRow, NotificationRow, small},
    schema::{attempts, notifications},
};

/// Opens attempts for those of `ids` that may be sent now.
pub(crate) fn open(
    connection: &mut SqliteConnection,
    worker: Id,
    ids: &[Id],
    now: Timestamp,
) -> Result<Vec<OpenedAttempt>, Failure> {
    let channels = channels_by_id(connection)?;
    let mut messages = Messages::default();
    let mut opened = Vec::with_capacity(ids.len());
    for id in ids {
        let Some((row, channel)) = due(connection, &channels, *id, now)? else { continue };
        match messages.write(connection, &row, channel)? {
            Some(message) => {
                let number = row.attempts + 1;
                insert(connection, row.id, number, worker, now)?;
                opened.push(OpenedAttempt {
                    number: small(number),
                    tries: small(number - row.retried_after),
                    unknowns: small(row.unknowns),
                    channel_id: row.channel_id.into(),
                    message,
                });
            }
            None => cancel(connection, row.id)?,
        }
    }
    Ok(opened)
}

/// The notification, if it is due, not over, not being sent, and its channel not paused.
fn due<'a>(
    connection: &mut SqliteConnection,
    channels: &'a HashMap<Id, ChannelRow>,
    id: Id,
    now: Timestamp,
) -> QueryResult<Option<(NotificationRow, &'a ChannelRow)>> {
    let due = notifications::table
        .find(id)
        .filter(notifications::due_at.le(At(now)))
        .filter(notifications::next_at.is_not_null())
        .filter(not(exists(open_attempt())))
        .select(NotificationRow::as_select());
    let row = due.get_result(connection).optional()?;
    Ok(row.and_then(|row| {
        let channel = channels.get(&row.channel_id).filter(|channel| channel.paused_at.is_none())?;
        Some((row, channel))
    }))
}

fn insert(
    connection: &mut SqliteConnection,
    id: Id,
    number: i32,
    worker: Id,
    now: Timestamp,
) -> QueryResult<usize> {
    diesel::insert_into(attempts::table)
        .values((
            attempts::notification_id.eq(id),
            attempts::number.eq(number),
            attempts::worker_id.eq(worker),
            attempts::opened_at.eq(At(now)),
        ))
        .execute(connection)
}

/// What it is about is gone.
fn cancel(connection: &mut SqliteConnection, id: Id) -> Result<(), Failure> {
    let cancelled = (
        notifications::status.eq(Named(NotificationStatus::Cancelled)),
        notifications::next_at.eq(None::<At>),
        notifications::claimed_by.eq(None::<Id>),
    );
    diesel::update(notifications::table.find(id)).set(cancelled).execute(connection)?;
    Ok(())
}
