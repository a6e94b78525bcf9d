//! Periodic jobs: which there are, how often each runs, and when one is due.

use jiff::{SignedDuration, Timestamp};

use crate::{ids::WorkerId, names::named};

/// The right to run a job lapses after so long unless it is extended: then its holder is dead, and others may run it.
pub const TURN_LEASE: SignedDuration = SignedDuration::from_secs(60);

named! {
    /// A job that runs once per tick in the whole system, however many workers there are.
    Job {
        /// Deletes answers that are kept no longer.
        ForgetAnswers = "forget_answers",
        /// Deletes what is older than people want to keep.
        Retention = "retention",
        /// Compares what calls made with what there is.
        LedgerCheck = "ledger_check",
        /// Tells teams once a day what waits for them.
        Digests = "digests",
        /// Tells teams once more about a ticket that waits too long.
        Escalations = "escalations",
        /// Lets lists be searched for what changed.
        Search = "search",
        /// Counts what days brought, for pictures.
        Figures = "figures",
    }
}

named! {
    /// How a run of a job ended.
    JobOutcome {
        /// It did what it does.
        Done = "done",
        /// It did what it does, and found something that a person has to look at; the log says what.
        Alarm = "alarm",
        /// It could not do it; the log says why. The next tick tries again.
        Failed = "failed",
        /// Its worker stopped meanwhile; another may go on at once.
        Interrupted = "interrupted",
    }
}

impl Job {
    /// From the beginning of a run to that of the next.
    pub const fn interval(self) -> SignedDuration {
        match self {
            // Less than the time between two looks for due jobs, so that each look finds it due.
            Self::Search => SignedDuration::from_secs(4),
            Self::ForgetAnswers => SignedDuration::from_secs(30),
            Self::Digests | Self::Escalations => SignedDuration::from_secs(60),
            Self::Figures => SignedDuration::from_mins(5),
            Self::Retention | Self::LedgerCheck => SignedDuration::from_hours(1),
        }
    }
}

/// The right to run a job once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Which job.
    pub job: Job,
    /// Whose right it is.
    pub worker: WorkerId,
    /// Since when, by the database's clock.
    pub began_at: Timestamp,
}

impl Turn {
    /// When the job is due again if this turn ends so; none if it stays due.
    pub fn next_at(&self, outcome: JobOutcome) -> Option<Timestamp> {
        match outcome {
            JobOutcome::Interrupted => None,
            _ => Some(self.began_at.checked_add(self.job.interval()).unwrap_or(Timestamp::MAX)),
        }
    }
}

/// What is known of a job that ran at least once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobRecord {
    /// Which job.
    pub job: Job,
    /// When it is due.
    pub next_at: Timestamp,
    /// While it runs, until when nobody else may.
    pub leased_until: Option<Timestamp>,
    /// Who runs it, or ran it last.
    pub worker: Option<WorkerId>,
    /// When its last or present run began.
    pub began_at: Option<Timestamp>,
    /// When its last finished run ended.
    pub ended_at: Option<Timestamp>,
    /// How that run ended.
    pub outcome: Option<JobOutcome>,
}

impl JobRecord {
    /// Whether somebody may run it now.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.next_at <= now && self.leased_until.is_none_or(|until| until <= now)
    }
}

/// The jobs that somebody may run now: those that never ran are among them.
pub fn due_jobs(records: &[JobRecord], now: Timestamp) -> Vec<Job> {
    let waits = |job: &Job| records.iter().any(|record| record.job == *job && !record.is_due(now));
    Job::ALL.iter().copied().filter(|job| !waits(job)).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::constant(second, 0)
    }

    fn record(job: Job, next_at: i64, leased_until: Option<i64>) -> JobRecord {
        JobRecord {
            job,
            next_at: at(next_at),
            leased_until: leased_until.map(at),
            worker: None,
            began_at: None,
            ended_at: None,
            outcome: None,
        }
    }

    #[test]
    fn a_job_is_due_when_its_time_has_come_and_nobody_runs_it() {
        assert!(record(Job::Retention, 10, None).is_due(at(10)));
        assert!(!record(Job::Retention, 11, None).is_due(at(10)));
        assert!(!record(Job::Retention, 5, Some(11)).is_due(at(10)));
    }

    #[test]
    fn a_job_whose_holder_died_is_due_when_the_lease_lapses() {
        assert!(record(Job::Retention, 5, Some(10)).is_due(at(10)));
    }

    #[test]
    fn a_job_that_never_ran_is_due() {
        let all_but_one: Vec<_> = Job::ALL[1..].iter().map(|&job| record(job, 100, None)).collect();
        assert_eq!(due_jobs(&[], at(0)), Job::ALL);
        assert_eq!(due_jobs(&all_but_one, at(0)), [Job::ForgetAnswers]);
    }

    #[test]
    fn the_next_run_is_an_interval_after_the_beginning_of_the_last() {
        let turn = Turn { job: Job::Digests, worker: WorkerId::from_uuid(Uuid::nil()), began_at: at(100) };
        for outcome in [JobOutcome::Done, JobOutcome::Alarm, JobOutcome::Failed] {
            assert_eq!(turn.next_at(outcome), Some(at(160)));
        }
        assert_eq!(turn.next_at(JobOutcome::Interrupted), None);
    }
}
