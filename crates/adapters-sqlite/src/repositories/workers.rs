//! Running workers.

use application::ports::{StorageError, WorkerRepository};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::ids::WorkerId;
use jiff::Timestamp;

use crate::{
    columns::{At, Id},
    constant::changed,
    schema::workers,
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl WorkerRepository for SqliteUnitOfWork {
    async fn beat(&mut self, worker: WorkerId) -> Result<Timestamp, StorageError> {
        let now = self.clock.now();
        self.run(move |connection| {
            let beat = diesel::insert_into(workers::table)
                .values((workers::id.eq(Id::from(worker)), workers::beat_at.eq(At(now))))
                .on_conflict(workers::id)
                .do_update()
                .set(workers::beat_at.eq(At(now)))
                .returning(workers::id);
            changed(connection, beat)?;
            Ok(now)
        })
        .await
    }

    async fn silent_since(&mut self, before: Timestamp) -> Result<Vec<WorkerId>, StorageError> {
        self.run(move |connection| {
            let silent = workers::table.filter(workers::beat_at.lt(At(before)));
            let ids: Vec<Id> = silent.order(workers::id).select(workers::id).load(connection)?;
            Ok(ids.into_iter().map(WorkerId::from).collect())
        })
        .await
    }

    async fn all(&mut self) -> Result<Vec<WorkerId>, StorageError> {
        self.run(|connection| {
            let ids: Vec<Id> = workers::table.order(workers::id).select(workers::id).load(connection)?;
            Ok(ids.into_iter().map(WorkerId::from).collect())
        })
        .await
    }

    async fn forget(&mut self, gone: &[WorkerId]) -> Result<(), StorageError> {
        let gone: Vec<Id> = gone.iter().copied().map(Id::from).collect();
        self.run(move |connection| {
            for id in gone {
                diesel::delete(workers::table.find(id)).execute(connection)?;
            }
            Ok(())
        })
        .await
    }
}
