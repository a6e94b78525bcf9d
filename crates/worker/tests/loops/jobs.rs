//! Periodic jobs: one worker at a time runs each, and what a worker leaves others go on with.

use std::{sync::Arc, time::Duration};

use application::{jobs::RequestJob, ports::Clock as _};
use domain::{
    job::{Job, JobOutcome, JobRecord},
    ledger::Made,
};
use jiff::Timestamp;
use port_contracts::{Fault, Operation, RecordingChannel};
use worker::{Company, Worker};

use crate::office::{ME, OTHER, Office, after, begin, named, until};

fn worker(office: &Office) -> Worker {
    let worker = office.worker(Arc::new(RecordingChannel::new()));
    Worker { company: Company::Others, ..worker }
}

async fn record(office: &Office, job: Job) -> Option<JobRecord> {
    let records = office.look(async |snapshot| snapshot.jobs().all().await).await;
    records.into_iter().find(|record| record.job == job)
}

/// Waits until the job ran to an end at `since` or later.
async fn wait_for_end(office: &Office, job: Job, since: Timestamp) -> JobRecord {
    for _ in 0..100_000 {
        if let Some(record) = record(office, job).await
            && record.ended_at.is_some_and(|ended| ended >= since)
        {
            return record;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{job} does not end");
}

#[tokio::test(start_paused = true)]
async fn every_job_runs_at_the_start_and_then_once_per_tick() {
    let office = Office::open().await;
    begin(worker(&office));
    for &job in Job::ALL {
        let first = wait_for_end(&office, job, after(0)).await;
        assert_eq!((first.outcome, first.worker), (Some(JobOutcome::Done), Some(ME)), "{job}");
        let began_at = first.began_at.expect("it ran");
        assert_eq!(first.next_at, began_at + job.interval());
        let second = wait_for_end(&office, job, first.next_at).await;
        let late = second.began_at.expect("it ran").duration_since(first.next_at);
        assert!((0..=5_000).contains(&late.as_millis()), "{job} is {late} late");
    }
}

#[tokio::test(start_paused = true)]
async fn two_workers_share_the_ticks_of_a_job() {
    let office = Office::open().await;
    begin(worker(&office));
    begin(named(OTHER, worker(&office)));
    let mut begins: Vec<Timestamp> = Vec::new();
    until(&office, 1_000).await;
    while office.now() < after(300_000) {
        let began_at =
            record(&office, Job::Digests).await.and_then(|record| record.began_at).expect("it ran");
        if begins.last() != Some(&began_at) {
            begins.push(began_at);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let waits = begins.windows(2).map(|pair| pair[1].duration_since(pair[0]));
    assert!(begins.len() >= 5, "{begins:?}");
    assert!(waits.into_iter().all(|wait| wait >= Job::Digests.interval()), "{begins:?}");
}

#[tokio::test(start_paused = true)]
async fn the_jobs_of_a_dead_worker_go_to_another_when_its_lease_is_over() {
    let office = Office::open().await;
    office.change(async |tx| tx.jobs().take(Job::LedgerCheck, OTHER, domain::job::TURN_LEASE).await).await;
    begin(worker(&office));
    until(&office, 59_000).await;
    assert_eq!(record(&office, Job::LedgerCheck).await.and_then(|record| record.worker), Some(OTHER));
    let ended = wait_for_end(&office, Job::LedgerCheck, after(60_000)).await;
    assert_eq!(ended.worker, Some(ME));
    assert!(office.now() <= after(65_200), "it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn a_job_that_fails_is_tried_again_with_the_next_tick() {
    let office = Office::open().await;
    office.storage.fail_next(Operation::TopicsRouting, Fault::Unavailable);
    office.storage.fail_next(Operation::TopicsRouting, Fault::Unavailable);
    begin(worker(&office));
    let jobs = [Job::Digests, Job::Escalations];
    for job in jobs {
        assert_eq!(wait_for_end(&office, job, after(0)).await.outcome, Some(JobOutcome::Failed));
    }
    for job in jobs {
        let again = wait_for_end(&office, job, after(60_000)).await;
        assert_eq!(again.outcome, Some(JobOutcome::Done));
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_ends_no_worker_and_jobs_go_on_after_it() {
    let office = Office::open().await;
    let shift = begin(worker(&office));
    wait_for_end(&office, Job::ForgetAnswers, after(0)).await;
    office.storage.go_away();
    until(&office, 120_000).await;
    office.storage.come_back();
    wait_for_end(&office, Job::ForgetAnswers, after(120_000)).await;
    assert!(!shift.has_ended());
}

#[tokio::test(start_paused = true)]
async fn a_job_that_a_person_asks_for_runs_within_seconds() {
    let office = Office::open().await;
    begin(worker(&office));
    wait_for_end(&office, Job::LedgerCheck, after(0)).await;
    until(&office, 21_000).await;
    let made = Made { users: 1, ..Made::default() };
    office.change(async |tx| tx.ledger().made_without_call(after(0), made).await).await;
    RequestJob { storage: office.storage() }.execute(Job::LedgerCheck).await.expect("storage works");
    let ended = wait_for_end(&office, Job::LedgerCheck, after(21_000)).await;
    assert_eq!(ended.outcome, Some(JobOutcome::Alarm));
    assert!(office.now() <= after(26_200), "it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_stops_leaves_no_turn_behind() {
    let office = Office::open().await;
    let shift = begin(worker(&office));
    until(&office, 2_000).await;
    shift.stop().await;
    let records = office.look(async |snapshot| snapshot.jobs().all().await).await;
    assert_eq!(records.len(), Job::ALL.len());
    assert!(records.iter().all(|record| record.leased_until.is_none()), "{records:?}");
    assert!(office.clock.now() < after(3_000), "nobody waits for a tick to stop");
}
