//! `CancelNotification` and `RetryNotification`: people step in.

use application::{
    delivery::{CancelNotification, InterveneError, RetryNotification, RetryNotifications},
    ports::NotificationFilter,
};
use domain::{
    ids::NotificationId,
    notification::NotificationStatus,
    retry::{Fault as Blame, Outcome},
};
use port_contracts::{Fault, Operation};

use crate::desk::{BEGIN, Desk, seconds};

const BUSY: Outcome = Outcome::Temporary { fault: Blame::Recipient, retry_after: None };

async fn cancel(desk: &Desk, id: NotificationId) -> Result<(), InterveneError> {
    CancelNotification { audit: desk.audit(), storage: desk.storage() }.execute(id).await
}

async fn retry(desk: &Desk, id: NotificationId) -> Result<(), InterveneError> {
    let queue = std::sync::Arc::clone(&desk.queue) as _;
    RetryNotification { audit: desk.audit(), storage: desk.storage(), queue, clock: desk.clock() }
        .execute(id)
        .await
}

fn stands(outcome: Result<(), InterveneError>) -> NotificationStatus {
    match outcome {
        Err(InterveneError::Standing(status)) => status,
        other => panic!("expected a refusal for where it stands, got {other:?}"),
    }
}

#[tokio::test]
async fn what_waits_can_be_cancelled_and_is_not_sent() {
    let desk = Desk::open().await;
    let scheduled = desk.plan_mail(BEGIN + seconds(60)).await;
    let retrying = desk.plan_mail(BEGIN).await;
    desk.try_to_send(retrying, BUSY).await;
    let queued = desk.plan_mail(BEGIN).await;
    desk.hand_over().await;
    for id in [scheduled, retrying, queued] {
        cancel(&desk, id).await.expect("it waits");
        assert_eq!(desk.status(id).await, NotificationStatus::Cancelled);
    }
    desk.clock.advance(seconds(3_600));
    assert_eq!(desk.hand_over().await, []);
    assert_eq!(desk.open_attempts(&[scheduled, retrying, queued]).await, []);
}

#[tokio::test]
async fn what_is_on_its_way_or_over_cannot_be_cancelled() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    let attempt = desk.open_attempt(mail).await;
    assert_eq!(stands(cancel(&desk, mail).await), NotificationStatus::Sending);
    desk.settle().execute(&[desk.ended(attempt, Outcome::Sent)], &[]).await.expect("storage works");
    assert_eq!(stands(cancel(&desk, mail).await), NotificationStatus::Sent);
}

#[tokio::test]
async fn what_failed_is_sent_again_at_once_when_a_person_asks_for_it() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    desk.try_to_send(mail, Outcome::Permanent).await;
    desk.clock.advance(seconds(90));
    retry(&desk, mail).await.expect("it failed");
    assert_eq!(desk.queue.rings(), 1);
    let again = desk.notification(mail).await;
    assert_eq!((again.status, again.due_at), (NotificationStatus::Scheduled, BEGIN + seconds(90)));
    assert_eq!(desk.hand_over().await.len(), 1);
    assert_eq!(desk.open_attempt(mail).await.number, 2, "attempts are counted on");
}

#[tokio::test]
async fn tries_begin_anew_when_a_person_asks_for_a_retry() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    for _ in 0..4 {
        desk.clock.set(desk.notification(mail).await.due_at);
        desk.try_to_send(mail, Outcome::Unknown).await;
    }
    assert_eq!(desk.status(mail).await, NotificationStatus::Unknown);
    retry(&desk, mail).await.expect("its fate is unknown");
    let attempt = desk.open_attempt(mail).await;
    assert_eq!((attempt.number, attempt.tries, attempt.unknowns), (5, 1, 0));
    assert!(attempt.message.possible_duplicate, "that is not forgotten");
    let opened_at = desk.notification(mail).await.due_at;
    desk.settle().execute(&[desk.ended(attempt, Outcome::Unknown)], &[]).await.expect("storage works");
    assert_eq!(desk.notification(mail).await.due_at, opened_at + seconds(10));
}

