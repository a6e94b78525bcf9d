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
    delivery::{Closing, abandoned, claim, close, defer, loads, open, postpone, release},
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl DeliveryRepository for SqliteUnitOfWork {
    async fn loads(&mut self, horizon: Timestamp, limit: usize) -> Result<Vec<ChannelLoad>, StorageError> {
        self.run(move |connection| loads(connection, horizon, limit)).await
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
        let quotas = quotas.to_vec();
        self.run(move |connection| claim(connection, worker.into(), &quotas, horizon)).await
    }

    async fn postpone(&mut self, claimed: &[Claimed]) -> Result<(), StorageError> {
        if claimed.is_empty() {
            return Ok(());
        }
        let claimed = claimed.to_vec();
        self.run(move |connection| postpone(connection, &claimed)).await
    }

    async fn defer(&mut self, deferrals: &[Deferral], horizon: Timestamp) -> Result<(), StorageError> {
        let deferrals = deferrals.to_vec();
        self.run(move |connection| defer(connection, &deferrals, horizon)).await
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
        let ids: Vec<Id> = ids.iter().copied().map(Id::from).collect();
        self.run(move |connection| open(connection, worker.into(), &ids, now)).await
    }

    async fn close(&mut self, attempts: &[ClosedAttempt]) -> Result<(), StorageError> {
        if attempts.is_empty() {
            return Ok(());
        }
        let closings: Vec<_> = attempts.iter().map(Closing::from).collect();
        self.run(move |connection| close(connection, &closings)).await
    }

    async fn abandoned(&mut self, workers: &[WorkerId]) -> Result<Vec<AbandonedAttempt>, StorageError> {
        if workers.is_empty() {
            return Ok(Vec::new());
        }
        let workers: Vec<Id> = workers.iter().copied().map(Id::from).collect();
        self.run(move |connection| abandoned(connection, &workers)).await
    }

    async fn release(&mut self, workers: &[WorkerId]) -> Result<usize, StorageError> {
        if workers.is_empty() {
            return Ok(0);
        }
        let workers: Vec<Id> = workers.iter().copied().map(Id::from).collect();
        self.run(move |connection| release(connection, &workers)).await
    }
}
