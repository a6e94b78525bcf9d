//! What takes the place of what failed for good.

use std::slice::from_ref;

use application::ports::StorageError;
use domain::{
    fallback::{Fallback, Undelivered},
    ids::{ChannelId, NotificationId},
    ledger::day_of,
    message::Content,
    notification::{NewNotification, NotificationStatus, OutcomeKind, Purpose},
    ticket::Ticket,
    topic::Slug,
};

use super::desk::{Desk, is_conflict};

pub async fn what_failed_for_good_is_undelivered(desk: &Desk<'_>) {
    let worker = desk.worker();
    let (ticket, slack) = (desk.opened_ticket(None).await, desk.channel("sales-slack").await.id);
    let news = desk.alert(&ticket, slack, desk.now());
    desk.plan(from_ref(&news)).await;
    desk.try_once(worker, news.id, OutcomeKind::Permanent, None).await;
    let mut asked = vec![news.id, NotificationId::from_uuid(desk.id())];
    for &status in NotificationStatus::ALL.iter().filter(|status| **status != NotificationStatus::Failed) {
        asked.push(desk.standing(worker, status).await);
    }
    let expected = Undelivered {
        id: news.id,
        purpose: Purpose::TicketOpened,
        user_id: None,
        ticket_id: Some(ticket.id),
        request_id: news.request_id,
        tried: vec![slack],
    };
    assert_eq!(undelivered(desk, &asked).await, [expected]);
}

pub async fn a_fallback_reads_back_linked_to_what_failed(desk: &Desk<'_>) {
    let (ticket, [slack, team]) = (desk.opened_ticket(None).await, channels(desk).await);
    let first = failed(desk, &ticket, slack).await;
    assert_eq!(in_place_of(desk, first).await, None);
    let fallback = instead_of(desk, first, &ticket, team);
    plan(desk, from_ref(&fallback)).await.expect("the place is free");
    let planned = desk.notification(fallback.planned.id).await;
    assert_eq!((planned.instead_of, planned.channel_id), (Some(first), team));
    assert_eq!((planned.status, planned.due_at), (NotificationStatus::Scheduled, desk.now()));
    assert_eq!(in_place_of(desk, first).await, Some(planned.id));
    assert_eq!(undelivered(desk, &[first]).await, [], "something was planned in its place");
    let opened = desk.open_one(desk.worker(), planned.id).await;
    assert!(matches!(opened.message.content, Content::TicketOpened { .. }));
}

pub async fn the_place_of_a_notification_is_taken_once(desk: &Desk<'_>) {
    let (ticket, [slack, team]) = (desk.opened_ticket(None).await, channels(desk).await);
    let first = failed(desk, &ticket, slack).await;
    let fallback = instead_of(desk, first, &ticket, team);
    plan(desk, from_ref(&fallback)).await.expect("the place is free");
    let again = instead_of(desk, first, &ticket, team);
    let other = instead_of(desk, failed(desk, &ticket, slack).await, &ticket, team);
    assert!(is_conflict(&plan(desk, &[other.clone(), again]).await));
    assert_eq!(in_place_of(desk, first).await, Some(fallback.planned.id));
    assert_eq!(in_place_of(desk, other.instead_of).await, None, "all are planned or none");
}

pub async fn a_chain_tells_every_channel_that_was_tried(desk: &Desk<'_>) {
    let (ticket, [slack, team]) = (desk.opened_ticket(None).await, channels(desk).await);
    let first = failed(desk, &ticket, slack).await;
    let second = instead_of(desk, first, &ticket, team);
    let alone = failed(desk, &ticket, team).await;
    plan(desk, from_ref(&second)).await.expect("the place is free");
    desk.try_once(desk.worker(), second.planned.id, OutcomeKind::Permanent, None).await;
    let third = instead_of(desk, second.planned.id, &ticket, slack);
    plan(desk, from_ref(&third)).await.expect("the place is free");
    desk.try_once(desk.worker(), third.planned.id, OutcomeKind::Permanent, None).await;
    let found = undelivered(desk, &[third.planned.id, alone, first, second.planned.id]).await;
    let mut tried: Vec<_> = found.into_iter().map(|found| (found.id, found.tried)).collect();
    tried.sort();
    let mut expected = [(alone, vec![team]), (third.planned.id, vec![slack, team, slack])];
    expected.sort();
    assert_eq!(tried, expected);
}

