//! Running workers, by their heartbeats.

use domain::ids::WorkerId;
use jiff::{SignedDuration, Timestamp};

use super::desk::{Desk, TICK};

pub async fn a_heartbeat_answers_the_time_of_the_database(desk: &Desk<'_>) {
    let worker = desk.worker();
    assert_eq!(beat(desk, worker).await, desk.now());
    desk.advance(SignedDuration::from_secs(1));
    assert_eq!(beat(desk, worker).await, desk.now());
    assert_eq!(all(desk).await, [worker], "two heartbeats are one worker's");
}

pub async fn a_worker_is_silent_from_its_last_heartbeat_on(desk: &Desk<'_>) {
    let [living, dying] = [desk.worker(), desk.worker()];
    for worker in [living, dying] {
        beat(desk, worker).await;
    }
    let last = desk.now();
    desk.advance(SignedDuration::from_secs(5));
    beat(desk, living).await;
    assert_eq!(silent_since(desk, last).await, [], "a heartbeat is not older than itself");
    assert_eq!(silent_since(desk, last + TICK).await, [dying]);
    assert_eq!(silent_since(desk, desk.now()).await, [dying]);
    assert_eq!(silent_since(desk, desk.now() + TICK).await, [living, dying]);

    beat(desk, dying).await;
    assert_eq!(silent_since(desk, desk.now()).await, [], "it came back");
}

pub async fn a_worker_is_known_until_it_is_forgotten(desk: &Desk<'_>) {
    let [one, two, three] = [desk.worker(), desk.worker(), desk.worker()];
    assert_eq!(all(desk).await, []);
    for worker in [one, two, three] {
        beat(desk, worker).await;
    }
    desk.advance(SignedDuration::from_hours(24));
    assert_eq!(all(desk).await, [one, two, three]);
    desk.write(async |tx| tx.workers().forget(&[one, three, desk.worker()]).await).await;
    assert_eq!(all(desk).await, [two]);
    assert_eq!(silent_since(desk, desk.now()).await, [two]);
}

async fn beat(desk: &Desk<'_>, worker: WorkerId) -> Timestamp {
    desk.write(async |tx| tx.workers().beat(worker).await).await
}

/// Sorted: nothing is promised about their order.
async fn all(desk: &Desk<'_>) -> Vec<WorkerId> {
    let mut workers = desk.read(async |tx| tx.workers().all().await).await;
    workers.sort();
    workers
}

async fn silent_since(desk: &Desk<'_>, before: Timestamp) -> Vec<WorkerId> {
    let mut workers = desk.read(async |tx| tx.workers().silent_since(before).await).await;
    workers.sort();
    workers
}
