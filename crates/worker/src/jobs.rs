//! Periodic jobs: each runs on one worker at a time, beside the others.

use std::{sync::Arc, time::Duration};

use application::{
    jobs::{RunJob, ShareJobs},
    ports::{Clock, StorageError},
};
use domain::job::{Job, JobOutcome, JobRecord, TURN_LEASE, Turn, due_jobs};
use metrics::{counter, gauge};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::outage::Outage;

/// How often a worker looks for jobs that are due: also how long a job that a person asked for may wait.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Runs jobs, and knows when.
#[derive(Clone)]
pub(crate) struct JobRunner {
    pub(crate) share: ShareJobs,
    pub(crate) run_job: RunJob,
    pub(crate) clock: Arc<dyn Clock>,
}

impl JobRunner {
    /// Runs what is due until `stop`; what runs then is interrupted, and others may go on with it at once.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::of("sharing periodic jobs");
        let mut running = JoinSet::new();
        loop {
            match self.share.records().await {
                Ok(records) => {
                    outage.works();
                    show(&records);
                    for job in due_jobs(&records, self.clock.now()) {
                        running.spawn(self.clone().run_once(job, stop.clone()));
                    }
                }
                Err(error) => outage.failed(&error),
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            while running.try_join_next().is_some() {}
        }
        while running.join_next().await.is_some() {}
    }

    /// Runs a job if it is this worker's turn.
    async fn run_once(self, job: Job, stop: CancellationToken) {
        if let Err(error) = self.take_turn(job, stop).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(
                error,
                job = job.as_str(),
                "a periodic job could not begin or end; it is due again"
            );
        }
    }

    async fn take_turn(&self, job: Job, stop: CancellationToken) -> Result<(), StorageError> {
        let Some(turn) = self.share.take(job).await? else { return Ok(()) };
        let outcome = tokio::select! {
            biased;
            () = stop.cancelled() => JobOutcome::Interrupted,
            outcome = self.work(job) => outcome,
            () = self.until_lost(&turn) => {
                tracing::warn!(job = job.as_str(), "a periodic job took so long that it went to another worker");
                return Ok(());
            }
        };
        counter!("frontdesk_job_runs_total", "job" => job.as_str(), "outcome" => outcome.as_str())
            .increment(1);
        self.share.finish(&turn, outcome).await
    }

    async fn work(&self, job: Job) -> JobOutcome {
        self.run_job.execute(job).await.unwrap_or_else(|error| {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, job = job.as_str(), "a periodic job failed; the next tick tries again");
            JobOutcome::Failed
        })
    }

    /// Keeps a turn, and ends when it was lost: the database was away for longer than the lease.
    async fn until_lost(&self, turn: &Turn) {
        loop {
            tokio::time::sleep(TURN_LEASE.unsigned_abs() / 3).await;
            if matches!(self.share.extend(turn).await, Ok(false)) {
                return;
            }
        }
    }
}

/// Every worker shows the same, whoever ran the job.
fn show(records: &[JobRecord]) {
    for record in records {
        if let Some(ended_at) = record.ended_at {
            let second = ended_at.as_duration().as_secs_f64();
            gauge!("frontdesk_job_last_run_timestamp_seconds", "job" => record.job.as_str()).set(second);
        }
        match (record.job, record.outcome) {
            (Job::LedgerCheck, Some(JobOutcome::Done)) => gauge!("frontdesk_ledger_balanced").set(1.0),
            (Job::LedgerCheck, Some(JobOutcome::Alarm)) => gauge!("frontdesk_ledger_balanced").set(0.0),
            _ => {}
        }
    }
}
