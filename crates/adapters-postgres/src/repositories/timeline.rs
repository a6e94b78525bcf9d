//! What happened to users.

use application::ports::{StorageError, TimelineRepository};
use async_trait::async_trait;
use diesel::sql_types::{Array, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{ids::UserId, intake::IdentityClash};

use crate::{
    columns::Id,
    error::Failure,
    rows::ClashRow,
    statement::{column, statement},
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl TimelineRepository for PgUnitOfWork {
    async fn record_clashes(&mut self, clashes: &[IdentityClash]) -> Result<(), StorageError> {
        self.run(async |connection| record_clashes(connection, clashes).await).await
    }

    async fn clashes_of(&mut self, user_id: UserId) -> Result<Vec<IdentityClash>, StorageError> {
        let user_id = Id::from(user_id);
        self.run(async |connection| {
            let rows: Vec<ClashRow> = statement(
                "SELECT request_id, user_id, other_user_id, kind, at FROM (
                     SELECT * FROM identity_clashes WHERE user_id = $1
                     UNION
                     SELECT * FROM identity_clashes WHERE other_user_id = $1
                 ) AS clashes
                 ORDER BY position",
            )
            .bind::<Uuid, _>(user_id)
            .load(connection)
            .await?;
            Ok(rows.into_iter().map(IdentityClash::from).collect())
        })
        .await
    }
}

pub(crate) async fn record_clashes(
    mut connection: &AsyncPgConnection,
    clashes: &[IdentityClash],
) -> Result<(), Failure> {
    if clashes.is_empty() {
        return Ok(());
    }
    let rows = column(clashes, ClashRow::from);
    statement(
        "INSERT INTO identity_clashes (request_id, user_id, other_user_id, kind, at)
         SELECT * FROM unnest($1, $2, $3, $4, $5)",
    )
    .bind::<Array<Uuid>, _>(column(&rows, |row| row.request_id))
    .bind::<Array<Uuid>, _>(column(&rows, |row| row.user_id))
    .bind::<Array<Uuid>, _>(column(&rows, |row| row.other_user_id))
    .bind::<Array<Text>, _>(column(&rows, |row| row.kind))
    .bind::<Array<Timestamptz>, _>(column(&rows, |row| row.at))
    .execute(&mut connection)
    .await?;
    Ok(())
}
