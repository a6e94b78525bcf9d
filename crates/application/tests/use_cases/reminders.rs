//! Reminders by `SetTopic`, `SendDigests`, `EscalateTickets`.

use std::sync::Arc;

use application::{
    jobs::{EscalateTickets, SendDigests},
    ports::{Clock as _, NotificationQueue as _},
    routing::{RoutingError, SetTopic, TopicChange},
};
use domain::{
    ledger::day_of,
    message::Content,
    notification::{Notification, Purpose},
    reminder::Reminders,
    topic::Slug,
};
use jiff::{SignedDuration, civil::Time};
use port_contracts::{Fault, Operation};

use crate::desk::{BEGIN, Desk, seconds};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The clock of a desk begins at midnight.
const NINE: SignedDuration = SignedDuration::from_hours(9);

fn slug(topic: &str) -> Slug {
    Slug::parse(topic).expect("a slug")
}

async fn set(desk: &Desk, topic: &str, change: TopicChange) -> Result<Reminders, RoutingError> {
    let changed =
        SetTopic { audit: desk.audit(), storage: desk.storage() }.execute(&slug(topic), change, None).await;
    changed.map(|topic| topic.reminders)
}

async fn with_digest_at_nine(topic: &str) -> Desk {
    let desk = Desk::open().await;
    let nine = Time::constant(9, 0, 0, 0);
    set(&desk, topic, TopicChange { digest_at: Some(Some(nine)), ..TopicChange::default() })
        .await
        .expect("a shipped topic");
    desk
}

async fn with_escalation_after_an_hour(topic: &str) -> Desk {
    let desk = Desk::open().await;
    set(&desk, topic, TopicChange { escalate_after: Some(Some(HOUR)), ..TopicChange::default() })
        .await
        .expect("a shipped topic");
    desk
}

fn digests_of(desk: &Desk) -> SendDigests {
    let (queue, ids) = (Arc::clone(&desk.queue) as _, Arc::clone(&desk.ids) as _);
    SendDigests { storage: desk.storage(), queue, clock: desk.clock(), ids }
}

async fn digests(desk: &Desk) -> usize {
    digests_of(desk).execute().await.expect("storage works")
}

fn escalations_of(desk: &Desk) -> EscalateTickets {
    let (queue, ids) = (Arc::clone(&desk.queue) as _, Arc::clone(&desk.ids) as _);
    EscalateTickets { storage: desk.storage(), queue, clock: desk.clock(), ids }
}

async fn escalations(desk: &Desk) -> usize {
    escalations_of(desk).execute().await.expect("storage works")
}

async fn planned(desk: &Desk, purpose: Purpose) -> Vec<Notification> {
    let all = desk.notifications().await;
    all.into_iter().filter(|notification| notification.purpose == purpose).collect()
}

async fn is_balanced(desk: &Desk) -> bool {
    let today = day_of(desk.clock.now());
    desk.look(async |snapshot| snapshot.ledger().day(today).await).await.is_balanced()
}

#[tokio::test]
async fn one_reminder_is_changed_and_the_other_left() {
    let desk = with_digest_at_nine("sales").await;
    let now =
        set(&desk, "sales", TopicChange { escalate_after: Some(Some(HOUR)), ..TopicChange::default() }).await;
    let both = Reminders { digest_at: Some(Time::constant(9, 0, 0, 0)), escalate_after: Some(HOUR) };
    assert_eq!(now.expect("a shipped topic"), both);
    let unknown = set(&desk, "nowhere", TopicChange::default()).await;
    assert!(matches!(unknown, Err(RoutingError::Unknown("topic", _))));
}

#[tokio::test]
async fn a_digest_is_mailed_to_the_team_once_a_day() {
    let desk = with_digest_at_nine("sales").await;
    desk.ask("sales", "ana@example.com").await;
    assert_eq!(digests(&desk).await, 0, "it is not nine yet");
    desk.clock.advance(NINE);
    assert_eq!(digests(&desk).await, 1);
    assert_eq!(digests(&desk).await, 0, "it was sent today");
    let planned = planned(&desk, Purpose::Digest).await;
    assert_eq!(planned.len(), 1);
    let digest = &planned[0];
    assert_eq!((digest.channel.as_str(), digest.due_at), ("team-email", BEGIN + NINE));
    assert_eq!((digest.user_id, digest.ticket_id), (None, None));

    let Content::Digest { digest } = desk.open_attempt(digest.id).await.message.content else {
        panic!("it is a digest")
    };
    assert_eq!((digest.topic.as_str(), digest.backlog.open), ("Sales", 1));
    desk.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(digests(&desk).await, 1, "the next day has its own");
    assert!(is_balanced(&desk).await);
}

