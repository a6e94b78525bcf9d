//! A worker stops: what runs is finished, the rest handed back.

use std::{sync::Arc, time::Duration};

use application::ports::{NotificationQueue, QueueError, Subscription};
use async_trait::async_trait;
use domain::{
    channel::{ChannelKind, PERSON_CHANNEL_ID},
    dispatch::Claimed,
    notification::{NotificationStatus, OutcomeKind},
};
use port_contracts::RecordingChannel;

use crate::{
    office::{ME, OTHER, Office, after, begin, named, until},
    wires::Forked,
};

fn recording() -> Arc<RecordingChannel> {
    Arc::new(RecordingChannel::new())
}

#[tokio::test(start_paused = true)]
async fn what_is_being_sent_is_finished_and_the_rest_handed_back() {
    let (office, mail) = (Office::open().await, recording());
    let sending = office.plan_over(PERSON_CHANNEL_ID, 3, 0).await;
    mail.hang();
    let shift = office.start(mail.clone());
    mail.wait_for(3).await;
    until(&office, 500).await;
    let queued = office.plan(1_500).await;
    until(&office, 1_000).await;
    assert_eq!(office.status(queued).await, NotificationStatus::Queued);

    shift.ask_to_stop();
    until(&office, 5_000).await;
    assert!(!shift.has_ended());
    mail.release();
    shift.end().await;
    assert!(office.now() <= after(5_010), "it is {}", office.now());
    for id in sending {
        assert_eq!(office.outcomes(id).await, [Some(OutcomeKind::Sent)]);
    }
    assert_eq!((office.status(queued).await, mail.messages().len()), (NotificationStatus::Scheduled, 3));
    assert_eq!(office.workers().await, []);
}

#[tokio::test(start_paused = true)]
async fn each_outcome_is_written_as_soon_as_it_is_known_although_another_runs_on() {
    let (office, mail, team) = (Office::open().await, recording(), recording());
    let forked = Forked { name: "person", this: mail.clone(), that: team.clone() };
    let slow = office.plan(0).await;
    let quick = office.plan_over(office.channel("team-email").await, 1, 0).await[0];
    mail.hang();
    team.hang();
    let shift = office.start(Arc::new(forked));
    mail.wait_for(1).await;
    team.wait_for(1).await;
    shift.ask_to_stop();
    team.release();
    until(&office, 1_000).await;
    assert_eq!(office.status(quick).await, NotificationStatus::Sent);
    assert_eq!(office.status(slow).await, NotificationStatus::Sending);
}

#[tokio::test(start_paused = true)]
async fn an_idle_worker_stops_at_once_and_is_forgotten() {
    let (office, mail) = (Office::open().await, recording());
    let later = office.plan(60_000).await;
    let shift = office.start(mail);
    until(&office, 10_000).await;
    shift.stop().await;
    assert_eq!(office.now(), after(10_000));
    assert_eq!((office.workers().await, office.status(later).await), (vec![], NotificationStatus::Scheduled));
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_hangs_is_left_open_after_the_grace_and_taken_up_by_the_next_worker() {
    let (office, mail) = (Office::open().await, recording());
    let hung = office.plan(0).await;
    let queued = office.plan(1_900).await;
    mail.hang();
    let shift = office.start(mail.clone());
    mail.wait_for(1).await;
    until(&office, 1_000).await;
    shift.stop().await;
    assert_eq!(office.now(), after(1_000 + 30_000));
    assert_eq!(mail.running(), 0, "nothing runs on unseen");
    assert_eq!(office.status(hung).await, NotificationStatus::Sending);
    assert_eq!(office.status(queued).await, NotificationStatus::Scheduled);
    assert_eq!(office.workers().await, [ME], "remembered, so that somebody closes it");

    let next = recording();
    begin(named(OTHER, office.worker(next.clone())));
    let mut marked: Vec<_> =
        next.wait_for(2).await.iter().map(|message| (message.id, message.possible_duplicate)).collect();
    marked.sort_unstable();
    assert_eq!(marked, [(hung, true), (queued, false)]);
}

#[tokio::test(start_paused = true)]
async fn the_heart_beats_until_the_end_so_that_nobody_takes_the_work_away() {
    let (office, mail) = (Office::open().await, recording());
    office.plan(0).await;
    mail.hang();
    let shift = office.start(mail.clone());
    mail.wait_for(1).await;
    shift.ask_to_stop();
    until(&office, 25_500).await;
    let before = after(24_500);
    let silent = office.look(async |snapshot| snapshot.workers().silent_since(before).await).await;
    assert_eq!(silent, []);
    mail.release();
    shift.end().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_new_is_sent_or_taken_after_the_stop_was_asked_for() {
    let (office, mail) = (Office::open().await, recording());
    office.plan(0).await;
    mail.hang();
    let shift = office.start(mail.clone());
    mail.wait_for(1).await;
    shift.ask_to_stop();
    let new = office.plan_over(PERSON_CHANNEL_ID, 5, 100).await;
    office.queue.ring();
    until(&office, 5_000).await;
    mail.release();
    shift.end().await;
    assert_eq!(mail.messages().len(), 1);
    assert_eq!(office.status(new[0]).await, NotificationStatus::Scheduled);
}

#[tokio::test(start_paused = true)]
async fn a_stop_during_an_outage_waits_for_the_database_and_writes_what_was_sent() {
    let (office, mail) = (Office::open().await, recording());
    let id = office.plan(0).await;
    mail.hang();
    let shift = office.start(mail.clone());
    mail.wait_for(1).await;
    office.storage.go_away();
    mail.release();
    until(&office, 1_000).await;
    shift.ask_to_stop();
    until(&office, 10_000).await;
    assert!(!shift.has_ended());
    office.storage.come_back();
    shift.end().await;
    assert!(office.now() <= after(10_500), "it is {}", office.now());
    assert_eq!(office.status(id).await, NotificationStatus::Sent);
    assert_eq!(office.workers().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_stop_during_an_outage_that_does_not_end_ends_after_the_grace() {
    let (office, mail) = (Office::open().await, recording());
    let id = office.plan(0).await;
    mail.hang();
    let shift = office.start(mail.clone());
    mail.wait_for(1).await;
    office.storage.go_away();
    mail.release();
    shift.stop().await;
    office.storage.come_back();
    assert_eq!(office.status(id).await, NotificationStatus::Sending, "its fate is not known to the database");
    assert_eq!(office.workers().await, [ME]);
}

/// A queue whose subscriptions cannot be had without a panic.
struct PanickingQueue;

#[async_trait]
impl NotificationQueue for PanickingQueue {
    async fn publish(&self, _: &[Claimed]) -> Result<(), QueueError> {
        Ok(())
    }

    async fn subscribe(&self, _: ChannelKind, _: u16) -> Result<Box<dyn Subscription>, QueueError> {
        panic!("the test made it panic")
    }

    fn ring(&self) {}

    async fn rung(&self) {
        std::future::pending::<()>().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_of_which_a_part_failed_ends_so_that_it_can_be_started_anew() {
    let office = Office::open().await;
    let shift = begin(office.worker_at(Arc::new(PanickingQueue), recording()));
    tokio::time::timeout(Duration::from_secs(1), shift.end()).await.expect("it ends by itself");
    assert_eq!(office.workers().await, []);
}
