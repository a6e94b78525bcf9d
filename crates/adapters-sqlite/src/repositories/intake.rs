//! Calls of bots, and answers kept for equal calls.

use application::ports::{Changed, IntakeRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::intake::{AnswerSlot, BoundAnswer, IntakeRow};
use jiff::Timestamp;

use crate::{
    columns::{At, Digest, Id},
    entries::note,
    error::{Failure, inserted},
    rows::{IntakeRecordRow, KeptAnswerRow, SlotRow},
    schema::{intake, kept_answers},
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl IntakeRepository for SqliteUnitOfWork {
    async fn kept_answers(
        &mut self,
        slots: &[AnswerSlot],
        now: Timestamp,
    ) -> Result<Vec<BoundAnswer>, StorageError> {
        if slots.is_empty() {
            return Ok(Vec::new());
        }
        let slots: Vec<_> = slots.iter().map(SlotRow::from).collect();
        self.run(move |connection| kept_answers(connection, &slots, now)).await
    }

    async fn keep(&mut self, answers: &[BoundAnswer], now: Timestamp) -> Result<(), StorageError> {
        if answers.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = answers.iter().map(KeptAnswerRow::from).collect();
        self.run(move |connection| keep(connection, &rows, now)).await
    }

    async fn record(&mut self, calls: &[IntakeRow]) -> Result<(), StorageError> {
        if calls.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = calls.iter().map(IntakeRecordRow::from).collect();
        let changed = Changed::by_calls(calls);
        self.run(move |connection| {
            record(connection, &rows)?;
            Ok(note(connection, &changed)?)
        })
        .await
    }

    async fn forget_expired(&mut self, now: Timestamp, limit: u16) -> Result<usize, StorageError> {
        self.run(move |connection| {
            let keys: Vec<(At, Id, String, Digest)> = kept_answers::table
                .filter(kept_answers::expires_at.le(At(now)))
                .order(kept_answers::expires_at)
                .limit(limit.into())
                .select((
                    kept_answers::expires_at,
                    kept_answers::principal,
                    kept_answers::scope,
                    kept_answers::digest,
                ))
                .load(connection)?;
            for key in &keys {
                diesel::delete(kept_answers::table.find((key.0, key.1, &key.2, key.3)))
                    .execute(connection)?;
            }
            Ok(keys.len())
        })
        .await
    }
}

pub(crate) fn kept_answers(
    connection: &mut SqliteConnection,
    slots: &[SlotRow],
    now: Timestamp,
) -> Result<Vec<BoundAnswer>, Failure> {
    let kept = slots.iter().filter_map(|slot| kept(connection, slot, now).transpose());
    kept.map(|row| BoundAnswer::try_from(row?)).collect()
}

pub(crate) fn keep(
    connection: &mut SqliteConnection,
    rows: &[KeptAnswerRow],
    now: Timestamp,
) -> Result<(), Failure> {
    rows.iter().try_for_each(|row| keep_one(connection, row, now))
}

pub(crate) fn record(connection: &mut SqliteConnection, rows: &[IntakeRecordRow]) -> Result<(), Failure> {
    for row in rows {
        diesel::insert_into(intake::table).values(row).execute(connection)?;
    }
    Ok(())
}

pub(crate) fn kept(
    connection: &mut SqliteConnection,
    slot: &SlotRow,
    now: Timestamp,
) -> QueryResult<Option<KeptAnswerRow>> {
    kept_answers::table
        .filter(kept_answers::principal.eq(slot.principal))
        .filter(kept_answers::scope.eq(&slot.scope))
        .filter(kept_answers::digest.eq(slot.digest))
        .filter(kept_answers::expires_at.gt(At(now)))
        .select(KeptAnswerRow::as_select())
        .get_result(connection)
        .optional()
}

/// Most slots are free, so that is tried first.
fn keep_one(connection: &mut SqliteConnection, row: &KeptAnswerRow, now: Timestamp) -> Result<(), Failure> {
    let insert = || diesel::insert_into(kept_answers::table).values(row).on_conflict_do_nothing();
    if insert().execute(connection)? > 0 {
        return Ok(());
    }
    let expired = kept_answers::table
        .filter(kept_answers::principal.eq(row.principal))
        .filter(kept_answers::scope.eq(&row.scope))
        .filter(kept_answers::digest.eq(row.digest))
        .filter(kept_answers::expires_at.le(At(now)));
    diesel::delete(expired).execute(connection)?;
    inserted(insert().execute(connection)?, "kept_answers_principal_scope_digest_key")
}
