//! Closing attempts, and what follows.

use std::slice::from_ref;

use application::ports::ClosedAttempt;
use domain::{
    ids::NotificationId,
    notification::{Attempt, NotificationStatus, OutcomeKind},
};
use jiff::SignedDuration;

use super::{
    delivering::after,
    desk::{Desk, TICK},
    notifications::retry,
};

pub async fn a_closed_attempt_reads_back_as_it_was_written(desk: &Desk<'_>) {
    let worker = desk.worker();
    let id = desk.plan_welcome(desk.now()).await;
    let opened_at = desk.now();
    desk.open_one(worker, id).await;
    desk.advance(SignedDuration::from_millis(250));
    let ended = ClosedAttempt {
        code: Some(451),
        answer: Some("4.7.1 mañana 🙂".to_owned()),
        provider_id: Some("queued as 42".to_owned()),
        elapsed: Some(SignedDuration::from_micros(249_001)),
        mimicked: true,
        ..desk.ended(
            worker,
            id,
            1,
            OutcomeKind::Temporary,
            after(OutcomeKind::Temporary, Some(desk.after(10))),
        )
    };
    desk.close(from_ref(&ended)).await;
    let expected = Attempt {
        number: 1,
        opened_at,
        closed_at: Some(desk.now()),
        outcome: Some(OutcomeKind::Temporary),
        code: ended.code,
        answer: ended.answer,
        provider_id: ended.provider_id,
        elapsed_us: Some(249_001),
        mimicked: true,
    };
    assert_eq!(desk.attempts(id).await, [expected]);
    assert_eq!(desk.notification(id).await.attempts, 1);
}

pub async fn what_was_captured_of_an_erased_user_goes_when_the_attempt_is_closed(desk: &Desk<'_>) {
    let (worker, user) = (desk.worker(), desk.registered().await);
    let planned = desk.welcome(user.id, desk.now());
    let kept = desk.plan_welcome(desk.now()).await;
    desk.write(async |tx| tx.notifications().insert(from_ref(&planned)).await).await;
    desk.open_one(worker, planned.id).await;
    desk.write(async |tx| {
        tx.users().erase(user.id, desk.now()).await?;
        tx.captured_mails().capture(&desk.mail(planned.id, "ana@example.com")).await?;
        tx.captured_mails().capture(&desk.mail(kept, "bea@example.com")).await
    })
    .await;
    let ended = desk.ended(worker, planned.id, 1, OutcomeKind::Sent, after(OutcomeKind::Sent, None));
    let elsewhere = desk.ended(worker, kept, 1, OutcomeKind::Sent, after(OutcomeKind::Sent, None));
    desk.close(&[ended, elsewhere]).await;
    let captured = async |id| desk.read(async |tx| tx.captured_mails().of_notification(id).await).await;
    assert_eq!(captured(planned.id).await, None);
    assert!(captured(kept).await.is_some(), "it was not erased");
}

pub async fn an_attempt_that_nobody_measured_has_no_duration(desk: &Desk<'_>) {
    let worker = desk.worker();
    let id = desk.plan_welcome(desk.now()).await;
    desk.open_one(worker, id).await;
    let next = after(OutcomeKind::Unknown, None);
    let ended = ClosedAttempt { elapsed: None, ..desk.ended(worker, id, 1, OutcomeKind::Unknown, next) };
    desk.close(&[ended]).await;
    assert_eq!(desk.attempts(id).await[0].elapsed_us, None);
}

pub async fn a_notification_moves_on_with_its_attempt(desk: &Desk<'_>) {
    let worker = desk.worker();
    for (outcome, again, status) in [
        (OutcomeKind::Sent, None, NotificationStatus::Sent),
        (OutcomeKind::Permanent, None, NotificationStatus::Failed),
        (OutcomeKind::Temporary, None, NotificationStatus::Failed),
        (OutcomeKind::Unknown, None, NotificationStatus::Unknown),
        (OutcomeKind::Temporary, Some(desk.after(60)), NotificationStatus::Retrying),
        (OutcomeKind::Unknown, Some(desk.after(60)), NotificationStatus::Retrying),
    ] {
        let due_at = desk.now();
        let id = desk.plan_welcome(due_at).await;
        desk.claim(worker).await;
        desk.try_once(worker, id, outcome, again).await;
        let moved = desk.notification(id).await;
        assert_eq!((moved.status, moved.due_at), (status, again.unwrap_or(due_at)), "after {outcome}");
        assert_eq!(desk.claim_ids(worker).await, [], "after {outcome} nothing is due now");
    }
}

