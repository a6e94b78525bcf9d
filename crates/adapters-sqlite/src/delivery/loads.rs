//! What waits, channel by channel.

use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use domain::dispatch::ChannelLoad;
use jiff::Timestamp;

use super::open_attempt;
use crate::{
    columns::{At, Id},
    error::Failure,
    rows::ChannelRow,
    schema::{channels, notifications},
};

/// The channels that have something due by `horizon`, and beside them those that have something handed over. When
/// nothing is due this costs one look into the index of due notifications for each channel.
pub(crate) fn loads(
    connection: &mut SqliteConnection,
    horizon: Timestamp,
    limit: usize,
) -> Result<Vec<ChannelLoad>, Failure> {
    let running = channels::table.filter(channels::paused_at.is_null()).order(channels::position);
    let running: Vec<ChannelRow> = running.select(ChannelRow::as_select()).load(connection)?;
    let due: Vec<usize> = running
        .iter()
        .map(|channel| due(connection, channel.id, horizon, limit))
        .collect::<Result<_, _>>()?;
    let mut loads = Vec::new();
    if due.iter().any(|due| *due > 0) {
        for (channel, due) in running.iter().zip(due) {
            let handed_over = handed_over(connection, channel.id, horizon)?;
            if due > 0 || handed_over > 0 {
                loads.push(load(channel, due, handed_over)?);
            }
        }
    }
    Ok(loads)
}

fn due(
    connection: &mut SqliteConnection,
    channel: Id,
    horizon: Timestamp,
    limit: usize,
) -> QueryResult<usize> {
    let due: Vec<Id> = notifications::table
        .filter(notifications::channel_id.eq(channel))
        .filter(notifications::next_at.le(At(horizon)))
        .filter(not(exists(open_attempt())))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(notifications::id)
        .load(connection)?;
    Ok(due.len())
}

/// What is claimed and was not closed, but for claims that lapsed.
fn handed_over(connection: &mut SqliteConnection, channel: Id, horizon: Timestamp) -> QueryResult<usize> {
    let handed_over: i64 = notifications::table
        .filter(notifications::channel_id.eq(channel))
        .filter(notifications::claimed_by.is_not_null())
        .filter(notifications::next_at.gt(At(horizon)).or(exists(open_attempt()).nullable()))
        .count()
        .get_result(connection)?;
    Ok(usize::try_from(handed_over).unwrap_or_default())
}

fn load(channel: &ChannelRow, due: usize, handed_over: usize) -> Result<ChannelLoad, Failure> {
    Ok(ChannelLoad {
        channel_id: channel.id.into(),
        kind: channel.kind.0,
        interval: channel.interval(),
        quiet_hours: channel.quiet_hours()?,
        next_slot_at: channel.next_slot_at.map(|at| at.0),
        failures: u32::try_from(channel.failures).unwrap_or(u32::MAX),
        handed_over,
        due,
    })
}
