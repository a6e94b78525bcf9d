//! `SettleAttempts`: what follows from each outcome.

use application::ports::Receipt;
use domain::{
    channel::PERSON_CHANNEL_ID,
    ids::NotificationId,
    notification::{NotificationStatus, OutcomeKind},
    retry::{Fault as Blame, Outcome},
};
use jiff::SignedDuration;

use crate::desk::{BEGIN, Desk, seconds};

const BUSY: Outcome = Outcome::Temporary { fault: Blame::Recipient, retry_after: None };

/// Where a mail that is due now stands after one attempt, and how long after now the next one is due.
async fn after(outcome: Outcome) -> (NotificationStatus, SignedDuration) {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    desk.try_to_send(mail, outcome).await;
    let mail = desk.notification(mail).await;
    (mail.status, mail.due_at.duration_since(BEGIN))
}

#[tokio::test]
async fn what_was_taken_is_sent() {
    assert_eq!(after(Outcome::Sent).await, (NotificationStatus::Sent, seconds(0)));
}

#[tokio::test]
async fn a_permanent_error_fails_at_once() {
    assert_eq!(after(Outcome::Permanent).await, (NotificationStatus::Failed, seconds(0)));
}

#[tokio::test]
async fn a_temporary_error_is_tried_again_after_ten_seconds() {
    assert_eq!(after(BUSY).await, (NotificationStatus::Retrying, seconds(10)));
}

#[tokio::test]
async fn a_wait_that_was_asked_for_is_kept_to() {
    let busy = Outcome::Temporary { fault: Blame::Channel, retry_after: Some(seconds(90)) };
    assert_eq!(after(busy).await, (NotificationStatus::Retrying, seconds(90)));
}

#[tokio::test]
async fn an_unknown_fate_is_tried_again_on_the_same_schedule() {
    assert_eq!(after(Outcome::Unknown).await, (NotificationStatus::Retrying, seconds(10)));
}

#[tokio::test]
async fn retries_are_spread() {
    let desk = Desk::open().await;
    desk.entropy.set_fraction(0.0);
    let early = desk.plan_mail(BEGIN).await;
    desk.try_to_send(early, BUSY).await;
    desk.entropy.set_fraction(0.999);
    let late = desk.plan_mail(BEGIN).await;
    desk.try_to_send(late, BUSY).await;
    let wait = async |id| desk.notification(id).await.due_at.duration_since(BEGIN);
    assert_eq!(wait(early).await, seconds(8));
    assert!(wait(late).await > SignedDuration::from_millis(11_900));
}

#[tokio::test]
async fn the_attempt_says_how_it_ended() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    let attempt = desk.open_attempt(mail).await;
    desk.clock.advance(seconds(2));
    let receipt = Receipt {
        code: Some(451),
        answer: Some("try later".to_owned()),
        provider_id: Some("q-17".to_owned()),
        mimicked: true,
        ..Receipt::new(BUSY)
    };
    let ended = desk.ended_with(attempt, receipt);
    desk.settle().execute(&[ended], &[]).await.expect("storage works");
    let [attempt] = &desk.attempts(mail).await[..] else { panic!("one attempt") };
    assert_eq!((attempt.number, attempt.outcome, attempt.mimicked), (1, Some(OutcomeKind::Temporary), true));
    assert_eq!((attempt.opened_at, attempt.closed_at), (BEGIN, Some(BEGIN + seconds(2))));
    assert_eq!((attempt.code, attempt.elapsed_us), (Some(451), Some(40_000)));
    assert_eq!(
        (attempt.answer.as_deref(), attempt.provider_id.as_deref()),
        (Some("try later"), Some("q-17"))
    );
}

/// Tries a notification each time it falls due, until no further try is due; answers how often, and the waits.
async fn try_until_the_end(desk: &Desk, id: NotificationId, outcome: Outcome) -> Vec<SignedDuration> {
    let mut waits = Vec::new();
    loop {
        let due_at = desk.notification(id).await.due_at;
        desk.clock.set(due_at);
        desk.try_to_send(id, outcome).await;
        let next = desk.notification(id).await;
        if next.status != NotificationStatus::Retrying {
            return waits;
        }
        waits.push(next.due_at.duration_since(due_at));
    }
}

