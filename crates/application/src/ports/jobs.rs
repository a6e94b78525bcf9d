//! Periodic jobs, and who runs them.

use async_trait::async_trait;
use domain::{
    ids::WorkerId,
    job::{Job, JobOutcome, JobRecord, Turn},
};
use jiff::SignedDuration;

use super::StorageError;

/// Who may run which job. Times are those of the database's clock.
#[async_trait]
pub trait JobRepository: Send {
    /// Every job that ran or was asked for, in no order. Jobs that this version does not know are left out.
    async fn all(&mut self) -> Result<Vec<JobRecord>, StorageError>;

    /// Gives `worker` the right to run a job for as long as `lease`, if the job is due. Of workers that ask at the same
    /// time one gets it.
    async fn take(
        &mut self,
        job: Job,
        worker: WorkerId,
        lease: SignedDuration,
    ) -> Result<Option<Turn>, StorageError>;

    /// Lets a right lapse only as long as `lease` from now. Says whether it had not lapsed and gone to another.
    async fn extend(&mut self, turn: &Turn, lease: SignedDuration) -> Result<bool, StorageError>;

    /// Writes how a run ended, and when the job is due again: see [`Turn::next_at`]. A right that went to another is left
    /// alone.
    async fn finish(&mut self, turn: &Turn, outcome: JobOutcome) -> Result<(), StorageError>;

    /// Makes a job due now. While it runs, that run is the one that was asked for.
    async fn request(&mut self, job: Job) -> Result<(), StorageError>;
}
