//! Calls that could not be understood.

use application::ports::{HeldCall, HeldStatus, Page, QuarantineFilter, QuarantineRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::{ids::RequestId, intake::Quarantined};
use jiff::Timestamp;

use crate::{
    columns::{At, Id},
    error::Failure,
    rows::{HeldCallRow, QuarantinedRow},
    schema::{bots, quarantine},
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl QuarantineRepository for SqliteUnitOfWork {
    async fn hold(&mut self, calls: &[Quarantined]) -> Result<(), StorageError> {
        if calls.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = calls.iter().map(QuarantinedRow::from).collect();
        self.run(move |connection| hold(connection, &rows)).await
    }

    async fn page(&mut self, filter: QuarantineFilter, page: Page) -> Result<Vec<HeldCall>, StorageError> {
        self.run(move |connection| {
            let mut calls = quarantine::table
                .filter(quarantine::request_id.lt(Id::before(page.before)))
                .order(quarantine::request_id.desc())
                .limit(page.limit.into())
                .select(HeldCallRow::as_select())
                .into_boxed();
            if let Some(bot) = filter.bot_id {
                calls = calls.filter(quarantine::bot_id.eq(Id::from(bot)));
            }
            if !filter.with_closed {
                calls = calls.filter(quarantine::closed_at.is_null());
            }
            let rows: Vec<HeldCallRow> = calls.load(connection)?;
            rows.into_iter().map(|row| with_bot(connection, row)).collect()
        })
        .await
    }

    async fn find(&mut self, id: RequestId) -> Result<Option<HeldCall>, StorageError> {
        self.run(move |connection| {
            let call = quarantine::table.find(Id::from(id)).select(HeldCallRow::as_select());
            call.get_result(connection).optional()?.map(|row| with_bot(connection, row)).transpose()
        })
        .await
    }

    async fn close(&mut self, id: RequestId, status: HeldStatus, at: Timestamp) -> Result<(), StorageError> {
        let released_as = match status {
            HeldStatus::Held => return Ok(()),
            HeldStatus::Released(call) => Some(Id::from(call)),
            HeldStatus::Discarded => None,
        };
        self.run(move |connection| {
            let held = quarantine::table.find(Id::from(id)).filter(quarantine::closed_at.is_null());
            let end = (quarantine::closed_at.eq(Some(At(at))), quarantine::released_as.eq(released_as));
            match diesel::update(held).set(end).execute(connection)? {
                0 => Err(Failure::Stale),
                _ => Ok(()),
            }
        })
        .await
    }
}

pub(crate) fn hold(connection: &mut SqliteConnection, rows: &[QuarantinedRow]) -> Result<(), Failure> {
    for row in rows {
        diesel::insert_into(quarantine::table).values(row).execute(connection)?;
    }
    Ok(())
}

fn with_bot(connection: &mut SqliteConnection, row: HeldCallRow) -> Result<HeldCall, Failure> {
    let name = bots::table.filter(bots::id.eq(row.bot_id())).select(bots::name);
    let name: Option<String> = name.get_result(connection).optional()?;
    Ok(row.of_bot(name.unwrap_or_default()))
}