pub async fn a_failed_attempt_is_due_again_at_its_time(desk: &Desk<'_>) {
    let worker = desk.worker();
    let id = desk.plan_welcome(desk.now()).await;
    desk.claim(worker).await;
    desk.try_once(worker, id, OutcomeKind::Temporary, Some(desk.after(10))).await;
    desk.advance(SignedDuration::from_secs(8) - TICK);
    assert_eq!(desk.claim_ids(worker).await, []);
    desk.advance(TICK);
    assert_eq!(desk.claim_ids(worker).await, [id], "within the horizon it is handed over");
    assert_eq!(desk.open(worker, &[id]).await, [], "and not sent yet");
    desk.advance(SignedDuration::from_secs(2));
    let second = desk.open_one(worker, id).await;
    assert_eq!((second.number, second.tries, second.message.due_at), (2, 2, desk.now()));
    assert_eq!(desk.attempts(id).await.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [1, 2]);
}

pub async fn only_the_worker_that_opened_an_attempt_closes_it(desk: &Desk<'_>) {
    let [worker, other] = [desk.worker(), desk.worker()];
    let ids = desk.plan_welcomes(&[desk.now(), desk.now()]).await;
    desk.open(worker, &ids).await;
    let sent = |worker, id, number| {
        desk.ended(worker, id, number, OutcomeKind::Sent, after(OutcomeKind::Sent, None))
    };
    let unknown = NotificationId::from_uuid(desk.id());
    desk.close(&[
        sent(other, ids[0], 1),
        sent(worker, ids[0], 2),
        sent(worker, unknown, 1),
        sent(worker, ids[1], 1),
    ])
    .await;
    assert_eq!(desk.status(ids[0]).await, NotificationStatus::Sending, "nobody else can close it");
    assert_eq!(desk.status(ids[1]).await, NotificationStatus::Sent, "its neighbour is closed all the same");
    desk.close(&[sent(worker, ids[0], 1)]).await;
    assert_eq!(desk.status(ids[0]).await, NotificationStatus::Sent);
}

pub async fn an_attempt_is_closed_once(desk: &Desk<'_>) {
    let worker = desk.worker();
    let id = desk.plan_welcome(desk.now()).await;
    desk.try_once(worker, id, OutcomeKind::Temporary, Some(desk.after(60))).await;
    let before = (desk.notification(id).await, desk.attempts(id).await);
    let late = desk.ended(worker, id, 1, OutcomeKind::Sent, after(OutcomeKind::Sent, None));
    desk.close(&[late]).await;
    assert_eq!((desk.notification(id).await, desk.attempts(id).await), before);
}

pub async fn attempts_of_unknown_fate_are_counted(desk: &Desk<'_>) {
    let worker = desk.worker();
    let id = desk.plan_welcome(desk.now()).await;
    let first = desk.try_once(worker, id, OutcomeKind::Temporary, Some(desk.now())).await;
    assert_eq!((first.unknowns, first.message.possible_duplicate), (0, false));
    let second = desk.try_once(worker, id, OutcomeKind::Unknown, Some(desk.now())).await;
    assert_eq!((second.unknowns, second.message.possible_duplicate), (0, false));
    assert!(desk.notification(id).await.possible_duplicate);
    let third = desk.try_once(worker, id, OutcomeKind::Unknown, Some(desk.now())).await;
    assert_eq!((third.unknowns, third.message.possible_duplicate), (1, true));
    let fourth = desk.try_once(worker, id, OutcomeKind::Sent, None).await;
    assert_eq!((fourth.number, fourth.tries, fourth.unknowns), (4, 4, 2));
    assert!(fourth.message.possible_duplicate);
}

pub async fn after_a_retry_tries_begin_anew_and_numbers_go_on(desk: &Desk<'_>) {
    let worker = desk.worker();
    let id = desk.plan_welcome(desk.now()).await;
    desk.try_once(worker, id, OutcomeKind::Unknown, Some(desk.now())).await;
    desk.try_once(worker, id, OutcomeKind::Permanent, None).await;
    assert!(retry(desk, id).await);
    let third = desk.try_once(worker, id, OutcomeKind::Unknown, Some(desk.now())).await;
    assert_eq!((third.number, third.tries, third.unknowns), (3, 1, 0));
    assert!(third.message.possible_duplicate, "an attempt before the retry may have reached its target");
    let fourth = desk.open_one(worker, id).await;
    assert_eq!((fourth.number, fourth.tries, fourth.unknowns), (4, 2, 1));
    assert_eq!(desk.notification(id).await.attempts, 3);
}
