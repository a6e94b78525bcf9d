//! What is done from time to time, once in the whole system.
//!
//! To add a job: its name and interval in [`domain::job`], a use case here, and a line in [`RunJob::execute`].

mod check_ledger;
mod count_figures;
mod escalate;
mod forget_answers;
mod index;
mod portions;
mod retire;
mod send_digests;
mod turns;

use std::sync::Arc;

pub use check_ledger::CheckLedger;
pub use count_figures::CountFigures;
use domain::{
    job::{Job, JobOutcome},
    retention::Retention,
};
pub use escalate::EscalateTickets;
pub use forget_answers::ForgetExpiredAnswers;
pub use index::IndexForSearch;
pub(crate) use index::follow_notes;
pub use retire::{RetireOldRows, Retired};
pub use send_digests::SendDigests;
pub use turns::{RequestJob, ShareJobs};

use crate::ports::{Clock, Ids, NotificationQueue, Storage, StorageError};

/// Runs any of the jobs.
#[derive(Clone)]
pub struct RunJob {
    forget_answers: ForgetExpiredAnswers,
    retire: RetireOldRows,
    check_ledger: CheckLedger,
    send_digests: SendDigests,
    escalate: EscalateTickets,
    index: IndexForSearch,
    count_figures: CountFigures,
}

impl RunJob {
    /// All jobs, on the same ports.
    pub fn new(
        storage: &Arc<dyn Storage>,
        queue: &Arc<dyn NotificationQueue>,
        clock: &Arc<dyn Clock>,
        ids: &Arc<dyn Ids>,
        retention: Retention,
    ) -> Self {
        let (storage, clock) = (|| Arc::clone(storage), || Arc::clone(clock));
        let (queue, ids) = (|| Arc::clone(queue), || Arc::clone(ids));
        Self {
            forget_answers: ForgetExpiredAnswers { storage: storage(), clock: clock() },
            retire: RetireOldRows { storage: storage(), clock: clock(), retention },
            check_ledger: CheckLedger { storage: storage(), clock: clock() },
            send_digests: SendDigests { storage: storage(), queue: queue(), clock: clock(), ids: ids() },
            escalate: EscalateTickets { storage: storage(), queue: queue(), clock: clock(), ids: ids() },
            index: IndexForSearch { storage: storage() },
            count_figures: CountFigures { storage: storage(), clock: clock() },
        }
    }

    /// Runs a job to its end. Dropped before, it leaves done what it had committed; the next run goes on there.
    pub async fn execute(&self, job: Job) -> Result<JobOutcome, StorageError> {
        match job {
            Job::ForgetAnswers => self.forget_answers.execute().await.map(|_| JobOutcome::Done),
            Job::Retention => self.retire.execute().await.map(|_| JobOutcome::Done),
            Job::LedgerCheck => {
                let unbalanced = self.check_ledger.execute().await?;
                Ok(if unbalanced.is_empty() { JobOutcome::Done } else { JobOutcome::Alarm })
            }
            Job::Digests => self.send_digests.execute().await.map(|_| JobOutcome::Done),
            Job::Escalations => self.escalate.execute().await.map(|_| JobOutcome::Done),
            Job::Figures => self.count_figures.execute().await.map(|_| JobOutcome::Done),
            Job::Search => self.index.execute().await.map(|_| JobOutcome::Done),
        }
    }
}
