//! Workers that died, and what others make of it.

use std::sync::Arc;

use domain::{
    channel::PERSON_CHANNEL_ID,
    ids::NotificationId,
    notification::{NotificationStatus, OutcomeKind},
};
use port_contracts::{Fault, Operation, RecordingChannel};
use worker::{Company, Worker};

use crate::office::{ME, OTHER, Office, after, begin, named, until};

fn recording() -> Arc<RecordingChannel> {
    Arc::new(RecordingChannel::new())
}

fn among_others(mut worker: Worker) -> Worker {
    worker.company = Company::Others;
    worker
}

/// A worker began to send one mail and was given another, and was killed.
async fn office_after_a_crash() -> (Office, NotificationId, NotificationId) {
    let (office, mail) = (Office::open().await, recording());
    let begun = office.plan(0).await;
    mail.hang();
    let shift = begin(named(OTHER, office.worker(mail.clone())));
    mail.wait_for(1).await;
    until(&office, 500).await;
    let waiting = office.plan(2_000).await;
    until(&office, 1_000).await;
    shift.kill().await;
    assert_eq!(office.status(begun).await, NotificationStatus::Sending);
    assert_eq!(office.status(waiting).await, NotificationStatus::Queued);
    assert_eq!(office.workers().await, [OTHER]);
    (office, begun, waiting)
}

#[tokio::test(start_paused = true)]
async fn a_worker_alone_takes_back_at_once_what_was_left_and_marks_what_may_be_a_copy() {
    let (office, begun, waiting) = office_after_a_crash().await;
    let mail = recording();
    office.start(mail.clone());
    assert_eq!(mail.wait_for(1).await[0].id, begun);
    assert!(office.now() <= after(1_010), "it is {}", office.now());
    mail.wait_for(2).await;
    assert!((after(2_000)..=after(2_010)).contains(&office.now()), "it is {}", office.now());
    office.wait_until(waiting, NotificationStatus::Sent).await;

    let marked: Vec<_> =
        mail.messages().iter().map(|message| (message.id, message.possible_duplicate)).collect();
    assert_eq!(marked, [(begun, true), (waiting, false)]);
    assert_eq!(office.outcomes(begun).await, [Some(OutcomeKind::Unknown), Some(OutcomeKind::Sent)]);
    assert_eq!(office.outcomes(waiting).await, [Some(OutcomeKind::Sent)]);
    assert_eq!(office.workers().await, [ME]);
}

#[tokio::test(start_paused = true)]
async fn a_worker_alone_takes_back_only_what_was_there_when_it_began() {
    let (office, mail) = (Office::open().await, recording());
    office.start(mail);
    until(&office, 500).await;
    office.change(async |tx| tx.workers().beat(OTHER).await).await;
    until(&office, 30_000).await;
    assert_eq!(office.workers().await, [ME, OTHER]);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_is_taken_back_although_the_database_fails_at_first() {
    let (office, begun, _) = office_after_a_crash().await;
    let mail = recording();
    office.storage.fail_next(Operation::DeliveriesClose, Fault::Unavailable);
    office.start(mail.clone());
    assert_eq!(mail.wait_for(1).await[0].id, begun);
    assert!(office.now() <= after(2_010), "with the next heartbeat: it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn among_others_nobody_is_taken_for_dead_until_five_seconds_after_the_own_first_heartbeat() {
    let (office, begun, _) = office_after_a_crash().await;
    until(&office, 60_000).await;
    let mail = recording();
    begin(among_others(office.worker(mail.clone())));
    until(&office, 64_900).await;
    assert_eq!(
        office.status(begun).await,
        NotificationStatus::Sending,
        "an outage looks like everybody's death"
    );
    office.wait_until(begun, NotificationStatus::Sent).await;
    assert!(office.now() <= after(66_300), "it is {}", office.now());
    assert_eq!(office.outcomes(begun).await, [Some(OutcomeKind::Unknown), Some(OutcomeKind::Sent)]);
    assert_eq!(office.workers().await, [ME]);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_lives_is_not_taken_for_dead() {
    let (office, slow, mail) = (Office::open().await, recording(), recording());
    let id = office.plan(0).await;
    slow.hang();
    begin(named(OTHER, among_others(office.worker(slow.clone()))));
    slow.wait_for(1).await;
    begin(among_others(office.worker(mail.clone())));
    until(&office, 60_000).await;
    assert_eq!((office.outcomes(id).await, mail.messages().len()), (vec![None], 0));
    assert_eq!(office.workers().await, [ME, OTHER]);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_dies_is_replaced_within_seconds() {
    let (office, slow, mail) = (Office::open().await, recording(), recording());
    let id = office.plan(0).await;
    slow.hang();
    let doomed = begin(named(OTHER, among_others(office.worker(slow.clone()))));
    slow.wait_for(1).await;
    begin(among_others(office.worker(mail.clone())));
    until(&office, 20_000).await;
    doomed.kill().await;
    assert_eq!(mail.wait_for(1).await[0].id, id);
    let expected = after(24_500)..=after(26_500);
    assert!(expected.contains(&office.now()), "silent for five seconds: it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn after_an_outage_of_the_database_nobody_is_taken_for_dead_for_having_been_silent() {
    let (office, slow, mail) = (Office::open().await, recording(), recording());
    let id = office.plan(0).await;
    slow.hang();
    begin(named(OTHER, among_others(office.worker(slow.clone()))));
    slow.wait_for(1).await;
    until(&office, 700).await;
    begin(among_others(office.worker(mail.clone())));
    until(&office, 20_000).await;
    for (away, back) in [(20_000, 50_000), (60_000, 66_500), (80_000, 84_500), (90_000, 95_200)] {
        until(&office, away).await;
        office.storage.go_away();
        until(&office, back).await;
        office.storage.come_back();
    }
    until(&office, 110_000).await;
    assert_eq!(office.outcomes(id).await, [None]);
    slow.release();
    office.wait_until(id, NotificationStatus::Sent).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_worker_sent_after_it_was_taken_for_dead_changes_nothing() {
    let (office, slow, mail) = (Office::open().await, recording(), recording());
    let id = office.plan(0).await;
    slow.hang();
    let leaving = begin(named(OTHER, office.worker(slow.clone())));
    slow.wait_for(1).await;
    leaving.ask_to_stop();
    office.start(mail.clone());
    office.wait_until(id, NotificationStatus::Sent).await;
    slow.release();
    leaving.end().await;
    until(&office, 30_000).await;
    assert_eq!(office.outcomes(id).await, [Some(OutcomeKind::Unknown), Some(OutcomeKind::Sent)]);
    assert_eq!((slow.messages().len(), mail.messages().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn two_workers_share_the_work_and_double_nothing() {
    let (office, one, two) = (Office::open().await, recording(), recording());
    let ids = office.plan_over(PERSON_CHANNEL_ID, 500, 1_000).await;
    begin(among_others(office.worker(one.clone())));
    begin(named(OTHER, among_others(office.worker(two.clone()))));
    until(&office, 30_000).await;
    let mut delivered: Vec<_> =
        [one.messages(), two.messages()].concat().iter().map(|message| message.id).collect();
    delivered.sort_unstable();
    assert_eq!(delivered, ids);
}
