//! What happened to users.

use application::ports::{StorageError, TimelineRepository};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::{ids::UserId, intake::IdentityClash};

use crate::{
    columns::Id,
    error::Failure,
    rows::{ClashRow, NewClashRow},
    schema::identity_clashes,
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl TimelineRepository for SqliteUnitOfWork {
    async fn record_clashes(&mut self, clashes: &[IdentityClash]) -> Result<(), StorageError> {
        if clashes.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = clashes.iter().map(NewClashRow::from).collect();
        self.run(move |connection| record_clashes(connection, &rows)).await
    }

    async fn clashes_of(&mut self, user_id: UserId) -> Result<Vec<IdentityClash>, StorageError> {
        let user_id = Id::from(user_id);
        self.run(move |connection| {
            let rows = identity_clashes::table
                .filter(identity_clashes::user_id.eq(user_id).or(identity_clashes::other_user_id.eq(user_id)))
                .order(identity_clashes::position)
                .select(ClashRow::as_select())
                .load(connection)?;
            Ok(rows.into_iter().map(IdentityClash::from).collect())
        })
        .await
    }
}

pub(crate) fn record_clashes(connection: &mut SqliteConnection, rows: &[NewClashRow]) -> Result<(), Failure> {
    for row in rows {
        diesel::insert_into(identity_clashes::table).values(row).execute(connection)?;
    }
    Ok(())
}
