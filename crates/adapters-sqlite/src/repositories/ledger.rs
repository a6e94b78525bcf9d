//! The ledger.

use application::ports::{LedgerRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    dsl::{count_star, exists, sql, sum},
    prelude::*,
    sql_types::Bool,
};
use domain::{
    ids::first_uuid_at,
    intake::IntakeOutcome,
    ledger::{LedgerCounts, Made, begin_of, end_of},
    notification::NotificationStatus,
};
use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::{
    columns::{At, Id, Named},
    delivery::open_attempt,
    error::Failure,
    schema::{intake, notifications, tickets, users},
    totals::{Totals, add_totals},
    unit_of_work::SqliteUnitOfWork,
};

/// How far the time in an id may be from the time of making in its row.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

#[async_trait]
impl LedgerRepository for SqliteUnitOfWork {
    async fn day(&mut self, day: Date) -> Result<LedgerCounts, StorageError> {
        self.run(move |connection| {
            let range = Range::of(day);
            let mut counts = LedgerCounts {
                users: count_users(connection, range)?,
                tickets: count_tickets(connection, range)?,
                ..LedgerCounts::default()
            };
            count_calls(connection, range, &mut counts)?;
            count_notifications(connection, range, &mut counts)?;
            add_totals(connection, day, &mut counts)?;
            Ok(counts)
        })
        .await
    }

    async fn made_without_call(&mut self, at: Timestamp, made: Made) -> Result<(), StorageError> {
        if made == Made::default() {
            return Ok(());
        }
        self.run(move |connection| {
            let mut totals = Totals::default();
            totals.made(At(at), made);
            Ok(totals.write(connection)?)
        })
        .await
    }
}

/// A day, as times and as ids: rows lie in the order of their ids.
#[derive(Clone, Copy)]
pub(crate) struct Range {
    pub(crate) begin: At,
    pub(crate) end: At,
    pub(crate) first_id: Id,
    pub(crate) end_id: Id,
}

impl Range {
    pub(crate) fn of(day: Date) -> Self {
        let (begin, end) = (begin_of(day), end_of(day));
        let first = begin.checked_sub(SLACK).unwrap_or(Timestamp::MIN);
        let last = end.checked_add(SLACK).unwrap_or(Timestamp::MAX);
        let (first_id, end_id) = (first_uuid_at(first).into(), first_uuid_at(last).into());
        Self { begin: At(begin), end: At(end), first_id, end_id }
    }
}

fn count_users(connection: &mut SqliteConnection, range: Range) -> QueryResult<u64> {
    let made = users::table
        .filter(users::id.ge(range.first_id).and(users::id.lt(range.end_id)))
        .filter(users::created_at.ge(range.begin).and(users::created_at.lt(range.end)));
    made.count().get_result(connection).map(i64::unsigned_abs)
}

fn count_tickets(connection: &mut SqliteConnection, range: Range) -> QueryResult<u64> {
    let made = tickets::table
        .filter(tickets::id.ge(range.first_id).and(tickets::id.lt(range.end_id)))
        .filter(tickets::created_at.ge(range.begin).and(tickets::created_at.lt(range.end)));
    made.count().get_result(connection).map(i64::unsigned_abs)
}

/// An outcome, how many calls had it, and how many users, tickets and notifications they made.
type OutcomeRow = (Named<IntakeOutcome>, i64, Option<i64>, Option<i64>, Option<i64>);

fn count_calls(
    connection: &mut SqliteConnection,
    range: Range,
    counts: &mut LedgerCounts,
) -> Result<(), Failure> {
    let rows: Vec<OutcomeRow> = intake::table
        .filter(intake::request_id.ge(range.first_id).and(intake::request_id.lt(range.end_id)))
        .filter(intake::received_at.ge(range.begin).and(intake::received_at.lt(range.end)))
        .group_by(intake::outcome)
        .select((
            intake::outcome,
            count_star(),
            sum(intake::users_made),
            sum(intake::tickets_made),
            sum(intake::notifications_made),
        ))
        .load(connection)?;
    let number = |sum: Option<i64>| sum.unwrap_or_default().unsigned_abs();
    for (outcome, calls, users, tickets, notifications) in rows {
        counts.outcomes.insert(outcome.0, calls.unsigned_abs());
        counts.made.add(Made {
            users: number(users),
            tickets: number(tickets),
            notifications: number(notifications),
        });
    }
    Ok(())
}

fn count_notifications(
    connection: &mut SqliteConnection,
    range: Range,
    counts: &mut LedgerCounts,
) -> Result<(), Failure> {
    let written: Vec<(Named<NotificationStatus>, i64)> = notifications::table
        .filter(notifications::id.ge(range.first_id).and(notifications::id.lt(range.end_id)))
        .filter(notifications::created_at.ge(range.begin).and(notifications::created_at.lt(range.end)))
        .group_by(notifications::status)
        .select((notifications::status, count_star()))
        .load(connection)?;
    counts.notifications =
        written.into_iter().map(|(status, count)| (status.0, count.unsigned_abs())).collect();
    for (written, stands) in on_their_way(connection, range)? {
        *counts.notifications.entry(written).or_default() -= 1;
        *counts.notifications.entry(stands).or_default() += 1;
    }
    counts.notifications.retain(|_, count| *count > 0);
    Ok(())
}

/// What is handed over or being sent has no status of its own in its row: that status, and where it stands.
fn on_their_way(
    connection: &mut SqliteConnection,
    range: Range,
) -> QueryResult<Vec<(NotificationStatus, NotificationStatus)>> {
    let few = "id IN (SELECT id FROM notifications WHERE claimed_by IS NOT NULL \
               UNION SELECT notification_id FROM attempts WHERE closed_at IS NULL)";
    let rows: Vec<(Named<NotificationStatus>, bool)> = notifications::table
        .filter(sql::<Bool>(few))
        .filter(notifications::created_at.ge(range.begin).and(notifications::created_at.lt(range.end)))
        .select((notifications::status, exists(open_attempt())))
        .load(connection)?;
    let stands = |is_being_sent| {
        if is_being_sent { NotificationStatus::Sending } else { NotificationStatus::Queued }
    };
    Ok(rows.into_iter().map(|(written, is_being_sent)| (written.0, stands(is_being_sent))).collect())
}
