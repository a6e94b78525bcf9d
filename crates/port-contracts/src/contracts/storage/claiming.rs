//! Handing over what is due.

use std::{collections::BTreeSet, sync::Arc};

use application::ports::{Storage, StorageError, atomically};
use domain::{
    channel::{ChannelKind, PERSON_CHANNEL_ID},
    dispatch::{Claimed, Deferral, HAND_OVER_AGAIN_AFTER, HORIZON},
    ids::{NotificationId, WorkerId},
    notification::{Notification, NotificationStatus},
};
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::{
    delivering::quota,
    desk::{Desk, TICK, let_others_go_on},
};

pub async fn what_is_due_within_the_horizon_is_handed_over(desk: &Desk<'_>) {
    let worker = desk.worker();
    let due = [desk.after(-60), desk.horizon(), desk.horizon() + TICK];
    let ids = desk.plan_welcomes(&due).await;
    let mut planned = Vec::new();
    for id in &ids {
        planned.push(desk.notification(*id).await);
    }
    let mut claimed = desk.claim(worker).await;
    claimed.sort_by_key(|claimed| claimed.due_at);
    let expected = |n: usize| claimed_at(&planned[n], due[n]);
    assert_eq!(claimed, [expected(0), expected(1)]);
    assert_eq!(desk.status(ids[0]).await, NotificationStatus::Queued);
    assert_eq!(desk.notification(ids[1]).await.due_at, due[1], "its due time stays");
    assert_eq!(desk.status(ids[2]).await, NotificationStatus::Scheduled);

    desk.advance(TICK);
    assert_eq!(desk.claim(worker).await, [expected(2)]);
}

const fn claimed_at(planned: &Notification, due_at: Timestamp) -> Claimed {
    let (id, request_id) = (planned.id, planned.request_id);
    Claimed { id, channel_id: PERSON_CHANNEL_ID, kind: ChannelKind::Email, due_at, request_id }
}

pub async fn the_earliest_of_a_quota_are_handed_over_first(desk: &Desk<'_>) {
    let worker = desk.worker();
    let ids = desk.plan_welcomes(&[desk.now(), desk.after(-9), desk.after(1), desk.after(-4)]).await;
    for (limit, expected) in [(2, vec![ids[1], ids[3]]), (1, vec![ids[0]]), (9, vec![ids[2]])] {
        let quotas = [quota(PERSON_CHANNEL_ID, limit)];
        let claimed =
            desk.write(async |tx| tx.deliveries().claim(worker, &quotas, desk.horizon()).await).await;
        let claimed: BTreeSet<_> = claimed.iter().map(|claimed| claimed.id).collect();
        assert_eq!(claimed, expected.into_iter().collect(), "with a quota of {limit}");
    }
}

pub async fn each_quota_is_for_its_own_channel(desk: &Desk<'_>) {
    let worker = desk.worker();
    let ticket = desk.opened_ticket(None).await;
    let [slack, team] = [desk.channel("sales-slack").await.id, desk.channel("team-email").await.id];
    let alert = |over| desk.alert(&ticket, over, desk.now());
    let alerts = [alert(slack), alert(slack), alert(team), alert(team)];
    desk.plan(&alerts).await;
    desk.plan_welcome(desk.now()).await;
    let quotas = [quota(slack, 1), quota(team, 9)];
    let mut claimed =
        desk.write(async |tx| tx.deliveries().claim(worker, &quotas, desk.horizon()).await).await;
    claimed.sort_by_key(|claimed| (claimed.channel_id, claimed.id));
    let shown: Vec<_> = claimed.iter().map(|claimed| (claimed.channel_id, claimed.kind)).collect();
    assert_eq!(shown, [(slack, ChannelKind::Slack), (team, ChannelKind::Email), (team, ChannelKind::Email)]);
    assert_eq!(
        claimed.iter().map(|claimed| claimed.id).skip(1).collect::<Vec<_>>(),
        [alerts[2].id, alerts[3].id]
    );
}

