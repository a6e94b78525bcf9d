//! Running workers, by their heartbeats.

use application::ports::{StorageError, WorkerRepository};
use async_trait::async_trait;
use domain::ids::WorkerId;
use jiff::Timestamp;

use crate::storage::{Operation, state::Beat, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl WorkerRepository for InMemoryUnitOfWork {
    async fn beat(&mut self, worker: WorkerId) -> Result<Timestamp, StorageError> {
        let at = self.now();
        self.write(Operation::WorkersBeat)?.workers.put(worker, Beat { worker, at });
        Ok(at)
    }

    async fn silent_since(&mut self, before: Timestamp) -> Result<Vec<WorkerId>, StorageError> {
        let state = self.read(Operation::WorkersSilentSince)?;
        Ok(state.workers.values().filter(|beat| beat.at < before).map(|beat| beat.worker).collect())
    }

    async fn all(&mut self) -> Result<Vec<WorkerId>, StorageError> {
        Ok(self.read(Operation::WorkersAll)?.workers.values().map(|beat| beat.worker).collect())
    }

    async fn forget(&mut self, workers: &[WorkerId]) -> Result<(), StorageError> {
        let state = self.write(Operation::WorkersForget)?;
        for worker in workers {
            state.workers.remove(worker);
        }
        Ok(())
    }
}
