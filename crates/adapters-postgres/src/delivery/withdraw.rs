//! What will not be sent any more.

use diesel::{
    QueryResult,
    sql_types::{Array, Text, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::notification::NotificationStatus;

use crate::{
    columns::{Id, Named},
    statement::statement,
};

/// Cancels those of the notifications, which are locked already, that are neither over nor being sent. Says how many.
pub(crate) async fn withdraw(connection: &mut AsyncPgConnection, ids: &[Id]) -> QueryResult<usize> {
    statement(
        "WITH freed AS (
             DELETE FROM claims WHERE notification_id = ANY ($1) AND attempt IS NULL
         )
         UPDATE notifications SET status = $2, next_at = NULL
         WHERE id = ANY ($1) AND next_at IS NOT NULL
           AND NOT EXISTS (SELECT FROM claims WHERE notification_id = id AND attempt IS NOT NULL)",
    )
    .bind::<Array<Uuid>, _>(ids)
    .bind::<Text, _>(Named(NotificationStatus::Cancelled))
    .execute(connection)
    .await
}
