//! Notifications as people see them.

use application::ports::NotificationFilter;
use domain::{
    channel::{ChannelKind, PERSON_CHANNEL, PERSON_CHANNEL_ID},
    ids::NotificationId,
    notification::{NewNotification, Notification, NotificationStatus, OutcomeKind},
};

use super::{
    desk::{Desk, is_conflict},
    paging::assert_pages,
};

pub async fn a_planned_notification_reads_back_as_it_was_written(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let ticket = desk.opened_ticket(None).await;
    let slack = desk.channel("sales-slack").await;
    let planned = [desk.welcome(user.id, desk.after(60)), desk.alert(&ticket, slack.id, desk.now())];
    desk.plan(&planned).await;
    let shown = [(PERSON_CHANNEL, ChannelKind::Email), ("sales-slack", ChannelKind::Slack)];
    for (planned, (channel, kind)) in planned.into_iter().zip(shown) {
        assert_eq!(desk.notification(planned.id).await, as_planned(&planned, channel, kind));
        assert_eq!(desk.attempts(planned.id).await, []);
    }
    let unknown = NotificationId::from_uuid(desk.id());
    assert_eq!(desk.read(async |tx| tx.notifications().find(unknown).await).await, None);
    assert_eq!(desk.attempts(unknown).await, []);
}

fn as_planned(planned: &NewNotification, channel: &str, kind: ChannelKind) -> Notification {
    Notification {
        id: planned.id,
        purpose: planned.purpose,
        channel_id: planned.channel_id,
        channel: channel.to_owned(),
        kind,
        user_id: planned.user_id,
        ticket_id: planned.ticket_id,
        request_id: planned.request_id,
        instead_of: None,
        status: NotificationStatus::Scheduled,
        due_at: planned.due_at,
        attempts: 0,
        possible_duplicate: false,
        created_at: planned.created_at,
    }
}

pub async fn a_notification_is_planned_once(desk: &Desk<'_>) {
    let id = desk.plan_welcome(desk.after(60)).await;
    let before = desk.notification(id).await;
    let again = NewNotification { id, ..desk.welcome(before.user_id.expect("it is a user's"), desk.now()) };
    assert!(is_conflict(&desk.try_write(async |tx| tx.notifications().insert(&[again]).await).await));
    assert_eq!(desk.notification(id).await, before);
}

pub async fn notifications_are_listed_by_where_they_stand(desk: &Desk<'_>) {
    let worker = desk.worker();
    let mut all = Vec::new();
    for &status in NotificationStatus::ALL.iter().chain(NotificationStatus::ALL) {
        all.push((status, desk.standing(worker, status).await));
    }
    for &status in NotificationStatus::ALL {
        let expected: Vec<_> =
            all.iter().filter(|(stands, _)| *stands == status).map(|(_, id)| *id).collect();
        assert_listed(desk, NotificationFilter { status: Some(status), ..Default::default() }, &expected)
            .await;
    }
    let everything: Vec<_> = all.iter().map(|(_, id)| *id).collect();
    assert_listed(desk, NotificationFilter::default(), &everything).await;
}

pub async fn notifications_are_listed_by_channel_ticket_and_user(desk: &Desk<'_>) {
    let [user, other] = [desk.registered().await, desk.registered().await];
    let [ticket, orphan] = [desk.opened_ticket(Some(&user)).await, desk.opened_ticket(None).await];
    let [slack, team] = [desk.channel("sales-slack").await.id, desk.channel("team-email").await.id];
    let planned = [
        desk.welcome(user.id, desk.after(60)),
        desk.alert(&ticket, slack, desk.now()),
        desk.alert(&ticket, team, desk.now()),
        desk.welcome(other.id, desk.after(60)),
        desk.alert(&orphan, team, desk.now()),
    ];
    desk.plan(&planned).await;
    let none = NotificationFilter::default();
    for (filter, expected) in [
        (NotificationFilter { user_id: Some(user.id), ..none }, [0, 1, 2].as_slice()),
        (NotificationFilter { user_id: Some(other.id), ..none }, &[3]),
        (NotificationFilter { ticket_id: Some(ticket.id), ..none }, &[1, 2]),
        (NotificationFilter { ticket_id: Some(orphan.id), ..none }, &[4]),
        (NotificationFilter { channel_id: Some(team), ..none }, &[2, 4]),
        (NotificationFilter { channel_id: Some(PERSON_CHANNEL_ID), ..none }, &[0, 3]),
        (NotificationFilter { channel_id: Some(team), ticket_id: Some(ticket.id), ..none }, &[2]),
        (NotificationFilter { channel_id: Some(slack), user_id: Some(other.id), ..none }, &[]),
        (NotificationFilter { status: Some(NotificationStatus::Sent), user_id: Some(user.id), ..none }, &[]),
        (
            NotificationFilter {
                status: Some(NotificationStatus::Scheduled),
                ticket_id: Some(orphan.id),
                ..none
            },
            &[4],
        ),
        (
            NotificationFilter {
                status: Some(NotificationStatus::Scheduled),
                channel_id: Some(team),
                ..none
            },
            &[2, 4],
        ),
    ] {
        let expected: Vec<_> = expected.iter().map(|&n: &usize| planned[n].id).collect();
        assert_listed(desk, filter, &expected).await;
    }
}

