//! The ledger.

use application::ports::{LedgerRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    QueryableByName,
    dsl::{count_star, sum},
    prelude::*,
    sql_types::{BigInt, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    ids::first_uuid_at,
    intake::IntakeOutcome,
    ledger::{LedgerCounts, Made, begin_of, end_of},
    notification::NotificationStatus,
};
use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::{
    columns::{At, Id, Named},
    error::Failure,
    schema::{intake, tickets, users},
    statement::statement,
    totals::{Totals, add_totals},
    unit_of_work::PgUnitOfWork,
};

/// How far the time in an id may be from the time of making in its row.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

#[async_trait]
impl LedgerRepository for PgUnitOfWork {
    async fn day(&mut self, day: Date) -> Result<LedgerCounts, StorageError> {
        let range = Range::of(day);
        self.run(async |connection| {
            let mut counts = LedgerCounts {
                users: count_users(connection, range).await?,
                tickets: count_tickets(connection, range).await?,
                ..LedgerCounts::default()
            };
            count_calls(connection, range, &mut counts).await?;
            count_notifications(connection, range, &mut counts).await?;
            add_totals(connection, day, &mut counts).await?;
            Ok(counts)
        })
        .await
    }

    async fn made_without_call(&mut self, at: Timestamp, made: Made) -> Result<(), StorageError> {
        if made == Made::default() {
            return Ok(());
        }
        let mut totals = Totals::default();
        totals.made(At(at), made);
        self.run(async |connection| Ok(totals.write(connection).await?)).await
    }
}

/// A day, as times and as ids: primary keys are in the order of ids, and rows nearly.
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

async fn count_users(connection: &mut AsyncPgConnection, range: Range) -> QueryResult<u64> {
    let made = users::table
        .filter(users::id.ge(range.first_id).and(users::id.lt(range.end_id)))
        .filter(users::created_at.ge(range.begin).and(users::created_at.lt(range.end)));
    made.count().get_result(connection).await.map(i64::unsigned_abs)
}

async fn count_tickets(connection: &mut AsyncPgConnection, range: Range) -> QueryResult<u64> {
    let made = tickets::table
        .filter(tickets::id.ge(range.first_id).and(tickets::id.lt(range.end_id)))
        .filter(tickets::created_at.ge(range.begin).and(tickets::created_at.lt(range.end)));
    made.count().get_result(connection).await.map(i64::unsigned_abs)
}

/// An outcome, how many calls had it, and how many users, tickets and notifications they made.
type OutcomeRow = (Named<IntakeOutcome>, i64, Option<i64>, Option<i64>, Option<i64>);

async fn count_calls(
    connection: &mut AsyncPgConnection,
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
        .load(connection)
        .await?;
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

#[derive(QueryableByName)]
struct Standing {
    #[diesel(sql_type = Text)]
    stands: Named<NotificationStatus>,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

async fn count_notifications(
    connection: &mut AsyncPgConnection,
    range: Range,
    counts: &mut LedgerCounts,
) -> Result<(), Failure> {
    let rows: Vec<Standing> = statement(
        "SELECT CASE WHEN attempt IS NOT NULL THEN $5 WHEN worker_id IS NOT NULL THEN $6 ELSE status END AS stands,
                count(*) AS count
         FROM notifications LEFT JOIN claims ON notification_id = id
         WHERE id >= $1 AND id < $2 AND created_at >= $3 AND created_at < $4
         GROUP BY stands",
    )
    .bind::<Uuid, _>(range.first_id)
    .bind::<Uuid, _>(range.end_id)
    .bind::<Timestamptz, _>(range.begin)
    .bind::<Timestamptz, _>(range.end)
    .bind::<Text, _>(Named(NotificationStatus::Sending))
    .bind::<Text, _>(Named(NotificationStatus::Queued))
    .load(connection)
    .await?;
    counts.notifications.extend(rows.into_iter().map(|row| (row.stands.0, row.count.unsigned_abs())));
    Ok(())
}
