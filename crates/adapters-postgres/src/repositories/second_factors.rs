//! What members of staff show beside their password.

use application::ports::{SecondFactorRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{ids::AgentId, second_factor::SecondFactor};

use crate::{columns::Id, rows::SecondFactorRow, schema::second_factors, unit_of_work::PgUnitOfWork};

#[async_trait]
impl SecondFactorRepository for PgUnitOfWork {
    async fn of_agent(&mut self, agent: AgentId) -> Result<Option<SecondFactor>, StorageError> {
        let is_writing = self.may_write();
        self.run(async |connection| {
            let own = second_factors::table.find(Id::from(agent)).select(SecondFactorRow::as_select());
            let found = if is_writing {
                own.for_update().get_result(connection).await
            } else {
                own.get_result(connection).await
            };
            Ok(found.optional()?.map(SecondFactor::from))
        })
        .await
    }

    async fn confirmed(&mut self) -> Result<Vec<AgentId>, StorageError> {
        self.run(async |connection| {
            let on = second_factors::table.filter(second_factors::confirmed_at.is_not_null());
            let ids: Vec<Id> = on.select(second_factors::agent_id).load(connection).await?;
            Ok(ids.into_iter().map(AgentId::from).collect())
        })
        .await
    }

    async fn put(&mut self, factor: &SecondFactor) -> Result<(), StorageError> {
        let row = SecondFactorRow::from(factor);
        self.run(async |connection| {
            let insert = diesel::insert_into(second_factors::table).values(&row);
            insert.on_conflict(second_factors::agent_id).do_update().set(&row).execute(connection).await?;
            Ok(())
        })
        .await
    }

    async fn delete(&mut self, agent: AgentId) -> Result<bool, StorageError> {
        self.run(async |connection| {
            Ok(diesel::delete(second_factors::table.find(Id::from(agent))).execute(connection).await? > 0)
        })
        .await
    }
}
