//! Attempts end.

use application::ports::ClosedAttempt;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::notification::OutcomeKind;

use super::lock;
use crate::{
    columns::{At, Id, Named},
    error::Failure,
    statement::{Statement, column, statement},
};

/// Closes attempts and moves their notifications on.
pub(crate) async fn close(connection: &AsyncPgConnection, ended: &[ClosedAttempt]) -> Result<(), Failure> {
    let ids = column(ended, |end| Id::from(end.notification_id));
    let mut closing = connection;
    let close = statement(
        "WITH closed AS (
             UPDATE attempts
             SET closed_at = ended.closed_at, outcome = ended.outcome, code = ended.code, answer = ended.answer,
                 provider_id = ended.provider_id, elapsed_us = ended.elapsed_us, mimicked = ended.mimicked
             FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                 AS ended (notification_id, number, worker_id, closed_at, outcome, code, answer, provider_id,
                           elapsed_us, mimicked, status, due_at)
             WHERE attempts.notification_id = ended.notification_id AND attempts.number = ended.number
               AND attempts.worker_id = ended.worker_id AND attempts.closed_at IS NULL
             RETURNING attempts.notification_id, attempts.number, attempts.outcome, ended.status, ended.due_at
         ), freed AS (
             DELETE FROM claims WHERE notification_id = ANY (ARRAY(SELECT notification_id FROM closed))
         )
         UPDATE notifications
         SET status = closed.status, due_at = coalesce(closed.due_at, notifications.due_at), next_at = closed.due_at,
             attempts = closed.number, unknowns = unknowns + CASE closed.outcome WHEN $13 THEN 1 ELSE 0 END,
             possible_duplicate = possible_duplicate OR closed.outcome = $13
         FROM closed WHERE notifications.id = closed.notification_id",
    );
    let close = bind(close, ended).bind::<Text, _>(Named(OutcomeKind::Unknown));
    // One round trip: the server runs the second statement once it has the locks of the first.
    let ((), closed) = tokio::try_join!(biased; lock(connection, &ids), close.execute(&mut closing))?;
    if closed < ended.len() { forget_mails(connection, ids).await } else { Ok(()) }
}

/// What was captured of notifications that were erased meanwhile.
async fn forget_mails(mut connection: &AsyncPgConnection, ids: Vec<Id>) -> Result<(), Failure> {
    let forget = statement(
        "DELETE FROM captured_mails WHERE notification_id = ANY ($1)
         AND NOT EXISTS (SELECT FROM notifications WHERE notifications.id = notification_id)",
    );
    forget.bind::<Array<Uuid>, _>(ids).execute(&mut connection).await?;
    Ok(())
}

/// Binds the columns of ended attempts, and what follows for their notifications.
fn bind<'f>(statement: Statement<'f>, ended: &'f [ClosedAttempt]) -> Statement<'f> {
    statement
        .bind::<Array<Uuid>, _>(column(ended, |end| Id::from(end.notification_id)))
        .bind::<Array<Integer>, _>(column(ended, |end| i32::from(end.number)))
        .bind::<Array<Uuid>, _>(column(ended, |end| Id::from(end.worker_id)))
        .bind::<Array<Timestamptz>, _>(column(ended, |end| At(end.closed_at)))
        .bind::<Array<Text>, _>(column(ended, |end| Named(end.outcome)))
        .bind::<Array<Nullable<Integer>>, _>(column(ended, |end| end.code.map(i32::from)))
        .bind::<Array<Nullable<Text>>, _>(column(ended, |end| end.answer.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(column(ended, |end| end.provider_id.as_deref()))
        .bind::<Array<Nullable<BigInt>>, _>(column(ended, elapsed_us))
        .bind::<Array<Bool>, _>(column(ended, |end| end.mimicked))
        .bind::<Array<Text>, _>(column(ended, |end| Named(end.next.status)))
        .bind::<Array<Nullable<Timestamptz>>, _>(column(ended, |end| end.next.due_at.map(At)))
}

fn elapsed_us(end: &ClosedAttempt) -> Option<i64> {
    end.elapsed.map(|elapsed| i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX))
}
