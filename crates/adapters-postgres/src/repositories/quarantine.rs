//! Calls that could not be understood.

use application::ports::{HeldCall, HeldStatus, Page, QuarantineFilter, QuarantineRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_types::{Array, Binary, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{ids::RequestId, intake::Quarantined};
use jiff::Timestamp;

use crate::{
    columns::{At, Id},
    error::Failure,
    rows::{HeldCallRow, QuarantinedRow},
    schema::{bots, quarantine},
    statement::{column, statement},
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl QuarantineRepository for PgUnitOfWork {
    async fn hold(&mut self, calls: &[Quarantined]) -> Result<(), StorageError> {
        self.run(async |connection| hold(connection, calls).await).await
    }

    async fn page(&mut self, filter: QuarantineFilter, page: Page) -> Result<Vec<HeldCall>, StorageError> {
        self.run(async |connection| {
            let mut calls = quarantine::table
                .left_join(bots::table.on(bots::id.eq(quarantine::bot_id)))
                .filter(quarantine::request_id.lt(Id::before(page.before)))
                .order(quarantine::request_id.desc())
                .limit(page.limit.into())
                .select((HeldCallRow::as_select(), bots::name.nullable()))
                .into_boxed();
            if let Some(bot) = filter.bot_id {
                calls = calls.filter(quarantine::bot_id.eq(Id::from(bot)));
            }
            if !filter.with_closed {
                calls = calls.filter(quarantine::closed_at.is_null());
            }
            let rows: Vec<(HeldCallRow, Option<String>)> = calls.load(connection).await?;
            Ok(rows.into_iter().map(|(row, bot)| row.of_bot(bot.unwrap_or_default())).collect())
        })
        .await
    }

    async fn find(&mut self, id: RequestId) -> Result<Option<HeldCall>, StorageError> {
        self.run(async |connection| {
            let found: Option<(HeldCallRow, Option<String>)> = quarantine::table
                .left_join(bots::table.on(bots::id.eq(quarantine::bot_id)))
                .filter(quarantine::request_id.eq(Id::from(id)))
                .select((HeldCallRow::as_select(), bots::name.nullable()))
                .get_result(connection)
                .await
                .optional()?;
            Ok(found.map(|(row, bot)| row.of_bot(bot.unwrap_or_default())))
        })
        .await
    }

    async fn close(&mut self, id: RequestId, status: HeldStatus, at: Timestamp) -> Result<(), StorageError> {
        let released_as = match status {
            HeldStatus::Held => return Ok(()),
            HeldStatus::Released(call) => Some(Id::from(call)),
            HeldStatus::Discarded => None,
        };
        self.run(async |connection| {
            let held = quarantine::table.find(Id::from(id)).filter(quarantine::closed_at.is_null());
            let end = (quarantine::closed_at.eq(Some(At(at))), quarantine::released_as.eq(released_as));
            match diesel::update(held).set(end).execute(connection).await? {
                0 => Err(Failure::Stale),
                _ => Ok(()),
            }
        })
        .await
    }
}

pub(crate) async fn hold(mut connection: &AsyncPgConnection, calls: &[Quarantined]) -> Result<(), Failure> {
    if calls.is_empty() {
        return Ok(());
    }
    let rows = column(calls, QuarantinedRow::from);
    statement(
        "INSERT INTO quarantine (request_id, bot_id, path, code, field, query, body, received_at)
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<Array<Uuid>, _>(column(&rows, |row| row.request_id))
    .bind::<Array<Uuid>, _>(column(&rows, |row| row.bot_id))
    .bind::<Array<Text>, _>(column(&rows, |row| row.path))
    .bind::<Array<Text>, _>(column(&rows, |row| row.code))
    .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.field))
    .bind::<Array<Text>, _>(column(&rows, |row| row.query.as_str()))
    .bind::<Array<Binary>, _>(column(&rows, |row| row.body.as_slice()))
    .bind::<Array<Timestamptz>, _>(column(&rows, |row| row.received_at))
    .execute(&mut connection)
    .await?;
    Ok(())
}
