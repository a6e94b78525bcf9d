//! `DispatchNotifications`: what is handed over, and when.

use application::{
    delivery::{BeatHeart, DispatchError},
    routing::PauseChannel,
};
use domain::{
    channel::{Channel, ChannelKind, PERSON_CHANNEL_ID},
    dispatch::{HAND_OVER_AGAIN_AFTER, HORIZON},
    ids::NotificationId,
    notification::NotificationStatus,
    retry::{Fault as Blame, Outcome},
};
use jiff::{SignedDuration, Timestamp};
use port_contracts::{Fault, Operation};

use crate::desk::{BEGIN, Desk, OTHER_WORKER, WORKER, seconds};

const BUSY: Outcome = Outcome::Temporary { fault: Blame::Channel, retry_after: None };
const TICK: SignedDuration = SignedDuration::from_micros(1);

/// The ids and due times that a round hands over.
async fn round(desk: &Desk) -> Vec<(NotificationId, Timestamp)> {
    desk.hand_over().await.iter().map(|claimed| (claimed.id, claimed.due_at)).collect()
}

#[tokio::test]
async fn what_is_due_within_two_seconds_is_handed_over_with_its_due_time() {
    let desk = Desk::open().await;
    let due_at = BEGIN + seconds(60);
    let mail = desk.plan_mail(due_at).await;
    desk.clock.set(due_at - HORIZON - TICK);
    assert_eq!(desk.hand_over().await, []);
    assert_eq!(desk.status(mail).await, NotificationStatus::Scheduled);
    desk.clock.advance(TICK);
    let [claimed] = &desk.hand_over().await[..] else { panic!("one is handed over") };
    assert_eq!((claimed.id, claimed.due_at), (mail, due_at));
    assert_eq!((claimed.channel_id, claimed.kind), (PERSON_CHANNEL_ID, ChannelKind::Email));
    assert_eq!(desk.status(mail).await, NotificationStatus::Queued);
}

#[tokio::test]
async fn a_round_without_work_writes_nothing() {
    let desk = Desk::open().await;
    desk.plan_mail(BEGIN + seconds(60)).await;
    let before = desk.storage.commits();
    desk.storage.fail_next(Operation::Begin, Fault::Unavailable);
    assert_eq!(desk.dispatch(32).execute().await.expect("nothing is begun"), 0);
    assert_eq!(desk.storage.commits(), before);
}

#[tokio::test]
async fn what_was_handed_over_is_handed_over_again_only_five_seconds_after_its_due_time() {
    let desk = Desk::open().await;
    let due_at = BEGIN + seconds(1);
    let mail = desk.plan_mail(due_at).await;
    assert_eq!(round(&desk).await, [(mail, due_at)]);
    desk.clock.set(due_at + HAND_OVER_AGAIN_AFTER - TICK);
    assert_eq!(round(&desk).await, []);
    desk.clock.set(due_at + HAND_OVER_AGAIN_AFTER + HORIZON);
    assert_eq!(round(&desk).await, [(mail, due_at)]);
}

#[tokio::test]
async fn what_could_not_be_handed_over_is_handed_over_in_the_next_round() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    desk.queue.fail_next_publish();
    let outcome = desk.dispatch(32).execute().await;
    assert!(matches!(outcome, Err(DispatchError::HandOver(_))));
    assert_eq!(round(&desk).await, [(mail, BEGIN)]);
}

#[tokio::test]
async fn nothing_is_claimed_for_a_queue_that_is_away() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    desk.queue.set_away(true);
    let outcome = desk.dispatch(32).execute().await;
    assert!(matches!(outcome, Err(DispatchError::HandOver(_))));
    assert_eq!(desk.notification(mail).await.status, NotificationStatus::Scheduled);
    desk.queue.set_away(false);
    assert_eq!(round(&desk).await, [(mail, BEGIN)]);
}

