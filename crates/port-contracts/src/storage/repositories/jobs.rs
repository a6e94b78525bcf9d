//! Periodic jobs.

use application::ports::{JobRepository, StorageError};
use async_trait::async_trait;
use domain::{
    ids::WorkerId,
    job::{Job, JobOutcome, JobRecord, Turn},
};
use jiff::{SignedDuration, Timestamp};

use crate::storage::{Operation, state::State, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl JobRepository for InMemoryUnitOfWork {
    async fn all(&mut self) -> Result<Vec<JobRecord>, StorageError> {
        Ok(self.read(Operation::JobsAll)?.jobs.values().copied().collect())
    }

    async fn take(
        &mut self,
        job: Job,
        worker: WorkerId,
        lease: SignedDuration,
    ) -> Result<Option<Turn>, StorageError> {
        let now = self.now();
        let state = self.write(Operation::JobsTake)?;
        let record = state.jobs.get(&job).copied().unwrap_or_else(|| never_ran(job, now));
        if !record.is_due(now) {
            return Ok(None);
        }
        let (leased_until, worker_of) = (Some(now + lease), Some(worker));
        let taken = JobRecord { leased_until, worker: worker_of, began_at: Some(now), ..record };
        state.jobs.put(job, taken);
        Ok(Some(Turn { job, worker, began_at: now }))
    }

    async fn extend(&mut self, turn: &Turn, lease: SignedDuration) -> Result<bool, StorageError> {
        let until = self.now() + lease;
        let held = self.write(Operation::JobsExtend)?.held(turn);
        Ok(held.map(|record| record.leased_until = Some(until)).is_some())
    }

    async fn finish(&mut self, turn: &Turn, outcome: JobOutcome) -> Result<(), StorageError> {
        let now = self.now();
        if let Some(record) = self.write(Operation::JobsFinish)?.held(turn) {
            record.leased_until = None;
            record.ended_at = Some(now);
            record.outcome = Some(outcome);
            record.next_at = turn.next_at(outcome).unwrap_or(record.next_at);
        }
        Ok(())
    }

    async fn request(&mut self, job: Job) -> Result<(), StorageError> {
        let now = self.now();
        let state = self.write(Operation::JobsRequest)?;
        let record = state.jobs.get(&job).copied().unwrap_or_else(|| never_ran(job, now));
        state.jobs.put(job, JobRecord { next_at: now, ..record });
        Ok(())
    }
}

impl State {
    /// The job of a turn, while it is that turn's.
    fn held(&mut self, turn: &Turn) -> Option<&mut JobRecord> {
        let record = self.jobs.get_mut(&turn.job)?;
        let is_turns = record.worker == Some(turn.worker) && record.began_at == Some(turn.began_at);
        (is_turns && record.leased_until.is_some()).then_some(record)
    }
}

const fn never_ran(job: Job, now: Timestamp) -> JobRecord {
    JobRecord {
        job,
        next_at: now,
        leased_until: None,
        worker: None,
        began_at: None,
        ended_at: None,
        outcome: None,
    }
}
