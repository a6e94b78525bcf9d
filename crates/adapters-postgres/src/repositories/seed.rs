//! What fills a database for demonstrations and benchmarks.

use application::ports::{PastNotification, SeedRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    QueryResult,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    ids::{TicketId, WorkerId},
    notification::{Attempt, NotificationStatus},
    ticket_work::TicketWork,
};

use crate::{
    columns::{At, Id, Named},
    rows::NewNotificationRow,
    statement::{column, statement},
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl SeedRepository for PgUnitOfWork {
    async fn notifications(&mut self, past: &[PastNotification]) -> Result<(), StorageError> {
        self.run(async |connection| {
            insert_notifications(connection, past).await?;
            insert_attempts(connection, past).await?;
            Ok(())
        })
        .await
    }

    async fn work(&mut self, work: &[(TicketId, TicketWork)]) -> Result<(), StorageError> {
        self.run(async |connection| {
            statement(
                "INSERT INTO ticket_work (ticket_id, assignee_id, priority, version)
                 SELECT * FROM unnest($1, $2, $3, $4)",
            )
            .bind::<Array<Uuid>, _>(column(work, |(ticket, _)| Id::from(*ticket)))
            .bind::<Array<Nullable<Uuid>>, _>(column(work, |(_, work)| work.assignee.map(Id::from)))
            .bind::<Array<Text>, _>(column(work, |(_, work)| Named(work.priority)))
            .bind::<Array<BigInt>, _>(column(work, |(_, work)| i64::from(work.version)))
            .execute(connection)
            .await?;
            Ok(())
        })
        .await
    }
}

async fn insert_notifications(
    connection: &mut AsyncPgConnection,
    past: &[PastNotification],
) -> QueryResult<()> {
    let rows = column(past, |past| NewNotificationRow::from(&past.planned));
    let is_unknown = |past: &PastNotification| past.status == NotificationStatus::Unknown;
    let insert = statement(
        "INSERT INTO notifications (id, purpose, channel_id, user_id, ticket_id, request_id, status, due_at,
                                    attempts, unknowns, possible_duplicate, created_at)
         SELECT id, purpose, channel_id, user_id, ticket_id, request_id, status, due_at,
                is_tried::int, is_unknown::int, is_unknown, created_at
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             AS past (id, purpose, channel_id, user_id, ticket_id, request_id, due_at, created_at, status, is_tried,
                      is_unknown)",
    );
    NewNotificationRow::bind(&rows, insert)
        .bind::<Array<Text>, _>(column(past, |past| Named(past.status)))
        .bind::<Array<Bool>, _>(column(past, |past| past.attempt.is_some()))
        .bind::<Array<Bool>, _>(column(past, is_unknown))
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert_attempts(connection: &mut AsyncPgConnection, past: &[PastNotification]) -> QueryResult<()> {
    let tried: Vec<(Id, WorkerId, &Attempt)> = past
        .iter()
        .filter_map(|past| {
            past.attempt.as_ref().map(|(worker, attempt)| (past.planned.id.into(), *worker, attempt))
        })
        .collect();
    statement(
        "INSERT INTO attempts (notification_id, number, worker_id, opened_at, closed_at, outcome, code, answer,
                               provider_id, elapsed_us, mimicked)
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind::<Array<Uuid>, _>(column(&tried, |(id, ..)| *id))
    .bind::<Array<Integer>, _>(column(&tried, |(_, _, attempt)| i32::from(attempt.number)))
    .bind::<Array<Uuid>, _>(column(&tried, |(_, worker, _)| Id::from(*worker)))
    .bind::<Array<Timestamptz>, _>(column(&tried, |(_, _, attempt)| At(attempt.opened_at)))
    .bind::<Array<Nullable<Timestamptz>>, _>(column(&tried, |(_, _, attempt)| attempt.closed_at.map(At)))
    .bind::<Array<Nullable<Text>>, _>(column(&tried, |(_, _, attempt)| attempt.outcome.map(Named)))
    .bind::<Array<Nullable<Integer>>, _>(column(&tried, |(_, _, attempt)| attempt.code.map(i32::from)))
    .bind::<Array<Nullable<Text>>, _>(column(&tried, |(_, _, attempt)| attempt.answer.clone()))
    .bind::<Array<Nullable<Text>>, _>(column(&tried, |(_, _, attempt)| attempt.provider_id.clone()))
    .bind::<Array<Nullable<BigInt>>, _>(column(&tried, |(_, _, attempt)| attempt.elapsed_us.map(u64::cast_signed)))
    .bind::<Array<Bool>, _>(column(&tried, |(_, _, attempt)| attempt.mimicked))
    .execute(connection)
    .await?;
    Ok(())
}
