//! What workers that are gone had.

use application::ports::AbandonedAttempt;
use diesel::{
    QueryableByName,
    sql_types::{Array, Integer, Text, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::channel::ChannelKind;

use crate::{
    columns::{Id, Named},
    error::Failure,
    rows::small,
    statement::{column, statement},
};

#[derive(QueryableByName)]
struct AbandonedRow {
    #[diesel(sql_type = Uuid)]
    worker_id: Id,
    #[diesel(sql_type = Uuid)]
    notification_id: Id,
    #[diesel(sql_type = Integer)]
    attempt: i32,
    #[diesel(sql_type = Integer)]
    retried_after: i32,
    #[diesel(sql_type = Integer)]
    unknowns: i32,
    #[diesel(sql_type = Text)]
    kind: Named<ChannelKind>,
}

/// The open attempts of workers.
pub(crate) async fn abandoned(
    connection: &mut AsyncPgConnection,
    workers: Vec<Id>,
) -> Result<Vec<AbandonedAttempt>, Failure> {
    let rows: Vec<AbandonedRow> = statement(
        "SELECT claims.worker_id, claims.notification_id, claims.attempt, notifications.retried_after,
                notifications.unknowns, channels.kind
         FROM claims
         JOIN notifications ON notifications.id = claims.notification_id
         JOIN channels ON channels.id = claims.channel_id
         WHERE claims.worker_id = ANY ($1) AND claims.attempt IS NOT NULL",
    )
    .bind::<Array<Uuid>, _>(workers)
    .load(connection)
    .await?;
    Ok(column(&rows, AbandonedAttempt::from))
}

/// Ends the claims of workers on what is not being sent. A claim whose notification somebody else is busy with is left
/// to lapse.
pub(crate) async fn release(connection: &mut AsyncPgConnection, workers: Vec<Id>) -> Result<usize, Failure> {
    let release = statement(
        "WITH held AS (
             SELECT notifications.id FROM notifications JOIN claims ON claims.notification_id = notifications.id
             WHERE claims.worker_id = ANY ($1) AND claims.attempt IS NULL
             FOR UPDATE OF notifications SKIP LOCKED
         )
         DELETE FROM claims USING held
         WHERE claims.notification_id = held.id AND claims.worker_id = ANY ($1) AND claims.attempt IS NULL",
    );
    Ok(release.bind::<Array<Uuid>, _>(workers).execute(connection).await?)
}

impl From<&AbandonedRow> for AbandonedAttempt {
    fn from(row: &AbandonedRow) -> Self {
        Self {
            worker_id: row.worker_id.into(),
            notification_id: row.notification_id.into(),
            number: small(row.attempt),
            tries: small(row.attempt - row.retried_after),
            unknowns: small(row.unknowns),
            kind: row.kind.0,
        }
    }
}
