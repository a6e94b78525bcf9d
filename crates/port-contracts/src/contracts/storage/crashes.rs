//! Workers that died.

use std::slice::from_ref;

use application::ports::AbandonedAttempt;
use domain::{
    channel::ChannelKind,
    notification::{NotificationStatus, OutcomeKind},
};
use jiff::SignedDuration;

use super::{delivering::after, desk::Desk};

pub async fn the_open_attempts_of_dead_workers_are_shown(desk: &Desk<'_>) {
    let [dead, other_dead, living] = [desk.worker(), desk.worker(), desk.worker()];
    let ticket = desk.opened_ticket(None).await;
    let alert = desk.alert(&ticket, desk.channel("sales-slack").await.id, desk.now());
    desk.plan(from_ref(&alert)).await;
    let ids = desk.plan_welcomes(&[desk.now(); 3]).await;
    desk.try_once(dead, ids[0], OutcomeKind::Unknown, Some(desk.now())).await;
    desk.try_once(living, ids[0], OutcomeKind::Temporary, Some(desk.now())).await;
    desk.open(dead, &[ids[0], alert.id]).await;
    desk.open(other_dead, &[ids[1]]).await;
    desk.open(living, &[ids[2]]).await;

    let mut abandoned = desk.read(async |tx| tx.deliveries().abandoned(&[dead, other_dead]).await).await;
    abandoned.sort_by_key(|abandoned| abandoned.notification_id);
    let first = AbandonedAttempt {
        worker_id: dead,
        notification_id: alert.id,
        number: 1,
        tries: 1,
        unknowns: 0,
        kind: ChannelKind::Slack,
    };
    let tried = AbandonedAttempt {
        notification_id: ids[0],
        number: 3,
        tries: 3,
        unknowns: 1,
        kind: ChannelKind::Email,
        ..first
    };
    let others = AbandonedAttempt {
        worker_id: other_dead,
        notification_id: ids[1],
        kind: ChannelKind::Email,
        ..first
    };
    assert_eq!(abandoned, [first, tried, others]);
}

pub async fn an_abandoned_attempt_is_closed_in_the_name_of_the_dead(desk: &Desk<'_>) {
    let [dead, heir] = [desk.worker(), desk.worker()];
    let id = desk.plan_welcome(desk.now()).await;
    desk.claim(dead).await;
    desk.open_one(dead, id).await;
    desk.advance(SignedDuration::from_secs(6));
    let next = after(OutcomeKind::Unknown, Some(desk.now()));
    desk.close(&[desk.ended(dead, id, 1, OutcomeKind::Unknown, next)]).await;
    assert_eq!(desk.read(async |tx| tx.deliveries().abandoned(&[dead]).await).await, []);
    assert_eq!(desk.claim_ids(heir).await, [id], "it is due again at once");
    let second = desk.open_one(heir, id).await;
    assert_eq!((second.number, second.unknowns, second.message.possible_duplicate), (2, 1, true));

    let late = desk.ended(dead, id, 1, OutcomeKind::Sent, after(OutcomeKind::Sent, None));
    desk.close(&[late]).await;
    assert_eq!(
        desk.status(id).await,
        NotificationStatus::Sending,
        "the dead one was not dead, but it is too late"
    );
}

pub async fn what_a_dead_worker_had_not_begun_is_taken_back(desk: &Desk<'_>) {
    let [dead, other, heir] = [desk.worker(), desk.worker(), desk.worker()];
    let ids = desk.plan_welcomes(&[desk.after(-1), desk.now(), desk.now()]).await;
    desk.claim(dead).await;
    desk.open_one(dead, ids[0]).await;
    let others = desk.plan_welcome(desk.now()).await;
    assert_eq!(desk.claim_ids(other).await, [others]);

    assert_eq!(desk.write(async |tx| tx.deliveries().release(&[dead]).await).await, 2);
    assert_eq!(
        desk.status(ids[0]).await,
        NotificationStatus::Sending,
        "what was begun is not handed to another"
    );
    assert_eq!(desk.status(ids[1]).await, NotificationStatus::Scheduled);
    assert_eq!(desk.status(others).await, NotificationStatus::Queued, "the living keep theirs");
    assert_eq!(desk.claim_ids(heir).await, ids[1..]);
    assert_eq!(desk.write(async |tx| tx.deliveries().release(&[dead]).await).await, 0);
}

pub async fn what_is_taken_back_is_due_as_it_was(desk: &Desk<'_>) {
    let [dead, heir] = [desk.worker(), desk.worker()];
    let id = desk.plan_welcome(desk.now()).await;
    desk.try_once(dead, id, OutcomeKind::Temporary, Some(desk.after(1))).await;
    let before = desk.notification(id).await;
    assert_eq!(desk.claim_ids(dead).await, [id]);
    desk.write(async |tx| tx.deliveries().release(&[dead]).await).await;
    assert_eq!(desk.notification(id).await, before);
    assert_eq!(before.status, NotificationStatus::Retrying);
    assert_eq!(desk.open(heir, &[id]).await, [], "it is not due yet");
    assert_eq!(desk.claim_ids(heir).await, [id]);
}
