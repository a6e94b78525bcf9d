//! What the ledger has to know of rows that are gone.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::{columns::At, schema::erased_totals};

const MICROSECONDS_PER_DAY: i64 = 24 * 3_600 * 1_000_000;

/// How many rows of each sort are erased, by the UTC day on which they were made.
#[derive(Default)]
pub(super) struct Totals(BTreeMap<(i64, &'static str), i64>);

impl Totals {
    pub(super) fn count(&mut self, made_at: At, what: &'static str) {
        let day = made_at.0.as_microsecond().div_euclid(MICROSECONDS_PER_DAY);
        *self.0.entry((day, what)).or_default() += 1;
    }

    pub(super) fn write(self, connection: &mut SqliteConnection) -> QueryResult<()> {
        for ((day, what), total) in self.0 {
            diesel::insert_into(erased_totals::table)
                .values((
                    erased_totals::day.eq(day),
                    erased_totals::what.eq(what),
                    erased_totals::total.eq(total),
                ))
                .on_conflict((erased_totals::day, erased_totals::what))
                .do_update()
                .set(erased_totals::total.eq(erased_totals::total + total))
                .execute(connection)?;
        }
        Ok(())
    }
}
