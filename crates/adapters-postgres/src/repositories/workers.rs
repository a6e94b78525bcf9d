//! Running workers.

use application::ports::{StorageError, WorkerRepository};
use async_trait::async_trait;
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{Timestamptz, Uuid},
};
use diesel_async::RunQueryDsl;
use domain::ids::WorkerId;
use jiff::Timestamp;

use crate::{
    columns::{At, Id},
    schema::workers,
    statement::statement,
    unit_of_work::PgUnitOfWork,
};

#[derive(QueryableByName)]
struct Beat {
    #[diesel(sql_type = Timestamptz)]
    beat_at: At,
}

#[async_trait]
impl WorkerRepository for PgUnitOfWork {
    async fn beat(&mut self, worker: WorkerId) -> Result<Timestamp, StorageError> {
        self.run(async |connection| {
            let beat = statement(
                "INSERT INTO workers (id, beat_at) VALUES ($1, clock_timestamp())
                 ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at
                 RETURNING beat_at",
            );
            let written: Beat = beat.bind::<Uuid, _>(Id::from(worker)).get_result(connection).await?;
            Ok(written.beat_at.0)
        })
        .await
    }

    /// In a unit of work that writes, none of them has a heartbeat any more until its end: whoever beats meanwhile is
    /// left out, or waits and finds itself forgotten.
    async fn silent_since(&mut self, before: Timestamp) -> Result<Vec<WorkerId>, StorageError> {
        let may_write = self.may_write();
        self.run(async |connection| {
            let silent = workers::table.filter(workers::beat_at.lt(At(before)));
            let silent = silent.order(workers::id).select(workers::id);
            let ids: Vec<Id> = if may_write {
                silent.for_update().skip_locked().load(connection).await?
            } else {
                silent.load(connection).await?
            };
            Ok(ids.into_iter().map(WorkerId::from).collect())
        })
        .await
    }

    async fn all(&mut self) -> Result<Vec<WorkerId>, StorageError> {
        self.run(async |connection| {
            let ids: Vec<Id> = workers::table.order(workers::id).select(workers::id).load(connection).await?;
            Ok(ids.into_iter().map(WorkerId::from).collect())
        })
        .await
    }

    async fn forget(&mut self, gone: &[WorkerId]) -> Result<(), StorageError> {
        let gone: Vec<Id> = gone.iter().copied().map(Id::from).collect();
        self.run(async |connection| {
            diesel::delete(workers::table.filter(workers::id.eq_any(gone))).execute(connection).await?;
            Ok(())
        })
        .await
    }
}
