//! Attempts end.

use application::ports::{AbandonedAttempt, ClosedAttempt};
use diesel::prelude::*;
use domain::{
    channel::ChannelKind,
    notification::{NotificationStatus, OutcomeKind},
};

use super::channels_by_id;
use crate::{
    columns::{At, Id, Named},
    constant::changed,
    error::Failure,
    rows::small,
    schema::{attempts, captured_mails, notifications},
};

/// The end of an attempt, as its row and the notification's take it.
pub(crate) struct Closing {
    notification_id: Id,
    number: i32,
    worker_id: Id,
    end: EndRow,
    status: Named<NotificationStatus>,
    due_at: Option<At>,
}

#[derive(AsChangeset)]
#[diesel(table_name = attempts, treat_none_as_null = true)]
struct EndRow {
    closed_at: Option<At>,
    outcome: Option<Named<OutcomeKind>>,
    code: Option<i32>,
    answer: Option<String>,
    provider_id: Option<String>,
    elapsed_us: Option<i64>,
    mimicked: bool,
}

impl From<&ClosedAttempt> for Closing {
    fn from(closed: &ClosedAttempt) -> Self {
        let elapsed = closed.elapsed.map(|elapsed| i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX));
        Self {
            notification_id: closed.notification_id.into(),
            number: closed.number.into(),
            worker_id: closed.worker_id.into(),
            end: EndRow {
                closed_at: Some(At(closed.closed_at)),
                outcome: Some(Named(closed.outcome)),
                code: closed.code.map(i32::from),
                answer: closed.answer.clone(),
                provider_id: closed.provider_id.clone(),
                elapsed_us: elapsed,
                mimicked: closed.mimicked,
            },
            status: Named(closed.next.status),
            due_at: closed.next.due_at.map(At),
        }
    }
}

/// Closes attempts and moves their notifications on.
pub(crate) fn close(connection: &mut SqliteConnection, closings: &[Closing]) -> Result<(), Failure> {
    for closing in closings {
        let open = attempts::table
            .find((closing.notification_id, closing.number))
            .filter(attempts::worker_id.eq(closing.worker_id))
            .filter(attempts::closed_at.is_null());
        let close = diesel::update(open).set(&closing.end).returning(attempts::notification_id);
        if changed(connection, close)? {
            move_on(connection, closing)?;
        } else {
            forget_mail(connection, closing.notification_id)?;
        }
    }
    Ok(())
}

/// What was captured of a notification that was erased meanwhile.
fn forget_mail(connection: &mut SqliteConnection, id: Id) -> QueryResult<()> {
    let is_there = notifications::table.find(id).select(notifications::id).get_result::<Id>(connection);
    if is_there.optional()?.is_none() {
        diesel::delete(captured_mails::table.find(id)).execute(connection)?;
    }
    Ok(())
}

fn move_on(connection: &mut SqliteConnection, closing: &Closing) -> QueryResult<()> {
    let is_unknown = closing.end.outcome == Some(Named(OutcomeKind::Unknown));
    let notification = notifications::table.find(closing.notification_id);
    let written = (
        notifications::status.eq(closing.status),
        notifications::next_at.eq(closing.due_at),
        notifications::claimed_by.eq(None::<Id>),
        notifications::attempts.eq(closing.number),
        notifications::unknowns.eq(notifications::unknowns + i32::from(is_unknown)),
    );
    changed(connection, diesel::update(notification).set(written).returning(notifications::id))?;
    if is_unknown {
        let doubtful = notifications::possible_duplicate.eq(true);
        changed(connection, diesel::update(notification).set(doubtful).returning(notifications::id))?;
    }
    if let Some(due_at) = closing.due_at {
        let due_at = notifications::due_at.eq(due_at);
        changed(connection, diesel::update(notification).set(due_at).returning(notifications::id))?;
    }
    Ok(())
}

/// The open attempts of workers.
pub(crate) fn abandoned(
    connection: &mut SqliteConnection,
    workers: &[Id],
) -> Result<Vec<AbandonedAttempt>, Failure> {
    let channels = channels_by_id(connection)?;
    let mut abandoned = Vec::new();
    for worker in workers {
        let open: Vec<(Id, i32, Id, i32, i32)> = attempts::table
            .inner_join(notifications::table.on(notifications::id.eq(attempts::notification_id)))
            .filter(attempts::worker_id.eq(worker))
            .filter(attempts::closed_at.is_null())
            .select((
                notifications::id,
                attempts::number,
                notifications::channel_id,
                notifications::retried_after,
                notifications::unknowns,
            ))
            .load(connection)?;
        abandoned.extend(open.into_iter().map(|(id, number, channel, retried_after, unknowns)| {
            AbandonedAttempt {
                worker_id: (*worker).into(),
                notification_id: id.into(),
                number: small(number),
                tries: small(number - retried_after),
                unknowns: small(unknowns),
                kind: channels.get(&channel).map_or(ChannelKind::Email, |channel| channel.kind.0),
            }
        }));
    }
    Ok(abandoned)
}
