//! `ShareJobs`, `RequestJob`, `RunJob`.

use std::sync::Arc;

use application::{
    jobs::{RequestJob, RunJob, ShareJobs},
    ports::{Clock as _, Ids, NotificationQueue, StorageError},
};
use domain::{
    ids::WorkerId,
    job::{Job, JobOutcome, TURN_LEASE, due_jobs},
    ledger::Made,
    retention::Retention,
};
use port_contracts::{Fault, Operation};

use crate::desk::{Desk, OTHER_WORKER, WORKER, seconds};

fn share(desk: &Desk, worker_id: WorkerId) -> ShareJobs {
    ShareJobs { storage: desk.storage(), worker_id }
}

fn run_job(desk: &Desk) -> RunJob {
    let queue = Arc::clone(&desk.queue) as Arc<dyn NotificationQueue>;
    let ids = Arc::clone(&desk.ids) as Arc<dyn Ids>;
    RunJob::new(&desk.storage(), &queue, &desk.clock(), &ids, Retention::default())
}

#[tokio::test]
async fn of_two_workers_one_runs_a_job_and_both_know_of_it() {
    let desk = Desk::open().await;
    let (me, other) = (share(&desk, WORKER), share(&desk, OTHER_WORKER));
    let turn = me.take(Job::Digests).await.expect("storage works").expect("it is due");
    assert_eq!(other.take(Job::Digests).await.expect("storage works"), None);
    desk.clock.advance(TURN_LEASE - seconds(1));
    assert!(me.extend(&turn).await.expect("storage works"));
    desk.clock.advance(TURN_LEASE - seconds(1));
    assert_eq!(other.take(Job::Digests).await.expect("storage works"), None);
    me.finish(&turn, JobOutcome::Done).await.expect("storage works");
    let records = other.records().await.expect("storage works");
    assert_eq!((records[0].worker, records[0].outcome), (Some(WORKER), Some(JobOutcome::Done)));
    assert!(due_jobs(&records, desk.clock.now()).contains(&Job::Digests), "it took longer than a tick");
}

#[tokio::test]
async fn a_job_is_run_before_its_time_when_a_person_asks() {
    let desk = Desk::open().await;
    let me = share(&desk, WORKER);
    let turn = me.take(Job::LedgerCheck).await.expect("storage works").expect("it is due");
    me.finish(&turn, JobOutcome::Done).await.expect("storage works");
    assert_eq!(me.take(Job::LedgerCheck).await.expect("storage works"), None);
    RequestJob { storage: desk.storage() }.execute(Job::LedgerCheck).await.expect("storage works");
    desk.clock.advance(seconds(1));
    assert!(me.take(Job::LedgerCheck).await.expect("storage works").is_some());
}

#[tokio::test]
async fn every_job_runs_on_an_empty_desk() {
    let desk = Desk::open().await;
    for &job in Job::ALL {
        assert_eq!(run_job(&desk).execute(job).await.expect("storage works"), JobOutcome::Done, "{job}");
    }
}

#[tokio::test]
async fn a_ledger_that_does_not_balance_is_an_alarm() {
    let desk = Desk::open().await;
    let made = Made { users: 1, ..Made::default() };
    let now = desk.clock.now();
    desk.change(async |tx| tx.ledger().made_without_call(now, made).await).await;
    let outcome = run_job(&desk).execute(Job::LedgerCheck).await;
    assert_eq!(outcome.expect("storage works"), JobOutcome::Alarm);
}

#[tokio::test]
async fn a_fault_of_storage_is_told() {
    let desk = Desk::open().await;
    for (job, step) in [
        (Job::ForgetAnswers, Operation::IntakeForgetExpired),
        (Job::LedgerCheck, Operation::LedgerDay),
        (Job::Digests, Operation::TopicsRouting),
        (Job::Escalations, Operation::TopicsRouting),
    ] {
        desk.storage.fail_next(step, Fault::Unavailable);
        let outcome = run_job(&desk).execute(job).await;
        assert!(matches!(outcome, Err(StorageError::Unavailable(_))), "{job}");
    }
}
