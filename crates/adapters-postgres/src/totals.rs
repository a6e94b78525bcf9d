//! What the ledger has to know of rows that are gone, or never were.

use std::collections::BTreeMap;

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Date as SqlDate, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    intake::IntakeOutcome,
    ledger::{LedgerCounts, Made, day_of},
    notification::NotificationStatus,
};
use jiff::civil::Date;

use crate::{
    columns::{At, Day},
    schema::ledger_totals,
    statement::{column, statement},
};

const USERS: &str = "users";
const MADE_USERS: &str = "made_users";
const MADE_TICKETS: &str = "made_tickets";
const MADE_NOTIFICATIONS: &str = "made_notifications";

/// How many rows of each sort there are to be counted, by the UTC day on which they were made.
#[derive(Default)]
pub(crate) struct Totals(BTreeMap<(Date, &'static str), i64>);

impl Totals {
    pub(crate) fn user(&mut self, made_at: At) {
        self.add(made_at, USERS, 1);
    }

    pub(crate) fn notification(&mut self, made_at: At, status: NotificationStatus) {
        self.add(made_at, status.as_str(), 1);
    }

    pub(crate) fn call(&mut self, received_at: At, outcome: IntakeOutcome) {
        self.add(received_at, outcome.as_str(), 1);
    }

    pub(crate) fn made(&mut self, at: At, made: Made) {
        for (what, count) in
            [(MADE_USERS, made.users), (MADE_TICKETS, made.tickets), (MADE_NOTIFICATIONS, made.notifications)]
        {
            self.add(at, what, i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    fn add(&mut self, made_at: At, what: &'static str, count: i64) {
        if count > 0 {
            *self.0.entry((day_of(made_at.0), what)).or_default() += count;
        }
    }

    /// Adds them to those that are written, in one order, so that two units of work cannot wait for each other.
    pub(crate) async fn write(self, connection: &mut AsyncPgConnection) -> QueryResult<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let totals: Vec<_> = self.0.into_iter().collect();
        statement(
            "INSERT INTO ledger_totals (day, what, total) SELECT * FROM unnest($1, $2, $3)
             ON CONFLICT (day, what) DO UPDATE SET total = ledger_totals.total + excluded.total",
        )
        .bind::<Array<SqlDate>, _>(column(&totals, |((day, _), _)| Day(*day)))
        .bind::<Array<Text>, _>(column(&totals, |((_, what), _)| *what))
        .bind::<Array<BigInt>, _>(column(&totals, |(_, total)| *total))
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Adds the totals of a day to what was counted in rows.
pub(crate) async fn add_totals(
    connection: &mut AsyncPgConnection,
    day: Date,
    counts: &mut LedgerCounts,
) -> QueryResult<()> {
    let totals: Vec<(String, i64)> = ledger_totals::table
        .filter(ledger_totals::day.eq(Day(day)))
        .select((ledger_totals::what, ledger_totals::total))
        .load(connection)
        .await?;
    for (what, total) in totals {
        add_total(counts, &what, total.unsigned_abs());
    }
    Ok(())
}

fn add_total(counts: &mut LedgerCounts, what: &str, total: u64) {
    match what {
        USERS => counts.users += total,
        MADE_USERS => counts.made.users += total,
        MADE_TICKETS => counts.made.tickets += total,
        MADE_NOTIFICATIONS => counts.made.notifications += total,
        _ => {
            if let Ok(status) = what.parse::<NotificationStatus>() {
                *counts.notifications.entry(status).or_default() += total;
            } else if let Ok(outcome) = what.parse::<IntakeOutcome>() {
                *counts.outcomes.entry(outcome).or_default() += total;
            }
        }
    }
}
