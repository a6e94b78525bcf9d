//! Periodic jobs: once per tick, on one worker.

use domain::{
    ids::WorkerId,
    job::{Job, JobOutcome, JobRecord, TURN_LEASE, Turn},
};
use jiff::SignedDuration;
use tokio::task::JoinSet;

use super::desk::{Desk, TICK, let_others_go_on};

const JOB: Job = Job::LedgerCheck;

pub async fn a_job_that_never_ran_is_given_to_whoever_asks_first(desk: &Desk<'_>) {
    let [one, other] = [desk.worker(), desk.worker()];
    assert_eq!(record(desk).await, None);
    let turn = take(desk, one).await.expect("it is due");
    assert_eq!(turn, Turn { job: JOB, worker: one, began_at: desk.now() });
    assert_eq!(take(desk, other).await, None);
    assert_eq!(take(desk, one).await, None, "not even to the same worker twice");
}

pub async fn a_job_runs_once_per_tick(desk: &Desk<'_>) {
    let worker = desk.worker();
    let began_at = desk.now();
    let turn = take(desk, worker).await.expect("it is due");
    desk.advance(SignedDuration::from_secs(3));
    finish(desk, &turn, JobOutcome::Done).await;
    assert_eq!(take(desk, worker).await, None, "it ran");
    desk.advance(JOB.interval() - SignedDuration::from_secs(3) - TICK);
    assert_eq!(take(desk, worker).await, None, "the next tick begins an interval after the last one began");
    desk.advance(TICK);
    let next = take(desk, desk.worker()).await.expect("the next tick is anybody's");
    assert_eq!(next.began_at, began_at + JOB.interval());
}

pub async fn jobs_are_independent_of_each_other(desk: &Desk<'_>) {
    let worker = desk.worker();
    take(desk, worker).await.expect("it is due");
    for &other in Job::ALL.iter().filter(|&&job| job != JOB) {
        let turn = desk.write(async |tx| tx.jobs().take(other, worker, TURN_LEASE).await).await;
        assert_eq!(turn.map(|turn| turn.job), Some(other));
    }
    let mut known: Vec<_> = records(desk).await.iter().map(|record| record.job).collect();
    known.sort();
    assert_eq!(known, Job::ALL);
}

pub async fn of_many_workers_one_runs_a_job(desk: &Desk<'_>) {
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let (storage, worker) = (desk.storage(), desk.worker());
        workers.spawn(async move {
            application::ports::atomically(&*storage, async |tx| {
                let turn = tx.jobs().take(JOB, worker, TURN_LEASE).await?;
                let_others_go_on().await;
                Ok::<_, application::ports::StorageError>(turn)
            })
            .await
        });
    }
    let mut turns = Vec::new();
    while let Some(outcome) = workers.join_next().await {
        // Who meets another may be refused instead of answered.
        turns.extend(outcome.expect("nobody panics").ok().flatten());
    }
    assert_eq!(turns.len(), 1);
    assert_eq!(record(desk).await.expect("it runs").worker, Some(turns[0].worker));
}

pub async fn the_turn_of_a_dead_worker_lapses(desk: &Desk<'_>) {
    let [dead, living] = [desk.worker(), desk.worker()];
    let lost = take(desk, dead).await.expect("it is due");
    desk.advance(TURN_LEASE - TICK);
    assert_eq!(take(desk, living).await, None);
    desk.advance(TICK);
    let turn = take(desk, living).await.expect("the lease is over");
    assert_eq!(turn.worker, living);

    assert!(!extend(desk, &lost).await, "it is another's");
    finish(desk, &lost, JobOutcome::Failed).await;
    let record = record(desk).await.expect("it runs");
    assert_eq!((record.worker, record.outcome), (Some(living), None), "who comes late changes nothing");
    assert!(record.leased_until.is_some());
}

pub async fn a_turn_that_is_extended_does_not_lapse(desk: &Desk<'_>) {
    let [busy, other] = [desk.worker(), desk.worker()];
    let turn = take(desk, busy).await.expect("it is due");
    for _ in 0..3 {
        desk.advance(TURN_LEASE - TICK);
        assert!(extend(desk, &turn).await);
        assert_eq!(take(desk, other).await, None);
    }
    finish(desk, &turn, JobOutcome::Done).await;
    assert!(!extend(desk, &turn).await, "what is finished cannot be extended");
}

pub async fn the_last_and_the_next_run_can_be_read(desk: &Desk<'_>) {
    let worker = desk.worker();
    let began_at = desk.now();
    let turn = take(desk, worker).await.expect("it is due");
    let running = JobRecord {
        job: JOB,
        next_at: began_at,
        leased_until: Some(began_at + TURN_LEASE),
        worker: Some(worker),
        began_at: Some(began_at),
        ended_at: None,
        outcome: None,
    };
    assert_eq!(record(desk).await, Some(running));
    desk.advance(SignedDuration::from_secs(2));
    finish(desk, &turn, JobOutcome::Alarm).await;
    let finished = JobRecord {
        next_at: began_at + JOB.interval(),
        leased_until: None,
        ended_at: Some(desk.now()),
        outcome: Some(JobOutcome::Alarm),
        ..running
    };
    assert_eq!(record(desk).await, Some(finished));

    desk.advance(JOB.interval());
    take(desk, worker).await.expect("it is due again");
    let again = record(desk).await.expect("it runs");
    assert_eq!(again.began_at, Some(desk.now()));
    assert_eq!((again.ended_at, again.outcome), (finished.ended_at, finished.outcome), "until it is over");
}

pub async fn an_interrupted_job_is_due_at_once(desk: &Desk<'_>) {
    let turn = take(desk, desk.worker()).await.expect("it is due");
    finish(desk, &turn, JobOutcome::Interrupted).await;
    assert!(take(desk, desk.worker()).await.is_some());
}

pub async fn a_job_that_was_asked_for_is_due_before_its_time(desk: &Desk<'_>) {
    let worker = desk.worker();
    request(desk).await;
    assert_eq!(record(desk).await.map(|record| record.next_at), Some(desk.now()), "it has not run yet");
    let turn = take(desk, worker).await.expect("it is due");
    request(desk).await;
    assert_eq!(take(desk, worker).await, None, "it runs already");
    finish(desk, &turn, JobOutcome::Done).await;
    assert_eq!(take(desk, worker).await, None);
    desk.advance(TICK);
    request(desk).await;
    assert!(take(desk, worker).await.is_some());
}

async fn take(desk: &Desk<'_>, worker: WorkerId) -> Option<Turn> {
    desk.write(async |tx| tx.jobs().take(JOB, worker, TURN_LEASE).await).await
}

async fn extend(desk: &Desk<'_>, turn: &Turn) -> bool {
    desk.write(async |tx| tx.jobs().extend(turn, TURN_LEASE).await).await
}

async fn finish(desk: &Desk<'_>, turn: &Turn, outcome: JobOutcome) {
    desk.write(async |tx| tx.jobs().finish(turn, outcome).await).await;
}

async fn request(desk: &Desk<'_>) {
    desk.write(async |tx| tx.jobs().request(JOB).await).await;
}

async fn records(desk: &Desk<'_>) -> Vec<JobRecord> {
    desk.read(async |tx| tx.jobs().all().await).await
}

async fn record(desk: &Desk<'_>) -> Option<JobRecord> {
    records(desk).await.into_iter().find(|record| record.job == JOB)
}
