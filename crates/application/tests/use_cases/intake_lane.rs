//! `IntakeLane`: calls that wait share a commit.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use application::{
    intake::{IntakeLane, LaneRunner, TakeCalls, WAITING_CALLS_MAX},
    ports::Ids,
};
use domain::{
    answer::{Answer, Verdict},
    intake::PendingCall,
};
use port_contracts::SequentialIds;
use serde_json::json;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::desk::Desk;

/// A caller that waits for its answer.
type Caller = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// Puts calls into a lane whose other end does not run yet.
async fn queue(lane: &IntakeLane, calls: Vec<PendingCall>) -> Vec<Caller> {
    let mut callers = Vec::with_capacity(calls.len());
    for call in calls {
        let lane = lane.clone();
        let mut caller: Caller = Box::pin(async move { lane.submit(call).await });
        let answered = poll_fn(|context| Poll::Ready(caller.as_mut().poll(context))).await;
        assert!(answered.is_pending(), "nobody answers yet");
        callers.push(caller);
    }
    callers
}

async fn answers(callers: Vec<Caller>) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(callers.len());
    for caller in callers {
        answers.push(caller.await);
    }
    answers
}

fn people(desk: &Desk, count: usize) -> Vec<PendingCall> {
    let call = |number| {
        desk.users_call(
            &json!({"name": format!("Ana {number}"), "email": format!("ana{number}@example.com")}),
        )
    };
    (0..count).map(call).collect()
}

fn start(runner: LaneRunner) -> JoinHandle<()> {
    tokio::spawn(runner.run())
}

#[tokio::test]
async fn calls_that_wait_share_one_commit_and_each_caller_gets_its_own_answer() {
    let desk = Desk::open().await;
    let (lane, runner) = IntakeLane::new(desk.take_calls());
    let calls = people(&desk, 50);
    let waiting = queue(&lane, calls.clone()).await;
    let before = desk.storage.commits();
    start(runner);
    let answers = answers(waiting).await;

    assert_eq!(desk.storage.commits(), before + 1);
    for (number, (answer, call)) in answers.iter().zip(&calls).enumerate() {
        assert_eq!(answer.request_id, call.request_id);
        assert_eq!(answer.name, Some(format!("Ana {number}")));
    }
}

#[tokio::test]
async fn a_commit_takes_at_most_256_calls() {
    let desk = Desk::open().await;
    let (lane, runner) = IntakeLane::new(desk.take_calls());
    let waiting = queue(&lane, people(&desk, 300)).await;
    let before = desk.storage.commits();
    start(runner);
    assert!(answers(waiting).await.iter().all(|answer| answer.result == Verdict::Ok));
    assert_eq!(desk.storage.commits(), before + 2);
}

#[tokio::test]
async fn when_too_many_wait_one_more_is_told_to_retry_at_once_and_the_others_are_taken() {
    let desk = Desk::open().await;
    let (lane, runner) = IntakeLane::new(desk.take_calls());
    let mut calls = people(&desk, WAITING_CALLS_MAX + 1);
    let one_more = calls.pop().expect("a call");
    let waiting = queue(&lane, calls).await;
    let refused = lane.submit(one_more.clone()).await;
    assert_eq!((refused.result, refused.request_id), (Verdict::Retry, one_more.request_id));
    start(runner);
    assert!(answers(waiting).await.iter().all(|answer| answer.result == Verdict::Ok));
    assert_eq!(desk.users().await.len(), WAITING_CALLS_MAX);
    assert_eq!(lane.submit(one_more).await.result, Verdict::Ok);
}

#[tokio::test]
async fn a_caller_that_hangs_up_does_not_undo_its_call() {
    let desk = Desk::open().await;
    let (lane, runner) = IntakeLane::new(desk.take_calls());
    let mut waiting = queue(&lane, people(&desk, 2)).await;
    drop(waiting.remove(0));
    start(runner);
    assert_eq!(answers(waiting).await[0].result, Verdict::Ok);
    assert_eq!(desk.users().await.len(), 2);
}

#[tokio::test]
async fn when_every_lane_is_gone_what_waits_is_answered_and_the_runner_ends() {
    let desk = Desk::open().await;
    let (lane, runner) = IntakeLane::new(desk.take_calls());
    let waiting = queue(&lane, people(&desk, 3)).await;
    drop(lane);
    let runs = start(runner);
    assert!(answers(waiting).await.iter().all(|answer| answer.result == Verdict::Ok));
    runs.await.expect("the runner ends");
}

#[tokio::test]
async fn without_a_runner_a_call_is_told_to_retry() {
    let desk = Desk::open().await;
    let (lane, runner) = IntakeLane::new(desk.take_calls());
    let waiting = queue(&lane, people(&desk, 1)).await;
    drop(runner);
    assert_eq!(answers(waiting).await[0].result, Verdict::Retry);
    assert_eq!(lane.submit(people(&desk, 1).remove(0)).await.result, Verdict::Retry);
}

/// Ids that panic for as many calls as they are told to, as a mistake in a decision would.
#[derive(Default)]
struct BrittleIds {
    ids: SequentialIds,
    panics: AtomicUsize,
}

impl Ids for BrittleIds {
    fn next(&self) -> Uuid {
        let left = self.panics.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        assert!(left.is_err(), "the test made it panic");
        self.ids.next()
    }
}

fn brittle(desk: &Desk) -> (Arc<BrittleIds>, IntakeLane, LaneRunner) {
    let ids = Arc::new(BrittleIds::default());
    let (lane, runner) = IntakeLane::new(TakeCalls { ids: Arc::clone(&ids) as _, ..desk.take_calls() });
    (ids, lane, runner)
}

#[tokio::test]
async fn a_call_that_panics_costs_no_other_of_its_batch_its_answer() {
    let desk = Desk::open().await;
    let (ids, lane, runner) = brittle(&desk);
    let waiting = queue(&lane, people(&desk, 3)).await;
    // Once for the batch, and once more for its first call alone.
    ids.panics.store(2, Ordering::Relaxed);
    start(runner);
    let results: Vec<_> = answers(waiting).await.iter().map(|answer| answer.result).collect();
    assert_eq!(results, [Verdict::Retry, Verdict::Ok, Verdict::Ok]);
    assert_eq!(desk.users().await.len(), 2);
}

#[tokio::test]
async fn the_lane_lives_on_after_panics() {
    let desk = Desk::open().await;
    let (ids, lane, runner) = brittle(&desk);
    let mut calls = people(&desk, 3);
    let last = calls.pop().expect("three calls");
    let waiting = queue(&lane, calls).await;
    ids.panics.store(3, Ordering::Relaxed);
    start(runner);
    assert!(answers(waiting).await.iter().all(|answer| answer.result == Verdict::Retry));
    assert_eq!(desk.users().await, []);
    assert_eq!(lane.submit(last).await.result, Verdict::Ok);
}