pub async fn a_digest_goes_over_to_its_fallback(desk: &Desk<'_>) {
    let (ticket, [slack, team]) = (desk.opened_ticket(None).await, channels(desk).await);
    let digest = NewNotification {
        purpose: Purpose::Digest,
        ticket_id: None,
        ..desk.alert(&ticket, team, desk.now())
    };
    let support = Slug::restore("support".to_owned());
    desk.write(async |tx| {
        assert!(tx.reminders().note_digest(&support, day_of(desk.now()), digest.id).await?);
        tx.notifications().insert(from_ref(&digest)).await
    })
    .await;
    desk.try_once(desk.worker(), digest.id, OutcomeKind::Permanent, None).await;
    let fallback = instead_of(desk, digest.id, &ticket, slack);
    let planned = NewNotification { purpose: Purpose::Digest, ticket_id: None, ..fallback.planned };
    let id = planned.id;
    plan(desk, &[Fallback { planned, ..fallback }]).await.expect("the place is free");
    let Content::Digest { digest } = desk.open_one(desk.worker(), id).await.message.content else {
        panic!("it is a digest")
    };
    assert_eq!(digest.backlog.open, 1);
}

pub async fn a_reply_goes_over_to_its_fallback(desk: &Desk<'_>) {
    let (ticket, chat) = (desk.opened_ticket(None).await, desk.chat("tg:42"));
    let (message, planned) = desk.answer(&ticket, Some(&chat));
    desk.plan(from_ref(&planned)).await;
    desk.record(from_ref(&message)).await;
    desk.try_once(desk.worker(), planned.id, OutcomeKind::Permanent, None).await;
    let (_, by_mail) = desk.answer(&ticket, None);
    let id = by_mail.id;
    plan(desk, &[Fallback { instead_of: planned.id, planned: by_mail }]).await.expect("the place is free");
    let Content::Reply { reply, .. } = desk.open_one(desk.worker(), id).await.message.content else {
        panic!("it is a reply")
    };
    assert_eq!(reply.text, message.text);
}

/// A channel of a team, and one to fall back to.
async fn channels(desk: &Desk<'_>) -> [ChannelId; 2] {
    [desk.channel("sales-slack").await.id, desk.channel("team-email").await.id]
}

/// Plans the news of a ticket and lets them fail for good.
async fn failed(desk: &Desk<'_>, ticket: &Ticket, over: ChannelId) -> NotificationId {
    let news = desk.alert(ticket, over, desk.now());
    desk.plan(from_ref(&news)).await;
    desk.try_once(desk.worker(), news.id, OutcomeKind::Permanent, None).await;
    news.id
}

fn instead_of(desk: &Desk<'_>, failed: NotificationId, ticket: &Ticket, over: ChannelId) -> Fallback {
    Fallback { instead_of: failed, planned: desk.alert(ticket, over, desk.now()) }
}

async fn plan(desk: &Desk<'_>, fallbacks: &[Fallback]) -> Result<(), StorageError> {
    desk.try_write(async |tx| tx.fallbacks().plan(fallbacks).await).await
}

async fn undelivered(desk: &Desk<'_>, ids: &[NotificationId]) -> Vec<Undelivered> {
    desk.read(async |tx| tx.fallbacks().undelivered(ids).await).await
}

async fn in_place_of(desk: &Desk<'_>, id: NotificationId) -> Option<NotificationId> {
    desk.read(async |tx| tx.fallbacks().in_place_of(id).await).await
}
