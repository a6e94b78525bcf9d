//! A worker opens no attempt while it cannot tell that it lives.

use std::sync::Arc;

use application::ports::NotificationQueue;
use domain::notification::NotificationStatus;
use port_contracts::{Fault, Operation, RecordingChannel};

use crate::office::{ME, Office, after, until};

fn recording() -> Arc<RecordingChannel> {
    Arc::new(RecordingChannel::new())
}

fn stop_heart(office: &Office, beats: usize) {
    for _ in 0..beats {
        office.storage.fail_next(Operation::WorkersBeat, Fault::Unavailable);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_heartbeat_for_three_seconds_no_attempt_is_opened_until_the_heart_beats_again() {
    let (office, mail) = (Office::open().await, recording());
    office.start(mail.clone());
    until(&office, 2_500).await;
    // The last heartbeat was after two seconds; the next that succeeds comes after nine.
    stop_heart(&office, 6);
    let early = office.plan(4_900).await;
    office.plan(5_100).await;
    assert_eq!(mail.wait_for(1).await[0].id, early);
    until(&office, 8_900).await;
    assert_eq!(mail.messages().len(), 1);
    mail.wait_for(2).await;
    assert!((after(9_000)..=after(9_300)).contains(&office.now()), "it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn without_a_heartbeat_nothing_is_claimed_that_another_worker_could_send() {
    let (office, mail) = (Office::open().await, recording());
    office.start(mail.clone());
    until(&office, 2_500).await;
    stop_heart(&office, 6);
    until(&office, 5_500).await;
    let id = office.plan(5_500).await;
    office.queue.ring();
    until(&office, 8_500).await;
    assert_eq!(office.status(id).await, NotificationStatus::Scheduled);
    office.wait_until(id, NotificationStatus::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn before_the_first_heartbeat_nothing_is_opened() {
    let (office, mail) = (Office::open().await, recording());
    office.plan(0).await;
    stop_heart(&office, 4);
    let shift = office.start(mail.clone());
    until(&office, 3_900).await;
    assert!(!shift.pulse.may_open() && mail.messages().is_empty());
    mail.wait_for(1).await;
    assert!(shift.pulse.may_open());
    assert!(office.now() <= after(4_300), "it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn what_runs_goes_on_without_a_heartbeat_and_is_written() {
    let (office, mail) = (Office::open().await, recording());
    let id = office.plan(0).await;
    mail.hang();
    office.start(mail.clone());
    mail.wait_for(1).await;
    stop_heart(&office, 30);
    until(&office, 10_000).await;
    mail.release();
    until(&office, 10_500).await;
    assert_eq!(office.status(id).await, NotificationStatus::Sent);
}

#[tokio::test(start_paused = true)]
async fn the_heart_beats_every_second() {
    let (office, mail) = (Office::open().await, recording());
    office.start(mail);
    for second in 1..20 {
        until(&office, second * 1_000 + 500).await;
        let before = after(second * 1_000);
        let silent = office.look(async |snapshot| snapshot.workers().silent_since(before).await).await;
        assert_eq!((silent, office.workers().await), (vec![], vec![ME]));
    }
}

#[tokio::test(start_paused = true)]
async fn readiness_can_see_the_pulse() {
    let (office, mail) = (Office::open().await, recording());
    let shift = office.start(mail);
    until(&office, 500).await;
    assert!(shift.pulse.may_open());
    office.storage.go_away();
    until(&office, 3_100).await;
    assert!(!shift.pulse.may_open());
    office.storage.come_back();
    until(&office, 4_100).await;
    assert!(shift.pulse.may_open());
}
