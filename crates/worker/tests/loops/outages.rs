//! The database goes away and comes back.

use std::{sync::Arc, time::Duration};

use application::ports::NotificationQueue;
use domain::{
    channel::PERSON_CHANNEL_ID,
    ids::NotificationId,
    message::Message,
    notification::{NotificationStatus, OutcomeKind},
};
use port_contracts::{Fault, Operation, RecordingChannel};

use crate::office::{Office, after, until};

fn recording() -> Arc<RecordingChannel> {
    Arc::new(RecordingChannel::new())
}

fn ids(messages: &[Message]) -> Vec<NotificationId> {
    messages.iter().map(|message| message.id).collect()
}

#[tokio::test(start_paused = true)]
async fn outcomes_are_kept_while_the_database_is_away_and_nothing_is_sent_twice() {
    let (office, mail) = (Office::open().await, recording());
    let sending = office.plan_over(PERSON_CHANNEL_ID, 3, 0).await;
    let later = office.plan_over(PERSON_CHANNEL_ID, 3, 1_500).await;
    mail.hang();
    office.start(mail.clone());
    mail.wait_for(3).await;
    until(&office, 1_000).await;
    office.storage.go_away();
    mail.release();
    until(&office, 20_000).await;
    assert_eq!(ids(&mail.messages()), sending, "nothing new is sent meanwhile");

    office.storage.come_back();
    mail.wait_for(6).await;
    until(&office, 60_000).await;
    assert_eq!(ids(&mail.messages()), [sending.clone(), later].concat());
    for id in sending {
        assert_eq!(office.outcomes(id).await, [Some(OutcomeKind::Sent)]);
        assert_eq!(office.status(id).await, NotificationStatus::Sent);
    }
}

#[tokio::test(start_paused = true)]
async fn an_outcome_is_written_soon_after_the_database_is_back_even_when_nothing_else_is_to_be_done() {
    let (office, mail) = (Office::open().await, recording());
    let id = office.plan(0).await;
    mail.hang();
    office.start(mail.clone());
    mail.wait_for(1).await;
    office.storage.go_away();
    mail.release();
    until(&office, 2_000).await;
    office.storage.come_back();
    until(&office, 2_500).await;
    assert_eq!(office.status(id).await, NotificationStatus::Sent);
}

#[tokio::test(start_paused = true)]
async fn the_time_of_an_outcome_is_when_it_was_known_and_not_when_it_was_written() {
    let (office, mail) = (Office::open().await, recording());
    let id = office.plan(0).await;
    mail.hang();
    office.start(mail.clone());
    mail.wait_for(1).await;
    until(&office, 1_000).await;
    office.storage.go_away();
    mail.release();
    until(&office, 4_000).await;
    office.storage.come_back();
    office.wait_until(id, NotificationStatus::Sent).await;
    assert_eq!(office.attempts(id).await[0].closed_at, Some(after(1_000)));
}

#[tokio::test(start_paused = true)]
async fn what_fell_due_during_an_outage_goes_out_when_it_is_over() {
    let (office, mail) = (Office::open().await, recording());
    let id = office.plan(5_000).await;
    office.start(mail.clone());
    until(&office, 1_000).await;
    office.storage.go_away();
    until(&office, 10_000).await;
    office.storage.come_back();
    assert_eq!(ids(&mail.wait_for(1).await), [id]);
    assert!(office.now() <= after(11_300), "a heartbeat and a poll later: it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_starts_without_a_database_waits_for_it() {
    let (office, mail) = (Office::open().await, recording());
    let id = office.plan(0).await;
    office.storage.go_away();
    let shift = office.start(mail.clone());
    until(&office, 30_000).await;
    assert!(!shift.has_ended() && !shift.pulse.may_open());
    office.storage.come_back();
    assert_eq!(ids(&mail.wait_for(1).await), [id]);
}

/// Fails a step of every opening and closing for a while.
async fn with_failing(step: Operation, faults: usize) {
    let (office, mail) = (Office::open().await, recording());
    let sent = office.plan_over(PERSON_CHANNEL_ID, 20, 0).await;
    for _ in 0..faults {
        office.storage.fail_next(step, Fault::Unavailable);
    }
    office.start(mail.clone());
    mail.wait_for(sent.len()).await;
    until(&office, 90_000).await;
    assert_eq!(office.count(NotificationStatus::Sent).await, sent.len(), "{step:?}");
    let mut delivered = ids(&mail.messages());
    delivered.sort_unstable();
    assert_eq!(delivered, sent, "{step:?}: each once");
}

#[tokio::test(start_paused = true)]
async fn whichever_step_fails_for_a_while_everything_is_sent_once() {
    let steps = [
        Operation::Begin,
        Operation::Read,
        Operation::DeliveriesLoads,
        Operation::DeliveriesClaim,
        Operation::DeliveriesOpen,
        Operation::DeliveriesClose,
        Operation::ChannelsNoteResults,
        Operation::DeliveriesAbandoned,
        Operation::WorkersBeat,
        Operation::WorkersAll,
        Operation::Commit,
    ];
    for step in steps {
        with_failing(step, 7).await;
    }
}

#[tokio::test(start_paused = true)]
async fn commits_that_are_done_but_not_confirmed_lose_and_double_nothing() {
    for faults in 1..12 {
        with_failing(Operation::CommitAnswer, faults).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_whose_opening_was_not_confirmed_was_not_begun_and_is_made_up_for_at_once() {
    let (office, mail) = (Office::open().await, recording());
    let id = office.plan(1_500).await;
    office.start(mail.clone());
    until(&office, 1_400).await;
    office.storage.fail_next(Operation::CommitAnswer, Fault::Unavailable);
    let message = mail.wait_for(1).await.remove(0);
    assert!(office.now() <= after(1_800), "it is {}", office.now());
    assert!(!message.possible_duplicate, "nothing was sent before");
    office.wait_until(id, NotificationStatus::Sent).await;
    let outcomes = office.outcomes(id).await;
    assert_eq!(outcomes, [Some(OutcomeKind::Temporary), Some(OutcomeKind::Sent)]);
}

#[tokio::test(start_paused = true)]
async fn what_runs_is_left_alone_when_another_opening_was_not_confirmed() {
    let (office, mail) = (Office::open().await, recording());
    let running = office.plan(500).await;
    let doubtful = office.plan(1_500).await;
    mail.hang();
    office.start(mail.clone());
    until(&office, 1_400).await;
    office.storage.fail_next(Operation::CommitAnswer, Fault::Unavailable);
    mail.wait_for(2).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(office.outcomes(running).await, [None]);
    mail.release();
    office.queue.ring();
    for id in [running, doubtful] {
        office.wait_until(id, NotificationStatus::Sent).await;
    }
    assert_eq!(ids(&mail.messages()), [running, doubtful]);
}
