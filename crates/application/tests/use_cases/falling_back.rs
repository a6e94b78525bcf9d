//! `SettleAttempts`: what is told over another channel when the first has failed for good.

use application::ports::StorageError;
use domain::{
    channel::{Channel, PERSON_CHANNEL_ID},
    ids::{ChannelId, NotificationId},
    ledger::day_of,
    notification::{Notification, NotificationStatus},
    retry::{Fault as Blame, Outcome},
};
use port_contracts::{Fault, Operation};

use crate::desk::{BEGIN, Desk, OTHER_WORKER, seconds};

/// A desk whose Slack channel falls back to the team's mail, with the news of one ticket.
async fn desk_with_news() -> (Desk, NotificationId) {
    let desk = Desk::open().await;
    let team = desk.channel("team-email").await.id;
    fall_back(&desk, "sales-slack", Some(team)).await;
    desk.ask("sales", "ana@example.com").await;
    let slack = desk.channel("sales-slack").await.id;
    let news = over(&desk, slack).await.remove(0);
    (desk, news.id)
}

async fn fall_back(desk: &Desk, channel: &str, fallback: Option<ChannelId>) {
    let changed = Channel { fallback, ..desk.channel(channel).await };
    desk.change(async |tx| tx.channels().update(&changed).await).await;
}

/// The notifications over a channel, oldest first.
async fn over(desk: &Desk, channel: ChannelId) -> Vec<Notification> {
    desk.notifications().await.into_iter().filter(|planned| planned.channel_id == channel).collect()
}

async fn over_mail(desk: &Desk) -> Vec<Notification> {
    over(desk, desk.channel("team-email").await.id).await
}

#[tokio::test]
async fn what_failed_for_good_is_told_once_over_the_fallback_with_one_commit() {
    let (desk, news) = desk_with_news().await;
    let attempt = desk.open_attempt(news).await;
    let before = desk.storage.commits();
    desk.settle().execute(&[desk.ended(attempt, Outcome::Permanent)], &[]).await.expect("storage works");
    assert_eq!(desk.storage.commits(), before + 1);
    let first = desk.notification(news).await;
    assert_eq!(first.status, NotificationStatus::Failed);
    let [told] = &over_mail(&desk).await[..] else { panic!("one is planned") };
    assert_eq!((told.instead_of, told.status), (Some(news), NotificationStatus::Scheduled));
    assert_eq!((told.purpose, told.ticket_id, told.user_id), (first.purpose, first.ticket_id, first.user_id));
    assert_eq!((told.request_id, told.due_at), (first.request_id, desk.clock().now()));
}

#[tokio::test]
async fn attempts_that_are_used_up_are_a_failure_for_good() {
    let (desk, news) = desk_with_news().await;
    let busy = Outcome::Temporary { fault: Blame::Channel, retry_after: Some(seconds(1)) };
    for _ in 0..8 {
        desk.try_to_send(news, busy).await;
        desk.clock.advance(seconds(1));
        assert_eq!(over_mail(&desk).await, []);
    }
    desk.try_to_send(news, busy).await;
    assert_eq!(over_mail(&desk).await.len(), 1);
}

#[tokio::test]
async fn what_was_sent_or_may_have_arrived_is_not_told_elsewhere() {
    let (desk, news) = desk_with_news().await;
    desk.try_to_send(news, Outcome::Unknown).await;
    desk.clock.advance(seconds(60));
    desk.try_to_send(news, Outcome::Unknown).await;
    assert_eq!(desk.status(news).await, NotificationStatus::Unknown);
    desk.ask("sales", "bo@example.com").await;
    let slack = desk.channel("sales-slack").await.id;
    desk.try_to_send(over(&desk, slack).await[1].id, Outcome::Sent).await;
    assert_eq!(over_mail(&desk).await, []);
}

#[tokio::test]
async fn a_retry_by_hand_that_fails_again_is_told_no_second_time() {
    let (desk, news) = desk_with_news().await;
    desk.try_to_send(news, Outcome::Permanent).await;
    let now = desk.clock().now();
    assert!(desk.change(async |tx| tx.notifications().retry(news, now).await).await);
    desk.try_to_send(news, Outcome::Permanent).await;
    assert_eq!(over_mail(&desk).await.len(), 1);
}

#[tokio::test]
async fn an_end_that_is_not_the_workers_to_write_tells_nobody() {
    let (desk, news) = desk_with_news().await;
    let attempt = desk.open_attempt(news).await;
    let strangers = desk.ended(attempt, Outcome::Permanent);
    desk.settle_of(OTHER_WORKER).execute(&[strangers], &[]).await.expect("it is no error");
    assert_eq!(over_mail(&desk).await, []);
}

#[tokio::test]
async fn what_cannot_be_planned_leaves_the_attempt_open_until_it_can() {
    let (desk, news) = desk_with_news().await;
    let attempt = desk.open_attempt(news).await;
    let ended = desk.ended(attempt, Outcome::Permanent);
    for (operation, fault) in [
        (Operation::FallbacksUndelivered, Fault::Unavailable),
        (Operation::FallbacksPlan, Fault::Conflict),
        (Operation::LedgerMadeWithoutCall, Fault::Unavailable),
    ] {
        desk.storage.fail_next(operation, fault);
        let outcome: Result<_, StorageError> = desk.settle().execute(std::slice::from_ref(&ended), &[]).await;
        assert!(outcome.is_err());
        assert_eq!(desk.status(news).await, NotificationStatus::Sending);
    }
    desk.settle().execute(&[ended], &[]).await.expect("storage works");
    assert_eq!((desk.status(news).await, over_mail(&desk).await.len()), (NotificationStatus::Failed, 1));
}

#[tokio::test]
async fn a_circle_of_channels_tells_each_of_them_once() {
    let (desk, news) = desk_with_news().await;
    let slack = desk.channel("sales-slack").await.id;
    fall_back(&desk, "team-email", Some(slack)).await;
    desk.try_to_send(news, Outcome::Permanent).await;
    desk.try_to_send(over_mail(&desk).await[0].id, Outcome::Permanent).await;
    assert_eq!((over(&desk, slack).await.len(), over_mail(&desk).await.len()), (1, 1));
}

#[tokio::test]
async fn a_person_is_never_told_what_was_for_a_team() {
    let (desk, news) = desk_with_news().await;
    fall_back(&desk, "sales-slack", Some(PERSON_CHANNEL_ID)).await;
    let before = desk.notifications().await.len();
    desk.try_to_send(news, Outcome::Permanent).await;
    assert_eq!(desk.notifications().await.len(), before);
}

#[tokio::test]
async fn the_ledger_stays_balanced() {
    let (desk, news) = desk_with_news().await;
    desk.try_to_send(news, Outcome::Permanent).await;
    let today = day_of(BEGIN);
    let counts = desk.look(async |snapshot| snapshot.ledger().day(today).await).await;
    assert_eq!(counts.imbalances(), []);
}