/// `oldest_first` is what the list must show, newest first.
async fn assert_listed(desk: &Desk<'_>, filter: NotificationFilter, oldest_first: &[NotificationId]) {
    let newest_first: Vec<_> = oldest_first.iter().rev().map(|id| id.as_uuid()).collect();
    assert_pages(&newest_first, async |page| {
        let listed = desk.read(async |tx| tx.notifications().page(filter, page).await).await;
        assert!(listed.iter().all(|shown| filter.status.is_none_or(|status| shown.status == status)));
        listed.iter().map(|shown| shown.id.as_uuid()).collect()
    })
    .await;
}

pub async fn only_what_still_waits_can_be_cancelled(desk: &Desk<'_>) {
    let worker = desk.worker();
    for &status in NotificationStatus::ALL {
        let id = desk.standing(worker, status).await;
        let before = desk.notification(id).await;
        let can = matches!(
            status,
            NotificationStatus::Scheduled | NotificationStatus::Queued | NotificationStatus::Retrying
        );
        assert_eq!(cancel(desk, id).await, can, "{status}");
        let after = if can { NotificationStatus::Cancelled } else { status };
        assert_eq!(desk.notification(id).await, Notification { status: after, ..before }, "{status}");
    }
    assert!(!cancel(desk, NotificationId::from_uuid(desk.id())).await);
}

pub async fn what_was_cancelled_is_neither_handed_over_nor_opened(desk: &Desk<'_>) {
    let worker = desk.worker();
    let due = desk.now();
    let [waiting, handed_over] = [desk.plan_welcome(due).await, desk.plan_welcome(due).await];
    cancel(desk, waiting).await;
    assert_eq!(desk.claim_ids(worker).await, [handed_over]);
    cancel(desk, handed_over).await;
    assert_eq!(desk.open(worker, &[waiting, handed_over]).await, []);
    desk.advance(jiff::SignedDuration::from_mins(1));
    assert_eq!(desk.claim_ids(worker).await, []);
    assert_eq!(desk.loads().await, []);
}

pub async fn what_was_sent_or_is_on_its_way_cannot_be_retried(desk: &Desk<'_>) {
    let worker = desk.worker();
    for status in [NotificationStatus::Queued, NotificationStatus::Sending, NotificationStatus::Sent] {
        let id = desk.standing(worker, status).await;
        let before = desk.notification(id).await;
        assert!(!retry(desk, id).await, "{status}");
        assert_eq!(desk.notification(id).await, before, "{status}");
    }
    assert!(!retry(desk, NotificationId::from_uuid(desk.id())).await);
}

pub async fn what_is_retried_is_due_at_once(desk: &Desk<'_>) {
    let worker = desk.worker();
    for status in [
        NotificationStatus::Scheduled,
        NotificationStatus::Retrying,
        NotificationStatus::Failed,
        NotificationStatus::Unknown,
        NotificationStatus::Cancelled,
    ] {
        let id = desk.standing(worker, status).await;
        desk.advance(jiff::SignedDuration::from_secs(1));
        assert!(retry(desk, id).await, "{status}");
        assert_eq!(desk.notification(id).await.due_at, desk.now(), "{status}");
        assert_eq!(desk.claim_ids(worker).await, [id], "{status}");
        desk.try_once(worker, id, OutcomeKind::Sent, None).await;
        assert_eq!(desk.status(id).await, NotificationStatus::Sent, "{status}");
    }
}

async fn cancel(desk: &Desk<'_>, id: NotificationId) -> bool {
    desk.write(async |tx| tx.notifications().cancel(id).await).await
}

pub(super) async fn retry(desk: &Desk<'_>, id: NotificationId) -> bool {
    desk.write(async |tx| tx.notifications().retry(id, desk.now()).await).await
}
