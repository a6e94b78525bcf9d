//! Notifications as workers see them.

use application::ports::{AbandonedAttempt, ClosedAttempt, DeliveryRepository, OpenedAttempt, StorageError};
use async_trait::async_trait;
use domain::{
    dispatch::{ChannelLoad, Claimed, Deferral, Quota},
    ids::{NotificationId, WorkerId},
};
use jiff::Timestamp;

use crate::{
    columns::Id,
    delivery::{abandoned, be_the_only_dispatcher, claim, close, defer, loads, open, postpone, release},
    statement::column,
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl DeliveryRepository for PgUnitOfWork {
    /// A unit of work that writes waits here until no other one is about to claim what it was shown.
    async fn loads(&mut self, horizon: Timestamp, limit: usize) -> Result<Vec<ChannelLoad>, StorageError> {
        let is_about_to_claim = self.may_write();
        self.run(async |connection| {
            if is_about_to_claim {
                be_the_only_dispatcher(connection).await?;
            }
            loads(connection, horizon, limit).await
        })
        .await
    }

    async fn claim(
        &mut self,
        worker: WorkerId,
        quotas: &[Quota],
        horizon: Timestamp,
    ) -> Result<Vec<Claimed>, StorageError> {
        if quotas.is_empty() {
            return Ok(Vec::new());
        }
        self.run(async |connection| claim(connection, worker.into(), quotas, horizon).await).await
    }

    async fn postpone(&mut self, claimed: &[Claimed]) -> Result<(), StorageError> {
        if claimed.is_empty() {
            return Ok(());
        }
        self.run(async |connection| postpone(connection, claimed).await).await
    }

    async fn defer(&mut self, deferrals: &[Deferral], horizon: Timestamp) -> Result<(), StorageError> {
        if deferrals.is_empty() {
            return Ok(());
        }
        self.run(async |connection| defer(connection, deferrals, horizon).await).await
    }

    async fn open(
        &mut self,
        worker: WorkerId,
        ids: &[NotificationId],
        now: Timestamp,
    ) -> Result<Vec<OpenedAttempt>, StorageError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = column(ids, |id| Id::from(*id));
        self.run(async |connection| open(connection, worker.into(), &ids, now).await).await
    }

    async fn close(&mut self, attempts: &[ClosedAttempt]) -> Result<(), StorageError> {
        if attempts.is_empty() {
            return Ok(());
        }
        self.run(async |connection| close(connection, attempts).await).await
    }

    async fn abandoned(&mut self, workers: &[WorkerId]) -> Result<Vec<AbandonedAttempt>, StorageError> {
        if workers.is_empty() {
            return Ok(Vec::new());
        }
        let workers = column(workers, |id| Id::from(*id));
        self.run(async |connection| abandoned(connection, workers).await).await
    }

    async fn release(&mut self, workers: &[WorkerId]) -> Result<usize, StorageError> {
        if workers.is_empty() {
            return Ok(0);
        }
        let workers = column(workers, |id| Id::from(*id));
        self.run(async |connection| release(connection, workers).await).await
    }
}
