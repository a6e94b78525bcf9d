//! What programs were answered, in the table of the answers to bots.

use application::ports::{ResponseRepository, StorageError};
use async_trait::async_trait;
use diesel::sql_types::{Binary, Text, Uuid};
use diesel_async::RunQueryDsl;
use domain::response::{BoundResponse, ResponseSlot};
use jiff::Timestamp;

use crate::{
    repositories::intake,
    rows::{KeptAnswerRow, SlotRow},
    statement::statement,
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl ResponseRepository for PgUnitOfWork {
    async fn find(
        &mut self,
        slot: &ResponseSlot,
        now: Timestamp,
    ) -> Result<Option<BoundResponse>, StorageError> {
        self.run(async |connection| {
            let rows = intake::kept_rows(connection, &[SlotRow::from(slot)], now).await?;
            rows.into_iter().next().map(BoundResponse::try_from).transpose()
        })
        .await
    }

    async fn put(&mut self, bound: &BoundResponse, now: Timestamp) -> Result<(), StorageError> {
        self.run(async |connection| intake::keep_rows(connection, &[KeptAnswerRow::from(bound)], now).await)
            .await
    }

    async fn release(&mut self, slot: &ResponseSlot) -> Result<(), StorageError> {
        let slot = SlotRow::from(slot);
        self.run(async |connection| {
            statement("DELETE FROM kept_answers WHERE principal = $1 AND scope = $2 AND digest = $3")
                .bind::<Uuid, _>(slot.principal)
                .bind::<Text, _>(&slot.scope)
                .bind::<Binary, _>(slot.digest)
                .execute(connection)
                .await?;
            Ok(())
        })
        .await
    }
}