pub async fn no_two_workers_are_given_the_same_one(desk: &Desk<'_>) {
    const DUE: usize = 40;
    let ids = desk.plan_welcomes(&[desk.now(); DUE]).await;
    let mut workers = JoinSet::new();
    for _ in 0..4 {
        workers.spawn(claim_by_threes(desk.storage(), desk.worker(), desk.horizon()));
    }
    let given: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    assert_eq!(given.len(), DUE, "none was given twice");
    assert_eq!(given.into_iter().collect::<BTreeSet<_>>(), ids.into_iter().collect());
}

async fn claim_by_threes(
    storage: Arc<dyn Storage>,
    worker: WorkerId,
    horizon: Timestamp,
) -> Vec<NotificationId> {
    let quotas = [quota(PERSON_CHANNEL_ID, 3)];
    let mut given = Vec::new();
    loop {
        let outcome = atomically(&*storage, async |tx| {
            let claimed = tx.deliveries().claim(worker, &quotas, horizon).await;
            let_others_go_on().await;
            claimed
        })
        .await;
        match outcome {
            Ok(claimed) if claimed.is_empty() => return given,
            Ok(claimed) => given.extend(claimed.iter().map(|claimed| claimed.id)),
            Err(StorageError::Conflict(_) | StorageError::Stale) => {}
            Err(StorageError::Unavailable(error)) => panic!("the storage is away: {error}"),
        }
    }
}

pub async fn what_was_handed_over_in_vain_is_handed_over_again(desk: &Desk<'_>) {
    let [first, second] = [desk.worker(), desk.worker()];
    let id = desk.plan_welcome(desk.horizon()).await;
    assert_eq!(desk.claim_ids(first).await, [id]);
    desk.advance(HORIZON + HAND_OVER_AGAIN_AFTER + TICK);
    assert_eq!(desk.load(PERSON_CHANNEL_ID).await.map(|load| load.due), Some(1));
    assert_eq!(desk.claim_ids(second).await, [id]);
    assert_eq!(desk.claim_ids(first).await, []);
}

pub async fn a_hand_over_is_given_time_to_arrive(desk: &Desk<'_>) {
    let id = desk.plan_welcome(desk.horizon()).await;
    assert_eq!(desk.claim_ids(desk.worker()).await, [id]);
    // Looking ahead is no reason to hurry: until then the first worker may still be at it.
    for step in [SignedDuration::ZERO, HORIZON, HAND_OVER_AGAIN_AFTER - TICK] {
        desk.advance(step);
        assert_eq!(desk.loads().await, []);
        assert_eq!(desk.claim_ids(desk.worker()).await, []);
    }
}

pub async fn what_is_long_overdue_is_handed_over_once(desk: &Desk<'_>) {
    let ids = desk.plan_welcomes(&[desk.after(-3_600), desk.after(-60), desk.after(-6)]).await;
    assert_eq!(desk.claim_ids(desk.worker()).await, ids);
    assert_eq!(desk.claim_ids(desk.worker()).await, [], "others have it already");
    assert_eq!(desk.loads().await, []);
    desk.advance(SignedDuration::from_secs(2));
    assert_eq!(desk.claim_ids(desk.worker()).await, [], "others have just got it");
    desk.advance(HAND_OVER_AGAIN_AFTER);
    assert_eq!(desk.claim_ids(desk.worker()).await, ids);
}

pub async fn what_is_being_sent_is_not_handed_over_again(desk: &Desk<'_>) {
    let worker = desk.worker();
    let id = desk.plan_welcome(desk.now()).await;
    desk.claim(worker).await;
    desk.open_one(worker, id).await;
    desk.advance(SignedDuration::from_hours(1));
    assert_eq!(desk.loads().await, []);
    assert_eq!(desk.claim_ids(desk.worker()).await, []);
}

pub async fn postponing_moves_due_times(desk: &Desk<'_>) {
    let worker = desk.worker();
    let ids = desk.plan_welcomes(&[desk.now(), desk.now()]).await;
    let mut claimed = desk.claim(worker).await;
    claimed.retain(|claimed| claimed.id == ids[1]);
    claimed[0].due_at = desk.after(1);
    desk.write(async |tx| tx.deliveries().postpone(&claimed).await).await;
    assert_eq!(desk.notification(ids[0]).await.due_at, desk.now());
    assert_eq!(desk.notification(ids[1]).await.due_at, desk.after(1));
    assert_eq!(desk.status(ids[1]).await, NotificationStatus::Queued, "it is still handed over");

    let opened: Vec<_> = desk.open(worker, &ids).await.iter().map(|attempt| attempt.message.id).collect();
    assert_eq!(opened, [ids[0]]);
    desk.advance(SignedDuration::from_secs(1));
    let opened = desk.open_one(worker, ids[1]).await;
    assert_eq!(opened.message.due_at, desk.now());
}

