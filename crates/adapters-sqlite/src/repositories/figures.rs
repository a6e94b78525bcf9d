//! What days brought, in figures.

use std::fmt::Write as _;

use application::ports::{FigureRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    QueryableByName,
    dsl::count_star,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Nullable, Text},
    upsert::excluded,
};
use domain::{
    figures::{DayFigures, Figures, Waits},
    ledger::{day_number, day_of},
    ticket::TicketStatus,
};
use jiff::{SignedDuration, Timestamp, civil::Date};

use super::ledger::Range;
use crate::{
    columns::{At, Named},
    error::Failure,
    schema::{daily_figures, tickets},
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl FigureRepository for SqliteUnitOfWork {
    async fn count(&mut self, day: Date) -> Result<Figures, StorageError> {
        self.run(move |connection| {
            let (range, mut figures) = (Range::of(day), Figures::default());
            count_leads(connection, range, &mut figures)?;
            count_tickets(connection, range, &mut figures)?;
            count_waits(connection, range, &mut figures)?;
            Ok(figures)
        })
        .await
    }

    async fn keep(&mut self, kept: &DayFigures) -> Result<(), StorageError> {
        let row = (
            daily_figures::day.eq(day_number(kept.day)),
            daily_figures::counted_at.eq(At(kept.counted_at)),
            daily_figures::figures.eq(serde_json::to_string(&kept.figures).expect("figures are JSON")),
        );
        self.run(move |connection| {
            diesel::insert_into(daily_figures::table)
                .values(row)
                .on_conflict(daily_figures::day)
                .do_update()
                .set((
                    daily_figures::counted_at.eq(excluded(daily_figures::counted_at)),
                    daily_figures::figures.eq(excluded(daily_figures::figures)),
                ))
                .execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn since(&mut self, first: Date) -> Result<Vec<DayFigures>, StorageError> {
        self.run(move |connection| {
            let kept = daily_figures::table.filter(daily_figures::day.ge(day_number(first)));
            let rows: Vec<(i64, At, String)> = kept.order(daily_figures::day).load(connection)?;
            rows.into_iter().map(day_figures).collect()
        })
        .await
    }

    async fn forget_before(&mut self, first: Date) -> Result<(), StorageError> {
        self.run(move |connection| {
            let old = daily_figures::table.filter(daily_figures::day.lt(day_number(first)));
            diesel::delete(old).execute(connection)?;
            Ok(())
        })
        .await
    }
}

fn day_figures((day, counted_at, figures): (i64, At, String)) -> Result<DayFigures, Failure> {
    let midnight = Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_hours(day.saturating_mul(24)));
    Ok(DayFigures {
        day: day_of(midnight.map_err(|_| Failure::Unreadable("daily_figures.day"))?),
        counted_at: counted_at.0,
        figures: serde_json::from_str(&figures).map_err(|_| Failure::Unreadable("daily_figures.figures"))?,
    })
}

#[derive(QueryableByName)]
struct Leads {
    #[diesel(sql_type = Nullable<Text>)]
    origin: Option<String>,
    #[diesel(sql_type = BigInt)]
    leads: i64,
}

fn count_leads(
    connection: &mut SqliteConnection,
    range: Range,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let rows: Vec<Leads> = sql_query(
        "SELECT json_extract(first_origin, '$.source') AS origin, count(*) AS leads FROM users
         WHERE id >= ? AND id < ? AND created_at >= ? AND created_at < ?
         GROUP BY origin ORDER BY origin IS NULL, leads DESC, origin",
    )
    .bind::<Binary, _>(range.first_id)
    .bind::<Binary, _>(range.end_id)
    .bind::<BigInt, _>(range.begin)
    .bind::<BigInt, _>(range.end)
    .load(connection)?;
    for Leads { origin, leads } in rows {
        figures.add_leads(origin, leads.unsigned_abs());
    }
    Ok(())
}

fn count_tickets(connection: &mut SqliteConnection, range: Range, figures: &mut Figures) -> QueryResult<()> {
    let rows: Vec<(String, Named<TicketStatus>, i64)> = tickets::table
        .filter(tickets::id.ge(range.first_id).and(tickets::id.lt(range.end_id)))
        .filter(tickets::created_at.ge(range.begin).and(tickets::created_at.lt(range.end)))
        .group_by((tickets::topic, tickets::status))
        .select((tickets::topic, tickets::status, count_star()))
        .load(connection)?;
    for (topic, status, count) in rows {
        figures.tickets.entry(topic).or_default().insert(status.0, count.unsigned_abs());
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Waited {
    #[diesel(sql_type = BigInt)]
    told: i64,
    #[diesel(sql_type = BigInt)]
    answered: i64,
    #[diesel(sql_type = BigInt)]
    tickets: i64,
}

fn count_waits(connection: &mut SqliteConnection, range: Range, figures: &mut Figures) -> QueryResult<()> {
    let (told, answered) = (class_of("told_after"), class_of("answered_after"));
    let rows: Vec<Waited> = sql_query(format!(
        "SELECT {told} AS told, {answered} AS answered, count(*) AS tickets
         FROM (
             SELECT (
                 SELECT min(closed_at) FROM notifications JOIN attempts ON notification_id = notifications.id
                 WHERE ticket_id = tickets.id AND purpose = 'ticket_opened' AND outcome = 'sent'
             ) - created_at AS told_after, (
                 SELECT min(notifications.created_at) FROM notifications
                 WHERE ticket_id = tickets.id AND purpose = 'reply'
             ) - created_at AS answered_after
             FROM tickets WHERE id >= ? AND id < ? AND created_at >= ? AND created_at < ?
         )
         GROUP BY told, answered"
    ))
    .bind::<Binary, _>(range.first_id)
    .bind::<Binary, _>(range.end_id)
    .bind::<BigInt, _>(range.begin)
    .bind::<BigInt, _>(range.end)
    .load(connection)?;
    for Waited { told, answered, tickets } in rows {
        let class = |class: i64| usize::try_from(class).unwrap_or_default().min(Waits::CLASSES - 1);
        figures.told.0[class(told)] += tickets.unsigned_abs();
        figures.answered.0[class(answered)] += tickets.unsigned_abs();
    }
    Ok(())
}

/// [`Waits::class`] as an expression over a column of microseconds.
fn class_of(column: &str) -> String {
    let mut case = format!("CASE WHEN {column} IS NULL THEN {}", Waits::CLASSES - 1);
    for (class, up_to) in Waits::UP_TO.iter().enumerate() {
        let _ = write!(case, " WHEN {column} <= {} THEN {class}", up_to.as_micros());
    }
    case + &format!(" ELSE {} END", Waits::UP_TO.len())
}