#[tokio::test]
async fn what_was_cancelled_can_be_brought_back() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN + seconds(60)).await;
    cancel(&desk, mail).await.expect("it waits");
    retry(&desk, mail).await.expect("it was cancelled");
    assert_eq!(desk.hand_over().await.len(), 1);
}

#[tokio::test]
async fn what_waits_for_its_next_attempt_can_be_hurried() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    desk.try_to_send(mail, BUSY).await;
    retry(&desk, mail).await.expect("it waits");
    assert_eq!(desk.notification(mail).await.due_at, BEGIN);
}

#[tokio::test]
async fn what_was_sent_or_is_on_its_way_cannot_be_sent_again() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    desk.hand_over().await;
    assert_eq!(stands(retry(&desk, mail).await), NotificationStatus::Queued);
    let attempt = desk.open_attempt(mail).await;
    assert_eq!(stands(retry(&desk, mail).await), NotificationStatus::Sending);
    desk.settle().execute(&[desk.ended(attempt, Outcome::Sent)], &[]).await.expect("storage works");
    assert_eq!(stands(retry(&desk, mail).await), NotificationStatus::Sent);
    assert_eq!(desk.queue.rings(), 0);
}

#[tokio::test]
async fn a_notification_that_does_not_exist_is_named_in_the_refusal() {
    let desk = Desk::open().await;
    let nowhere = NotificationId::MAX;
    assert!(matches!(cancel(&desk, nowhere).await, Err(InterveneError::Unknown(id)) if id == nowhere));
    assert!(matches!(retry(&desk, nowhere).await, Err(InterveneError::Unknown(id)) if id == nowhere));
}

#[tokio::test]
async fn an_intervention_that_cannot_be_written_changes_nothing() {
    let desk = Desk::open().await;
    let mail = desk.plan_mail(BEGIN).await;
    let before = desk.notification(mail).await;
    desk.storage.fail_next(Operation::Commit, Fault::Unavailable);
    assert!(matches!(cancel(&desk, mail).await, Err(InterveneError::Storage(_))));
    desk.storage.fail_next(Operation::NotificationsRetry, Fault::Unavailable);
    assert!(matches!(retry(&desk, mail).await, Err(InterveneError::Storage(_))));
    assert_eq!((desk.notification(mail).await, desk.queue.rings()), (before, 0));
}

#[tokio::test]
async fn many_that_failed_are_sent_again_by_a_filter() {
    let desk = Desk::open().await;
    let retry_many = RetryNotifications {
        audit: desk.audit(),
        storage: desk.storage(),
        queue: std::sync::Arc::clone(&desk.queue) as _,
        clock: desk.clock(),
    };
    let mut failed = Vec::new();
    for _ in 0..250 {
        let mail = desk.plan_mail(BEGIN).await;
        desk.try_to_send(mail, Outcome::Permanent).await;
        failed.push(mail);
    }
    let sent = desk.plan_mail(BEGIN).await;
    desk.try_to_send(sent, Outcome::Sent).await;
    let standing = |status| NotificationFilter { status: Some(status), ..NotificationFilter::default() };
    let retry = async |status| retry_many.execute(standing(status)).await.expect("storage works");
    assert_eq!(retry(NotificationStatus::Sent).await, 0);
    assert_eq!(desk.queue.rings(), 0);
    assert_eq!(retry(NotificationStatus::Failed).await, 250);
    assert_eq!(desk.status(failed[0]).await, NotificationStatus::Scheduled);
    assert_eq!(desk.status(failed[249]).await, NotificationStatus::Scheduled);
    assert_eq!(desk.status(sent).await, NotificationStatus::Sent);
    assert_eq!(desk.queue.rings(), 2, "portion by portion");
}