#[tokio::test]
async fn while_the_database_is_away_nothing_is_handed_over() {
    let desk = Desk::open().await;
    desk.plan_mail(BEGIN).await;
    for step in [Operation::Read, Operation::DeliveriesLoads, Operation::DeliveriesClaim, Operation::Commit] {
        desk.storage.fail_next(step, Fault::Unavailable);
        let outcome = desk.dispatch(32).execute().await;
        assert!(matches!(outcome, Err(DispatchError::Claim(_))), "{step:?}");
    }
    assert_eq!(desk.queue.published(), []);
    assert_eq!(round(&desk).await.len(), 1);
}

#[tokio::test]
async fn four_for_each_slot_are_handed_over_and_the_rest_waits_in_the_table() {
    let desk = Desk::open().await;
    let (person, team) = (PERSON_CHANNEL_ID, desk.channel("team-email").await.id);
    let mails = [desk.plan_over(person, 9, BEGIN).await, desk.plan_over(team, 9, BEGIN).await].concat();
    let dispatch = desk.dispatch(2);
    assert_eq!(dispatch.execute().await.expect("it works"), 7, "the last of eight is for a third channel");
    assert_eq!(dispatch.execute().await.expect("it works"), 0);
    for id in [mails[0], mails[9]] {
        desk.try_to_send(id, Outcome::Sent).await;
    }
    assert_eq!(dispatch.execute().await.expect("it works"), 2);
    let mut published: Vec<_> = desk.queue.published().iter().map(|claimed| claimed.id).collect();
    published.sort_unstable();
    let firsts = [&mails[..5], &mails[9..13]].concat();
    assert_eq!(published, firsts, "the earliest of each first, none twice");
}

#[tokio::test]
async fn every_living_worker_adds_room() {
    let desk = Desk::open().await;
    desk.plan_over(PERSON_CHANNEL_ID, 50, BEGIN).await;
    let dispatch = desk.dispatch(2);
    for worker_id in [WORKER, OTHER_WORKER] {
        BeatHeart { storage: desk.storage(), worker_id }.execute().await.expect("storage works");
    }
    assert_eq!(dispatch.execute().await.expect("it works"), 12, "four fifths of twice eight");
}

#[tokio::test]
async fn a_busy_channel_leaves_room_for_another_of_its_kind() {
    let desk = Desk::open().await;
    desk.plan_over(PERSON_CHANNEL_ID, 500, BEGIN).await;
    assert_eq!(round(&desk).await.len(), 102, "four fifths of 128");
    let team = desk.channel("team-email").await.id;
    let alerts = desk.plan_over(team, 10, BEGIN).await;
    let handed_over: Vec<_> = round(&desk).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(handed_over, alerts);
}

/// The due times that a round hands over, in milliseconds after the beginning.
async fn slots(desk: &Desk) -> Vec<i128> {
    round(desk).await.iter().map(|(_, due_at)| due_at.duration_since(BEGIN).as_millis()).collect()
}

#[tokio::test]
async fn pace_moves_due_times_so_that_slack_gets_one_message_a_second() {
    let desk = Desk::open().await;
    let slack = desk.channel("sales-slack").await.id;
    desk.plan_over(slack, 5, BEGIN).await;
    assert_eq!(slots(&desk).await, [0, 1_000, 2_000], "as many as the slots within the horizon");
    assert_eq!(slots(&desk).await, [0; 0]);
    desk.clock.advance(seconds(1));
    assert_eq!(slots(&desk).await, [3_000], "the slots that were given stay given");
}

#[tokio::test]
async fn slots_that_passed_unused_are_not_caught_up() {
    let desk = Desk::open().await;
    let slack = desk.channel("sales-slack").await.id;
    let alert = desk.plan_over(slack, 1, BEGIN).await[0];
    assert_eq!(slots(&desk).await, [0]);
    desk.try_to_send(alert, Outcome::Sent).await;
    desk.clock.advance(seconds(30));
    desk.plan_over(slack, 2, BEGIN + seconds(30)).await;
    assert_eq!(slots(&desk).await, [30_000, 31_000]);
}

