//! Claims: which worker has what was handed over, and until when.

use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use domain::{
    channel::ChannelKind,
    dispatch::{Claimed, Deferral, HAND_OVER_AGAIN_AFTER, HORIZON, Quota},
};
use jiff::Timestamp;

use super::open_attempt;
use crate::{
    columns::{At, Id, Named},
    constant::changed,
    error::Failure,
    schema::{channels, notifications},
};

/// Claims the earliest due notifications of each quota.
pub(crate) fn claim(
    connection: &mut SqliteConnection,
    worker: Id,
    quotas: &[Quota],
    horizon: Timestamp,
) -> Result<Vec<Claimed>, Failure> {
    let mut claimed = Vec::new();
    for quota in quotas {
        let channel = Id::from(quota.channel_id);
        let Some(kind) = kind_of(connection, channel)? else { continue };
        for (id, due_at, request_id) in earliest(connection, channel, horizon, quota.limit)? {
            let lease = (
                notifications::claimed_by.eq(Some(worker)),
                notifications::next_at.eq(Some(lapse(due_at.0, Some(horizon)))),
            );
            let notification = notifications::table.find(id);
            changed(connection, diesel::update(notification).set(lease).returning(notifications::id))?;
            claimed.push(Claimed {
                id: id.into(),
                channel_id: quota.channel_id,
                kind,
                due_at: due_at.0,
                request_id: request_id.into(),
            });
        }
    }
    Ok(claimed)
}

fn kind_of(connection: &mut SqliteConnection, channel: Id) -> QueryResult<Option<ChannelKind>> {
    let kind = channels::table.filter(channels::id.eq(channel)).select(channels::kind);
    Ok(kind.get_result::<Named<ChannelKind>>(connection).optional()?.map(|kind| kind.0))
}

fn earliest(
    connection: &mut SqliteConnection,
    channel: Id,
    horizon: Timestamp,
    limit: usize,
) -> QueryResult<Vec<(Id, At, Id)>> {
    notifications::table
        .filter(notifications::channel_id.eq(channel))
        .filter(notifications::next_at.le(At(horizon)))
        .filter(not(exists(open_attempt())))
        .order(notifications::next_at)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((notifications::id, notifications::due_at, notifications::request_id))
        .load(connection)
}

/// From which horizon on a claim lapses: when the notification is so long overdue, or was late already when it was
/// claimed, looking ahead to `claimed_at`, so long after that. A horizon is [`HORIZON`] ahead of now.
fn lapse(due_at: Timestamp, claimed_at: Option<Timestamp>) -> At {
    let due_at = due_at.checked_add(HORIZON).unwrap_or(Timestamp::MAX);
    let from = claimed_at.map_or(due_at, |claimed_at| claimed_at.max(due_at));
    At(from.checked_add(HAND_OVER_AGAIN_AFTER).unwrap_or(Timestamp::MAX))
}

/// Moves claimed notifications to later due times. A claim lapses no earlier than before.
pub(crate) fn postpone(connection: &mut SqliteConnection, claimed: &[Claimed]) -> Result<(), Failure> {
    for claimed in claimed {
        let notification = notifications::table.find(Id::from(claimed.id));
        let due_at = notifications::due_at.eq(At(claimed.due_at));
        changed(connection, diesel::update(notification).set(due_at).returning(notifications::id))?;
        let lapse = lapse(claimed.due_at, None);
        let sooner = notification.filter(notifications::next_at.lt(lapse));
        let lapse = notifications::next_at.eq(Some(lapse));
        changed(connection, diesel::update(sooner).set(lapse).returning(notifications::id))?;
    }
    Ok(())
}

/// Moves the due times of what waits, and ends claims that came to nothing.
pub(crate) fn defer(
    connection: &mut SqliteConnection,
    deferrals: &[Deferral],
    horizon: Timestamp,
) -> Result<(), Failure> {
    for deferral in deferrals {
        let waiting = notifications::table
            .filter(notifications::channel_id.eq(Id::from(deferral.channel_id)))
            .filter(notifications::next_at.le(At(horizon)))
            .filter(notifications::due_at.ge(At(deferral.from)))
            .filter(notifications::due_at.lt(At(deferral.until)))
            .filter(not(exists(open_attempt())));
        let later = (
            notifications::due_at.eq(At(deferral.until)),
            notifications::next_at.eq(Some(At(deferral.until))),
            notifications::claimed_by.eq(None::<Id>),
        );
        diesel::update(waiting).set(later).execute(connection)?;
    }
    Ok(())
}

/// Ends the claims of workers on what is not being sent.
pub(crate) fn release(connection: &mut SqliteConnection, workers: &[Id]) -> Result<usize, Failure> {
    let mut released = 0;
    for worker in workers {
        let waiting = notifications::table
            .filter(notifications::claimed_by.eq(Some(worker)))
            .filter(not(exists(open_attempt())));
        let free = (
            notifications::claimed_by.eq(None::<Id>),
            notifications::next_at.eq(notifications::due_at.nullable()),
        );
        released += diesel::update(waiting).set(free).execute(connection)?;
    }
    Ok(released)
}