#[tokio::test]
async fn temporary_errors_are_tried_nine_times_over_two_days_and_then_fail() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    let waits = try_until_the_end(&desk, mail, BUSY).await;
    let minutes = |count| SignedDuration::from_mins(count);
    let hours = |count| SignedDuration::from_hours(count);
    let expected =
        [seconds(10), minutes(1), minutes(5), minutes(30), hours(2), hours(6), hours(12), hours(24)];
    assert_eq!(waits, expected);
    let mail = desk.notification(mail).await;
    assert_eq!((mail.status, mail.attempts, mail.possible_duplicate), (NotificationStatus::Failed, 9, false));
}

#[tokio::test]
async fn a_mail_of_unknown_fate_is_sent_three_more_times_as_a_possible_duplicate() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    assert!(!desk.notification(mail).await.possible_duplicate);
    assert_eq!(try_until_the_end(&desk, mail, Outcome::Unknown).await.len(), 3);
    let mail = desk.notification(mail).await;
    assert_eq!((mail.status, mail.attempts, mail.possible_duplicate), (NotificationStatus::Unknown, 4, true));
}

#[tokio::test]
async fn a_chat_message_of_unknown_fate_is_sent_once_more() {
    let desk = Desk::open().await;
    let slack = desk.channel("sales-slack").await.id;
    let alert = desk.plan_over(slack, 1, BEGIN).await[0];
    assert_eq!(try_until_the_end(&desk, alert, Outcome::Unknown).await.len(), 1);
    assert_eq!(desk.status(alert).await, NotificationStatus::Unknown);
}

#[tokio::test]
async fn the_message_says_that_it_may_be_a_copy_only_after_an_unknown_fate() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    let mut marked = Vec::new();
    for outcome in [BUSY, Outcome::Unknown, BUSY, Outcome::Sent] {
        desk.clock.set(desk.notification(mail).await.due_at);
        let attempt = desk.open_attempt(mail).await;
        marked.push((attempt.number, attempt.unknowns, attempt.message.possible_duplicate));
        desk.settle().execute(&[desk.ended(attempt, outcome)], &[]).await.expect("storage works");
    }
    assert_eq!(marked, [(1, 0, false), (2, 0, false), (3, 1, true), (4, 1, true)]);
}

/// How many failures running a channel is held to have.
async fn failures(desk: &Desk) -> u32 {
    desk.plan_mail(BEGIN).await;
    let loads = desk.look(async |snapshot| snapshot.deliveries().loads(BEGIN, 1).await).await;
    loads.iter().find(|load| load.channel_id == PERSON_CHANNEL_ID).expect("something is due").failures
}

/// Settles one set of attempts, one for each outcome.
async fn settle_at_once(desk: &Desk, outcomes: &[Outcome]) {
    let mails = desk.plan_over(PERSON_CHANNEL_ID, outcomes.len(), BEGIN).await;
    let attempts = desk.open_attempts(&mails).await;
    let ended: Vec<_> =
        attempts.into_iter().zip(outcomes).map(|(attempt, outcome)| desk.ended(attempt, *outcome)).collect();
    desk.settle().execute(&ended, &[]).await.expect("storage works");
}

#[tokio::test]
async fn only_a_channels_own_faults_count_against_it_and_a_success_clears_them() {
    let desk = Desk::open().await;
    let channels_fault = Outcome::Temporary { fault: Blame::Channel, retry_after: None };
    settle_at_once(&desk, &[channels_fault, channels_fault, Outcome::Unknown, BUSY, Outcome::Permanent])
        .await;
    assert_eq!(failures(&desk).await, 3);
    settle_at_once(&desk, &[channels_fault, BUSY]).await;
    assert_eq!(failures(&desk).await, 4, "they add up from set to set");
    settle_at_once(&desk, &[BUSY, Outcome::Permanent]).await;
    assert_eq!(failures(&desk).await, 4, "a recipient's fault says nothing about the channel");
    settle_at_once(&desk, &[channels_fault, Outcome::Sent, channels_fault]).await;
    assert_eq!(failures(&desk).await, 0, "one success in a set shows that it works");
}
