//! Calls of bots, and answers kept for equal calls.

use application::ports::{Changed, IntakeRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    QueryResult,
    sql_types::{Array, BigInt, Binary, Integer, Json, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::intake::{AnswerSlot, BoundAnswer, IntakeRow};
use jiff::Timestamp;

use crate::{
    columns::{At, Id},
    error::{Failure, inserted},
    rows::{IntakeRecordRow, KeptAnswerRow, SlotRow},
    statement::{column, statement},
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl IntakeRepository for PgUnitOfWork {
    async fn kept_answers(
        &mut self,
        slots: &[AnswerSlot],
        now: Timestamp,
    ) -> Result<Vec<BoundAnswer>, StorageError> {
        self.run(async |connection| kept_answers(connection, slots, now).await).await
    }

    async fn keep(&mut self, answers: &[BoundAnswer], now: Timestamp) -> Result<(), StorageError> {
        self.run(async |connection| keep(connection, answers, now).await).await
    }

    async fn record(&mut self, calls: &[IntakeRow]) -> Result<(), StorageError> {
        self.run(async |connection| record(connection, calls).await).await
    }

    /// What another unit of work is just taking over is left to it.
    async fn forget_expired(&mut self, now: Timestamp, limit: u16) -> Result<usize, StorageError> {
        self.run(async |connection| {
            let forget = statement(
                "DELETE FROM kept_answers WHERE ctid = ANY (ARRAY(
                     SELECT ctid FROM kept_answers
                     WHERE expires_at <= $1
                     ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
                 ))",
            )
            .bind::<Timestamptz, _>(At(now))
            .bind::<BigInt, _>(i64::from(limit));
            Ok(forget.execute(connection).await?)
        })
        .await
    }
}

pub(crate) async fn kept_answers(
    connection: &AsyncPgConnection,
    slots: &[AnswerSlot],
    now: Timestamp,
) -> Result<Vec<BoundAnswer>, Failure> {
    if slots.is_empty() {
        return Ok(Vec::new());
    }
    let rows = kept_rows(connection, &column(slots, SlotRow::from), now).await?;
    rows.into_iter().map(BoundAnswer::try_from).collect()
}

pub(crate) async fn kept_rows(
    mut connection: &AsyncPgConnection,
    slots: &[SlotRow],
    now: Timestamp,
) -> QueryResult<Vec<KeptAnswerRow>> {
    statement(
        "SELECT principal, scope, digest, body, user_id, answer, expires_at
         FROM unnest($1, $2, $3) AS asked (principal, scope, digest)
         JOIN kept_answers USING (principal, scope, digest)
         WHERE expires_at > $4",
    )
    .bind::<Array<Uuid>, _>(column(slots, |slot| slot.principal))
    .bind::<Array<Text>, _>(column(slots, |slot| &slot.scope))
    .bind::<Array<Binary>, _>(column(slots, |slot| slot.digest))
    .bind::<Timestamptz, _>(At(now))
    .load(&mut connection)
    .await
}

pub(crate) async fn keep(
    connection: &AsyncPgConnection,
    answers: &[BoundAnswer],
    now: Timestamp,
) -> Result<(), Failure> {
    if answers.is_empty() {
        return Ok(());
    }
    keep_rows(connection, &column(answers, KeptAnswerRow::from), now).await
}

pub(crate) async fn keep_rows(
    mut connection: &AsyncPgConnection,
    rows: &[KeptAnswerRow],
    now: Timestamp,
) -> Result<(), Failure> {
    let keep = statement(
        "INSERT INTO kept_answers (principal, scope, digest, body, user_id, answer, expires_at)
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
             AS new (principal, scope, digest, body, user_id, answer, expires_at)
         ORDER BY principal, scope, digest
         ON CONFLICT (principal, scope, digest) DO UPDATE
         SET body = excluded.body, user_id = excluded.user_id, answer = excluded.answer,
             expires_at = excluded.expires_at
         WHERE kept_answers.expires_at <= $8",
    )
    .bind::<Array<Uuid>, _>(column(rows, |row| row.principal))
    .bind::<Array<Text>, _>(column(rows, |row| &row.scope))
    .bind::<Array<Binary>, _>(column(rows, |row| row.digest))
    .bind::<Array<Binary>, _>(column(rows, |row| row.body))
    .bind::<Array<Nullable<Uuid>>, _>(column(rows, |row| row.user_id))
    .bind::<Array<Json>, _>(column(rows, |row| &row.answer))
    .bind::<Array<Timestamptz>, _>(column(rows, |row| row.expires_at))
    .bind::<Timestamptz, _>(At(now));
    let kept = keep.execute(&mut connection).await?;
    inserted(kept, rows.len(), "kept_answers_principal_scope_digest_key")
}

pub(crate) async fn record(mut connection: &AsyncPgConnection, calls: &[IntakeRow]) -> Result<(), Failure> {
    if calls.is_empty() {
        return Ok(());
    }
    let rows = column(calls, IntakeRecordRow::from);
    let changed = Changed::by_calls(calls);
    let record = statement(
        "WITH noted AS (
             INSERT INTO search_notes (user_ids, ticket_ids)
             SELECT $11, $12 WHERE cardinality($11) + cardinality($12) > 0
         )
         INSERT INTO intake (request_id, bot_id, path, outcome, user_id, ticket_id, users_made, tickets_made,
                             notifications_made, received_at)
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT DO NOTHING",
    )
    .bind::<Array<Uuid>, _>(column(&rows, |row| row.request_id))
    .bind::<Array<Uuid>, _>(column(&rows, |row| row.bot_id))
    .bind::<Array<Text>, _>(column(&rows, |row| row.path))
    .bind::<Array<Text>, _>(column(&rows, |row| row.outcome))
    .bind::<Array<Nullable<Uuid>>, _>(column(&rows, |row| row.user_id))
    .bind::<Array<Nullable<Uuid>>, _>(column(&rows, |row| row.ticket_id))
    .bind::<Array<Integer>, _>(column(&rows, |row| row.users_made))
    .bind::<Array<Integer>, _>(column(&rows, |row| row.tickets_made))
    .bind::<Array<Integer>, _>(column(&rows, |row| row.notifications_made))
    .bind::<Array<Timestamptz>, _>(column(&rows, |row| row.received_at))
    .bind::<Array<Uuid>, _>(column(&changed.users, |&id| Id::from(id)))
    .bind::<Array<Uuid>, _>(column(&changed.tickets, |&id| Id::from(id)));
    inserted(record.execute(&mut connection).await?, rows.len(), "intake_request_id_key")
}
