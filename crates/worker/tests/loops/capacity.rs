//! Never more at once than allowed, and no channel in another's way.

use std::sync::Arc;

use application::ports::{NotificationQueue, Receipt};
use domain::{
    channel::{Channel, ChannelKind, PERSON_CHANNEL_ID, Target},
    ids::ChannelId,
    notification::NotificationStatus,
    retry::{Fault as Blame, Outcome},
};
use port_contracts::{Fault, Operation, RecordingChannel};

use crate::{
    office::{CONCURRENCY, Office, after, begin, until},
    wires::Forked,
};

fn recording() -> Arc<RecordingChannel> {
    Arc::new(RecordingChannel::new())
}

/// Mail to persons over one wire, mail to the team over another.
fn forked() -> (Arc<Forked>, Arc<RecordingChannel>, Arc<RecordingChannel>) {
    let (persons, team) = (recording(), recording());
    (Arc::new(Forked { name: "person", this: persons.clone(), that: team.clone() }), persons, team)
}

#[tokio::test(start_paused = true)]
async fn never_more_attempts_are_open_than_the_concurrency() {
    let (office, (mail, persons, team)) = (Office::open().await, forked());
    office.plan_over(PERSON_CHANNEL_ID, 50, 0).await;
    office.plan_over(office.channel("team-email").await, 50, 0).await;
    persons.hang();
    team.hang();
    office.start(mail);
    until(&office, 30_000).await;
    let running = persons.running() + team.running();
    assert_eq!(running, CONCURRENCY - 1, "the last place is for a third channel");
    assert_eq!(office.count(NotificationStatus::Sending).await, running);
    persons.release();
    team.release();
    persons.wait_for(50).await;
    team.wait_for(50).await;
}

#[tokio::test(start_paused = true)]
async fn concurrency_holds_through_a_long_run() {
    let (office, mail) = (Office::open().await, recording());
    office.plan_over(PERSON_CHANNEL_ID, 200, 0).await;
    begin(office.worker_for(3, mail.clone()));
    let mut ended = 0;
    while ended < 200 {
        let open = office.count(NotificationStatus::Sending).await;
        assert!(open <= 3, "{open} are open");
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        ended = office.count(NotificationStatus::Sent).await;
    }
    assert!(mail.most_running() <= 3);
}

#[tokio::test(start_paused = true)]
async fn what_ended_but_is_not_written_counts_as_open() {
    let (office, mail) = (Office::open().await, recording());
    office.plan_over(PERSON_CHANNEL_ID, 10, 0).await;
    mail.hang();
    begin(office.worker_for(1, mail.clone()));
    mail.wait_for(1).await;
    for _ in 0..5 {
        office.storage.fail_next(Operation::ChannelsNoteResults, Fault::Unavailable);
    }
    let ended_at = office.now();
    mail.release();
    mail.wait_for(2).await;
    let waited = office.now().duration_since(ended_at).as_millis();
    assert!((5 * 200..5 * 200 + 20).contains(&waited), "tried until it worked: {waited} ms");
    mail.wait_for(10).await;
    assert_eq!(mail.most_running(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_slow_channel_delays_no_other_of_its_kind() {
    let (office, (mail, slow, quick)) = (Office::open().await, forked());
    office.plan_over(PERSON_CHANNEL_ID, 500, 0).await;
    slow.hang();
    office.start(mail);
    until(&office, 3_000).await;
    assert!(slow.running() < CONCURRENCY, "a place is left free");
    let team = office.channel("team-email").await;
    office.plan_over(team, 40, 3_000).await;
    office.queue.ring();
    quick.wait_for(40).await;
    assert!(office.now() <= after(3_300), "it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn with_two_places_a_slow_channel_takes_one() {
    let (office, (mail, slow, quick)) = (Office::open().await, forked());
    office.plan_over(PERSON_CHANNEL_ID, 50, 0).await;
    slow.hang();
    begin(office.worker_for(2, mail));
    until(&office, 3_000).await;
    assert_eq!(slow.running(), 1);
    office.plan_over(office.channel("team-email").await, 3, 3_000).await;
    quick.wait_for(3).await;
    assert!(office.now() <= after(4_000), "it is {}", office.now());
}

#[tokio::test(start_paused = true)]
async fn all_that_is_due_goes_out_although_only_some_is_handed_over_at_once() {
    let (office, mail) = (Office::open().await, recording());
    office.plan_over(PERSON_CHANNEL_ID, 1_000, 0).await;
    office.start(mail.clone());
    mail.wait_for(1_000).await;
    assert!(office.now() <= after(2_000), "room that was made is filled at once: it is {}", office.now());
    assert_eq!(office.queue.published().len(), 1_000, "each was handed over once");
}

#[tokio::test(start_paused = true)]
async fn a_failing_channel_is_probed_one_at_a_time_and_recovers() {
    let (office, mail) = (Office::open().await, recording());
    let down = Outcome::Temporary { fault: Blame::Channel, retry_after: None };
    for _ in 0..5 {
        mail.answer_next(Receipt::new(down));
    }
    office.plan_over(PERSON_CHANNEL_ID, 5, 0).await;
    office.start(mail.clone());
    mail.wait_for(5).await;
    mail.hang();
    office.plan_over(PERSON_CHANNEL_ID, 20, 2_000).await;
    until(&office, 5_000).await;
    assert_eq!(mail.running(), 1, "a probe");
    mail.release();
    mail.wait_for(25).await;
    assert!(office.now() <= after(6_000), "it is {}", office.now());
}

/// A third channel for mail.
async fn third_channel(office: &Office) -> ChannelId {
    let third = Channel {
        id: ChannelId::MAX,
        name: "third".to_owned(),
        kind: ChannelKind::Email,
        target: Target::Team,
        interval: None,
        paused_at: None,
        fallback: None,
        quiet_hours: None,
        created_at: office.now(),
    };
    office.change(async |tx| tx.channels().insert(&third).await).await;
    third.id
}

#[tokio::test(start_paused = true)]
async fn two_dead_channels_with_few_messages_each_do_not_delay_a_third() {
    let (office, dead, quick) = (Office::open().await, recording(), recording());
    let (team, third) = (office.channel("team-email").await, third_channel(&office).await);
    dead.hang();
    office.start(Arc::new(Forked { name: "third", this: quick.clone(), that: dead.clone() }));
    office.plan_over(PERSON_CHANNEL_ID, 20, 0).await;
    until(&office, 1_000).await;
    office.plan_over(team, 25, 1_000).await;
    until(&office, 3_000).await;
    office.plan_over(third, 1, 3_000).await;
    quick.wait_for(1).await;
    assert!(office.now() <= after(3_300), "it is {}", office.now());
}