#[tokio::test]
async fn what_pace_moved_is_not_opened_before_its_slot() {
    let desk = Desk::open().await;
    let slack = desk.channel("sales-slack").await.id;
    let alerts = desk.plan_over(slack, 2, BEGIN).await;
    round(&desk).await;
    assert_eq!(desk.notification(alerts[1]).await.due_at, BEGIN + seconds(1));
    assert_eq!(desk.open_attempts(&alerts).await.len(), 1);
    desk.clock.advance(seconds(1));
    assert_eq!(desk.open_attempts(&alerts).await.len(), 1);
}

#[tokio::test]
async fn a_channel_that_failed_five_times_running_is_probed_until_it_works() {
    let desk = Desk::open().await;
    let failing = desk.plan_over(PERSON_CHANNEL_ID, 5, BEGIN).await;
    for id in failing {
        desk.try_to_send(id, BUSY).await;
    }
    let waiting = desk.plan_over(PERSON_CHANNEL_ID, 4, BEGIN).await;
    assert_eq!(round(&desk).await, [(waiting[0], BEGIN)], "one at a time");
    assert_eq!(round(&desk).await, []);
    desk.try_to_send(waiting[0], BUSY).await;
    assert_eq!(round(&desk).await, [(waiting[1], BEGIN)]);
    desk.try_to_send(waiting[1], Outcome::Sent).await;
    assert_eq!(round(&desk).await.len(), 2, "it works again");
}

#[tokio::test]
async fn a_paused_channel_keeps_what_waits_until_it_goes_on() {
    let desk = Desk::open().await;
    let team = desk.channel("team-email").await.id;
    let alert = desk.plan_over(team, 1, BEGIN).await[0];
    let pause = PauseChannel { audit: desk.audit(), storage: desk.storage(), clock: desk.clock() };
    pause.execute("team-email", true).await.expect("it is known");
    assert_eq!(round(&desk).await, []);
    pause.execute("team-email", false).await.expect("it is known");
    assert_eq!(round(&desk).await, [(alert, BEGIN)]);
}

/// Lets the channel of persons be quiet until the desk's clock says 08:00; it says 00:00 when it begins.
async fn be_quiet(desk: &Desk) {
    let person = desk.channel("person").await;
    let quiet = Channel { quiet_hours: "22:00-08:00 UTC".parse().ok(), ..person };
    desk.change(async |tx| tx.channels().update(&quiet).await).await;
}

#[tokio::test]
async fn what_falls_into_quiet_hours_goes_out_at_their_end_and_is_not_late() {
    let desk = Desk::open().await;
    be_quiet(&desk).await;
    let (mail, morning) = (desk.plan_mail(BEGIN - seconds(60)).await, BEGIN + seconds(8 * 3_600));
    assert_eq!(round(&desk).await, []);
    let waiting = desk.notification(mail).await;
    assert_eq!((waiting.status, waiting.due_at), (NotificationStatus::Scheduled, morning));
    desk.clock.set(morning - HORIZON);
    assert_eq!(round(&desk).await, [(mail, morning)]);
}

#[tokio::test]
async fn quiet_hours_of_one_channel_keep_no_other_waiting() {
    let desk = Desk::open().await;
    be_quiet(&desk).await;
    let team = desk.channel("team-email").await.id;
    desk.plan_over(PERSON_CHANNEL_ID, 500, BEGIN).await;
    let other = desk.plan_over(team, 1, BEGIN).await;
    assert_eq!(round(&desk).await, [(other[0], BEGIN)]);
}

#[tokio::test]
async fn what_was_due_before_quiet_hours_begin_still_goes_out() {
    let desk = Desk::open().await;
    be_quiet(&desk).await;
    let evening = BEGIN + seconds(22 * 3_600);
    desk.clock.set(evening - seconds(1));
    let (before, at) = (desk.plan_mail(evening - TICK).await, desk.plan_mail(evening).await);
    assert_eq!(round(&desk).await, [(before, evening - TICK)]);
    assert_eq!(desk.notification(at).await.due_at, evening + seconds(10 * 3_600));
}