#[tokio::test]
async fn a_topic_on_which_nothing_is_open_has_no_digest() {
    let desk = with_digest_at_nine("sales").await;
    desk.ask("pricing", "ana@example.com").await;
    desk.clock.advance(NINE);
    assert_eq!(digests(&desk).await, 0);
    desk.ask("sales", "ana@example.com").await;
    assert_eq!(digests(&desk).await, 1, "what comes a little later is still told");
}

#[tokio::test]
async fn without_a_time_there_is_no_digest() {
    let desk = Desk::open().await;
    desk.ask("sales", "ana@example.com").await;
    let before = desk.storage.commits();
    desk.clock.advance(NINE);
    assert_eq!(digests(&desk).await, 0);
    assert_eq!(desk.storage.commits(), before);
}

#[tokio::test]
async fn a_digest_that_could_not_be_planned_comes_with_the_next_round() {
    let desk = with_digest_at_nine("sales").await;
    desk.ask("sales", "ana@example.com").await;
    desk.clock.advance(NINE);
    for step in [
        Operation::TopicsRouting,
        Operation::ChannelsAll,
        Operation::RemindersBacklog,
        Operation::RemindersNoteDigest,
        Operation::NotificationsInsert,
        Operation::LedgerMadeWithoutCall,
        Operation::Commit,
    ] {
        desk.storage.fail_next(step, Fault::Unavailable);
        assert!(digests_of(&desk).execute().await.is_err(), "{step:?}");
        assert_eq!(planned(&desk, Purpose::Digest).await, [], "{step:?}");
    }
    assert_eq!(digests(&desk).await, 1);
}

#[tokio::test]
async fn a_ticket_that_waits_too_long_is_told_once_more_to_every_route() {
    let desk = with_escalation_after_an_hour("sales").await;
    let [slack, team] = [desk.channel("sales-slack").await.id, desk.channel("team-email").await.id];
    desk.change(async |tx| tx.topics().set_routes(&slug("sales"), &[slack, team]).await).await;
    desk.ask("sales", "ana@example.com").await;
    desk.clock.advance(HOUR - seconds(1));
    assert_eq!(escalations(&desk).await, 0);
    desk.clock.advance(seconds(1));
    assert_eq!(escalations(&desk).await, 1);
    let told = planned(&desk, Purpose::Escalation).await;
    let routes: Vec<_> = told.iter().map(|notification| notification.channel_id).collect();
    assert_eq!(routes, [slack, team]);
    let news = planned(&desk, Purpose::TicketOpened).await;
    for notification in &told {
        assert_eq!((notification.ticket_id, notification.user_id), (news[0].ticket_id, news[0].user_id));
        assert_eq!(notification.due_at, BEGIN + HOUR);
        assert_eq!(notification.request_id, told[0].request_id, "they are one run's");
    }
    desk.clock.advance(HOUR * 100);
    assert_eq!(escalations(&desk).await, 0, "it was told once more, and that is enough");
    assert!(is_balanced(&desk).await);
}

#[tokio::test]
async fn tickets_on_topics_without_a_limit_wait_in_silence() {
    let desk = with_escalation_after_an_hour("sales").await;
    desk.ask("pricing", "ana@example.com").await;
    desk.clock.advance(HOUR * 100);
    assert_eq!(escalations(&desk).await, 0);
}

#[tokio::test]
async fn a_backlog_is_escalated_bit_by_bit() {
    let desk = with_escalation_after_an_hour("sales").await;
    for number in 0..105 {
        desk.ask("sales", &format!("p{number}@example.com")).await;
    }
    desk.clock.advance(HOUR);
    assert_eq!(escalations(&desk).await, 100);
    assert_eq!(escalations(&desk).await, 5);
    assert_eq!(planned(&desk, Purpose::Escalation).await.len(), 105);
}

#[tokio::test]
async fn an_escalation_that_could_not_be_planned_comes_with_the_next_round() {
    let desk = with_escalation_after_an_hour("sales").await;
    desk.ask("sales", "ana@example.com").await;
    desk.clock.advance(HOUR);
    for step in [
        Operation::TopicsRouting,
        Operation::RemindersOverdue,
        Operation::NotificationsInsert,
        Operation::RemindersNoteEscalated,
        Operation::LedgerMadeWithoutCall,
        Operation::Commit,
    ] {
        desk.storage.fail_next(step, Fault::Unavailable);
        assert!(escalations_of(&desk).execute().await.is_err(), "{step:?}");
        assert_eq!(planned(&desk, Purpose::Escalation).await, [], "{step:?}");
    }
    assert_eq!(escalations(&desk).await, 1);
}

#[tokio::test]
async fn dispatchers_are_rung_for_reminders() {
    let desk = with_escalation_after_an_hour("sales").await;
    desk.ask("sales", "ana@example.com").await;
    desk.queue.rung().await;
    desk.clock.advance(HOUR);
    escalations(&desk).await;
    desk.queue.rung().await;
}
