//! A file of users is taken, portion by portion.

use std::io::{self, Read};

use domain::{
    bot::Bot,
    bot_call::{Fields, RefusalCode, Refused},
};

use super::{ImportMode, ImportOutcome, ImportUsers, Row, Rows};
use crate::ports::StorageError;

/// So many rows share a commit: as many as calls of bots do.
const BATCH: usize = 256;

/// Why a row was not taken that has more cells than there are columns.
const TOO_WIDE: &str = "the row has more cells than the heading; are quotes missing?";

/// Why the rest of a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ImportRowsError {
    /// It could not be read.
    #[error("reading the file failed")]
    Read(#[from] io::Error),
    /// Users could not be written.
    #[error("writing users failed")]
    Storage(#[from] StorageError),
}

/// What became of some rows.
#[derive(Debug, Default)]
pub struct ImportedRows {
    /// How many made a user.
    pub registered: usize,
    /// How many told of a user that was known.
    pub recognised: usize,
    /// Those that were not taken, in their order.
    pub rejected: Vec<RejectedRow>,
}

/// A row that was not taken.
#[derive(Debug)]
pub struct RejectedRow {
    /// The line that it begins on.
    pub line: u64,
    /// Why, for whoever mends it.
    pub reason: &'static str,
    /// Its cells, under [`Rows::rejected_names`].
    pub cells: Vec<String>,
}

/// Imports the users of a file, by [`ImportUsers`].
#[derive(Clone)]
pub struct ImportRows {
    /// Takes what rows say.
    pub users: ImportUsers,
}

impl ImportRows {
    /// Takes the next rows of a file, at most 256, in one unit of work; none after the last. What was taken before an error
    /// stays.
    pub async fn execute<R: Read>(
        &self,
        bot: &Bot,
        rows: &mut Rows<R>,
        mode: ImportMode,
    ) -> Result<Option<ImportedRows>, ImportRowsError> {
        let batch = next_batch(rows)?;
        if batch.is_empty() {
            return Ok(None);
        }
        let fields: Vec<_> = batch.iter().filter_map(|(_, fields)| fields.clone()).collect();
        let mut outcomes = self.users.execute(bot, &fields, mode).await?.into_iter();
        let mut imported = ImportedRows::default();
        for (row, fields) in &batch {
            match fields.as_ref().and_then(|_| outcomes.next()) {
                Some(ImportOutcome::Registered) => imported.registered += 1,
                Some(ImportOutcome::Recognised) => imported.recognised += 1,
                Some(ImportOutcome::Rejected(refused)) => imported.reject(rows, row, reason(refused)),
                None => imported.reject(rows, row, TOO_WIDE),
            }
        }
        Ok(Some(imported))
    }
}

impl ImportedRows {
    fn reject<R: Read>(&mut self, rows: &Rows<R>, row: &Row, reason: &'static str) {
        self.rejected.push(RejectedRow { line: row.line, reason, cells: rows.rejected(row, reason) });
    }
}

/// Rows of the next commit, and what they say; none if that cannot be read.
fn next_batch<R: Read>(rows: &mut Rows<R>) -> io::Result<Vec<(Row, Option<Fields>)>> {
    let mut batch = Vec::with_capacity(BATCH);
    while batch.len() < BATCH
        && let Some(row) = rows.read()?
    {
        let fields = rows.fields(&row);
        batch.push((row, fields));
    }
    Ok(batch)
}

/// Why a row was not taken, for whoever mends it.
const fn reason(refused: Refused) -> &'static str {
    match refused.code {
        RefusalCode::NothingIdentifies => "an email, a phone or a customer id is needed",
        RefusalCode::EmailUnreadable => "the email cannot be read, and nothing else identifies the person",
        RefusalCode::PhoneUnreadable => {
            "the phone cannot be read, and nothing else identifies the person; is the country code missing?"
        }
        RefusalCode::DescriptionMissing
        | RefusalCode::BodyUnreadable
        | RefusalCode::IdempotencyKeyReused
        | RefusalCode::IdempotencyKeyUnreadable => "the row cannot be read",
    }
}
