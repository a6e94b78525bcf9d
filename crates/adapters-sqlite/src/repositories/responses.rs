//! What programs were answered, in the table of the answers to bots.

use application::ports::{ResponseRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::response::{BoundResponse, ResponseSlot};
use jiff::Timestamp;

use crate::{
    repositories::intake,
    rows::{KeptAnswerRow, SlotRow},
    schema::kept_answers,
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl ResponseRepository for SqliteUnitOfWork {
    async fn find(
        &mut self,
        slot: &ResponseSlot,
        now: Timestamp,
    ) -> Result<Option<BoundResponse>, StorageError> {
        let slot = SlotRow::from(slot);
        self.run(move |connection| {
            intake::kept(connection, &slot, now)?.map(BoundResponse::try_from).transpose()
        })
        .await
    }

    async fn put(&mut self, bound: &BoundResponse, now: Timestamp) -> Result<(), StorageError> {
        let row = KeptAnswerRow::from(bound);
        self.run(move |connection| intake::keep(connection, &[row], now)).await
    }

    async fn release(&mut self, slot: &ResponseSlot) -> Result<(), StorageError> {
        let slot = SlotRow::from(slot);
        self.run(move |connection| {
            let kept = kept_answers::table
                .filter(kept_answers::principal.eq(slot.principal))
                .filter(kept_answers::scope.eq(&slot.scope))
                .filter(kept_answers::digest.eq(slot.digest));
            diesel::delete(kept).execute(connection)?;
            Ok(())
        })
        .await
    }
}
