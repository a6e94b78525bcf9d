//! What days brought, in figures.

use std::fmt::Write as _;

use application::ports::{FigureRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    QueryableByName,
    dsl::count_star,
    prelude::*,
    sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid},
    upsert::excluded,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    figures::{DayFigures, Figures, Waits},
    ticket::TicketStatus,
};
use jiff::civil::Date;

use super::ledger::Range;
use crate::{
    columns::{At, Day, Named},
    error::Failure,
    schema::{daily_figures, tickets},
    statement::statement,
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl FigureRepository for PgUnitOfWork {
    async fn count(&mut self, day: Date) -> Result<Figures, StorageError> {
        let range = Range::of(day);
        self.run(async |connection| {
            let mut figures = Figures::default();
            count_leads(connection, range, &mut figures).await?;
            count_tickets(connection, range, &mut figures).await?;
            count_waits(connection, range, &mut figures).await?;
            Ok(figures)
        })
        .await
    }

    async fn keep(&mut self, kept: &DayFigures) -> Result<(), StorageError> {
        let row = (
            daily_figures::day.eq(Day(kept.day)),
            daily_figures::counted_at.eq(At(kept.counted_at)),
            daily_figures::figures.eq(serde_json::to_string(&kept.figures).expect("figures are JSON")),
        );
        self.run(async |connection| {
            diesel::insert_into(daily_figures::table)
                .values(row)
                .on_conflict(daily_figures::day)
                .do_update()
                .set((
                    daily_figures::counted_at.eq(excluded(daily_figures::counted_at)),
                    daily_figures::figures.eq(excluded(daily_figures::figures)),
                ))
                .execute(connection)
                .await?;
            Ok(())
        })
        .await
    }

    async fn since(&mut self, first: Date) -> Result<Vec<DayFigures>, StorageError> {
        self.run(async |connection| {
            let kept = daily_figures::table.filter(daily_figures::day.ge(Day(first)));
            let rows: Vec<(Day, At, String)> = kept.order(daily_figures::day).load(connection).await?;
            rows.into_iter().map(day_figures).collect()
        })
        .await
    }

    async fn forget_before(&mut self, first: Date) -> Result<(), StorageError> {
        self.run(async |connection| {
            let old = daily_figures::table.filter(daily_figures::day.lt(Day(first)));
            diesel::delete(old).execute(connection).await?;
            Ok(())
        })
        .await
    }
}

fn day_figures((day, counted_at, figures): (Day, At, String)) -> Result<DayFigures, Failure> {
    Ok(DayFigures {
        day: day.0,
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

async fn count_leads(
    connection: &mut AsyncPgConnection,
    range: Range,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let rows: Vec<Leads> = statement(
        "SELECT first_origin ->> 'source' AS origin, count(*) AS leads FROM users
         WHERE id >= $1 AND id < $2 AND created_at >= $3 AND created_at < $4
         GROUP BY origin ORDER BY leads DESC, origin",
    )
    .bind::<Uuid, _>(range.first_id)
    .bind::<Uuid, _>(range.end_id)
    .bind::<Timestamptz, _>(range.begin)
    .bind::<Timestamptz, _>(range.end)
    .load(connection)
    .await?;
    for Leads { origin, leads } in rows {
        figures.add_leads(origin, leads.unsigned_abs());
    }
    Ok(())
}

async fn count_tickets(
    connection: &mut AsyncPgConnection,
    range: Range,
    figures: &mut Figures,
) -> QueryResult<()> {
    let rows: Vec<(String, Named<TicketStatus>, i64)> = tickets::table
        .filter(tickets::id.ge(range.first_id).and(tickets::id.lt(range.end_id)))
        .filter(tickets::created_at.ge(range.begin).and(tickets::created_at.lt(range.end)))
        .group_by((tickets::topic, tickets::status))
        .select((tickets::topic, tickets::status, count_star()))
        .load(connection)
        .await?;
    for (topic, status, count) in rows {
        figures.tickets.entry(topic).or_default().insert(status.0, count.unsigned_abs());
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Waited {
    #[diesel(sql_type = Integer)]
    told: i32,
    #[diesel(sql_type = Integer)]
    answered: i32,
    #[diesel(sql_type = BigInt)]
    tickets: i64,
}

async fn count_waits(
    connection: &mut AsyncPgConnection,
    range: Range,
    figures: &mut Figures,
) -> QueryResult<()> {
    let (told, answered) = (class_of("told_after"), class_of("answered_after"));
    let rows: Vec<Waited> = statement(format!(
        "SELECT {told} AS told, {answered} AS answered, count(*) AS tickets
         FROM (
             SELECT (
                 SELECT min(closed_at) FROM notifications JOIN attempts ON notification_id = notifications.id
                 WHERE ticket_id = tickets.id AND purpose = 'ticket_opened' AND outcome = 'sent'
             ) - created_at AS told_after, (
                 SELECT min(notifications.created_at) FROM notifications
                 WHERE ticket_id = tickets.id AND purpose = 'reply'
             ) - created_at AS answered_after
             FROM tickets WHERE id >= $1 AND id < $2 AND created_at >= $3 AND created_at < $4
         ) AS waits
         GROUP BY told, answered"
    ))
    .bind::<Uuid, _>(range.first_id)
    .bind::<Uuid, _>(range.end_id)
    .bind::<Timestamptz, _>(range.begin)
    .bind::<Timestamptz, _>(range.end)
    .load(connection)
    .await?;
    for Waited { told, answered, tickets } in rows {
        let class = |class: i32| usize::try_from(class).unwrap_or_default().min(Waits::CLASSES - 1);
        figures.told.0[class(told)] += tickets.unsigned_abs();
        figures.answered.0[class(answered)] += tickets.unsigned_abs();
    }
    Ok(())
}

/// [`Waits::class`] as an expression over a column of intervals.
fn class_of(column: &str) -> String {
    let mut case = format!("CASE WHEN {column} IS NULL THEN {}", Waits::CLASSES - 1);
    for (class, up_to) in Waits::UP_TO.iter().enumerate() {
        let _ = write!(case, " WHEN {column} <= interval '{} microseconds' THEN {class}", up_to.as_micros());
    }
    case + &format!(" ELSE {} END", Waits::UP_TO.len())
}