pub async fn what_is_postponed_is_given_time_from_its_new_due_time(desk: &Desk<'_>) {
    let id = desk.plan_welcome(desk.now()).await;
    let mut claimed = desk.claim(desk.worker()).await;
    claimed[0].due_at = desk.after(1);
    desk.write(async |tx| tx.deliveries().postpone(&claimed).await).await;
    desk.advance(SignedDuration::from_secs(1) + HAND_OVER_AGAIN_AFTER - TICK);
    assert_eq!(desk.claim_ids(desk.worker()).await, []);
    desk.advance(TICK * 2);
    assert_eq!(desk.claim_ids(desk.worker()).await, [id]);
}

pub async fn what_waits_is_deferred_from_one_moment_to_another(desk: &Desk<'_>) {
    let (from, until) = (desk.after(-60), desk.after(3_600));
    let due = [from - TICK, from, desk.now(), desk.horizon(), desk.horizon() + TICK];
    let ids = desk.plan_welcomes(&due).await;
    let ticket = desk.opened_ticket(None).await;
    let elsewhere = desk.alert(&ticket, desk.channel("team-email").await.id, desk.now());
    desk.plan(std::slice::from_ref(&elsewhere)).await;
    defer(desk, from, until).await;
    for (id, expected) in ids.iter().zip([due[0], until, until, until, due[4]]) {
        assert_eq!(desk.notification(*id).await.due_at, expected);
        assert_eq!(desk.status(*id).await, NotificationStatus::Scheduled);
    }
    assert_eq!(desk.notification(elsewhere.id).await.due_at, desk.now());
    defer(desk, from, desk.after(1)).await;
    assert_eq!(desk.notification(ids[1]).await.due_at, until, "nothing is moved forward in time");

    desk.advance(SignedDuration::from_hours(1) - HORIZON - TICK);
    assert_eq!(desk.claim_ids(desk.worker()).await, [ids[0], ids[4], elsewhere.id]);
    desk.advance(TICK);
    let claimed = desk.claim_ids(desk.worker()).await;
    assert_eq!(claimed, ids[1..4], "and then it is handed over");
}

pub async fn what_is_on_its_way_is_not_deferred(desk: &Desk<'_>) {
    let worker = desk.worker();
    let handed_over = desk.plan_welcome(desk.now()).await;
    assert_eq!(desk.claim_ids(worker).await, [handed_over]);
    let sending = desk.plan_welcome(desk.now()).await;
    desk.open_one(worker, sending).await;
    defer(desk, desk.after(-60), desk.after(3_600)).await;
    for (id, status) in [(handed_over, NotificationStatus::Queued), (sending, NotificationStatus::Sending)] {
        assert_eq!((desk.notification(id).await.due_at, desk.status(id).await), (desk.now(), status));
    }
}

pub async fn what_was_handed_over_in_vain_is_deferred(desk: &Desk<'_>) {
    let id = desk.plan_welcome(desk.now()).await;
    assert_eq!(desk.claim_ids(desk.worker()).await, [id]);
    desk.advance(HORIZON + HAND_OVER_AGAIN_AFTER + TICK);
    let until = desk.after(3_600);
    defer(desk, desk.after(-60), until).await;
    assert_eq!(desk.notification(id).await.due_at, until);
    assert_eq!(desk.loads().await, []);
    assert_eq!(desk.open(desk.worker(), &[id]).await, [], "a late hint opens nothing");
    desk.advance(SignedDuration::from_hours(1));
    assert_eq!(desk.claim_ids(desk.worker()).await, [id]);
}

/// Defers what is due to persons.
async fn defer(desk: &Desk<'_>, from: Timestamp, until: Timestamp) {
    let deferral = Deferral { channel_id: PERSON_CHANNEL_ID, from, until };
    desk.write(async |tx| tx.deliveries().defer(&[deferral], desk.horizon()).await).await;
}
