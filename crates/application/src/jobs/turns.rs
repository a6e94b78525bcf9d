//! Whose turn it is to run a job.

use std::sync::Arc;

use domain::{
    ids::WorkerId,
    job::{Job, JobOutcome, JobRecord, TURN_LEASE, Turn},
};

use crate::ports::{Storage, StorageError, atomically, consult};

/// Shares jobs among workers: of all that ask, one runs a job, once per tick.
#[derive(Clone)]
pub struct ShareJobs {
    /// Where turns are.
    pub storage: Arc<dyn Storage>,
    /// Who asks.
    pub worker_id: WorkerId,
}

impl ShareJobs {
    /// What is known of every job that ran.
    pub async fn records(&self) -> Result<Vec<JobRecord>, StorageError> {
        consult(&*self.storage, async |snapshot| snapshot.jobs().all().await).await
    }

    /// The right to run a job, if it is due and nobody else has it.
    pub async fn take(&self, job: Job) -> Result<Option<Turn>, StorageError> {
        atomically(&*self.storage, async |tx| tx.jobs().take(job, self.worker_id, TURN_LEASE).await).await
    }

    /// Keeps a right from lapsing. Says whether it had not.
    pub async fn extend(&self, turn: &Turn) -> Result<bool, StorageError> {
        atomically(&*self.storage, async |tx| tx.jobs().extend(turn, TURN_LEASE).await).await
    }

    /// Gives a right back.
    pub async fn finish(&self, turn: &Turn, outcome: JobOutcome) -> Result<(), StorageError> {
        atomically(&*self.storage, async |tx| tx.jobs().finish(turn, outcome).await).await
    }
}

/// Runs a job before its time.
#[derive(Clone)]
pub struct RequestJob {
    /// Where turns are.
    pub storage: Arc<dyn Storage>,
}

impl RequestJob {
    /// Makes a job due now; some worker runs it within seconds.
    pub async fn execute(&self, job: Job) -> Result<(), StorageError> {
        atomically(&*self.storage, async |tx| tx.jobs().request(job).await).await
    }
}
