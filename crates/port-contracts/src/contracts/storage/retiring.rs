//! What is older than people want to keep is deleted.

use application::ports::{HeldStatus, NotificationFilter, Page, QuarantineFilter, Whose};
use domain::{
    bot_call::RefusalCode,
    ids::{NotificationId, RequestId},
    intake::{CallPath, IntakeOutcome, QuarantineReason, Quarantined, RawCall},
    ledger::day_of,
    notification::{NotificationStatus, OutcomeKind},
};
use jiff::{SignedDuration, Timestamp};

use super::desk::{Desk, TICK};

const DAY: SignedDuration = SignedDuration::from_hours(24);

pub async fn old_notifications_go_with_all_that_hangs_on_them(desk: &Desk<'_>) {
    let (worker, now) = (desk.worker(), desk.now());
    let (_, old) = desk.call_at(now - DAY - TICK).await;
    let (_, young) = desk.call_at(now - DAY + TICK).await;
    for id in [old, young] {
        desk.try_once(worker, id, OutcomeKind::Sent, None).await;
        let mail = desk.mail(id, "ana@example.com");
        desk.write(async |tx| tx.captured_mails().capture(&mail).await).await;
    }
    assert_eq!(retire_notifications(desk, now - DAY, 9).await, 1);
    for (id, is_kept) in [(old, false), (young, true)] {
        let mail = desk.read(async |tx| tx.captured_mails().of_notification(id).await).await;
        assert_eq!(mail.is_some(), is_kept);
        assert_eq!(desk.attempts(id).await.is_empty(), !is_kept);
    }
    assert_eq!(notifications(desk).await, [young]);
}

pub async fn what_is_not_over_is_kept_however_old(desk: &Desk<'_>) {
    let worker = desk.worker();
    let mut kept = Vec::new();
    for &status in NotificationStatus::ALL {
        let id = desk.standing(worker, status).await;
        let is_over = !matches!(
            status,
            NotificationStatus::Scheduled
                | NotificationStatus::Queued
                | NotificationStatus::Sending
                | NotificationStatus::Retrying
        );
        if !is_over {
            kept.push(id);
        }
    }
    assert_eq!(retire_notifications(desk, desk.now() + DAY, 99).await, 4);
    let mut left = notifications(desk).await;
    left.sort();
    assert_eq!(left, kept);
}

pub async fn the_oldest_are_retired_first_in_portions(desk: &Desk<'_>) {
    let (worker, now) = (desk.worker(), desk.now());
    let mut ids = Vec::new();
    for hours in (1..=5).rev() {
        let (_, id) = desk.call_at(now - SignedDuration::from_hours(hours)).await;
        desk.try_once(worker, id, OutcomeKind::Permanent, None).await;
        ids.push(id);
    }
    for (retired, left) in [(2, 3), (2, 1), (1, 0)] {
        assert_eq!(retire_notifications(desk, now, 2).await, retired);
        assert_eq!(retire_intake(desk, now, 2).await, retired);
        let mut kept = notifications(desk).await;
        kept.sort();
        assert_eq!(kept, ids[ids.len() - left..]);
    }
    assert_eq!((retire_notifications(desk, now, 2).await, retire_intake(desk, now, 2).await), (0, 0));
}

pub async fn retiring_leaves_the_ledger_as_it_was(desk: &Desk<'_>) {
    let (worker, now) = (desk.worker(), desk.now());
    let made_at = now - DAY;
    for outcome in [OutcomeKind::Sent, OutcomeKind::Unknown] {
        let (_, id) = desk.call_at(made_at).await;
        desk.try_once(worker, id, outcome, None).await;
    }
    let (_, waits) = desk.call_at(made_at).await;
    let day = day_of(made_at);
    let before = desk.day(day).await;
    assert!(before.is_balanced());
    assert_eq!(before.outcomes, [(IntakeOutcome::Ticketed, 3)].into());

    assert_eq!(retire_notifications(desk, now, 9).await, 2);
    assert_eq!(retire_intake(desk, now, 9).await, 3);
    assert_eq!(notifications(desk).await, [waits]);
    assert_eq!(desk.day(day).await, before);
}

pub async fn young_calls_are_kept(desk: &Desk<'_>) {
    let now = desk.now();
    desk.call_at(now - DAY).await;
    assert_eq!(retire_intake(desk, now - DAY, 9).await, 0);
    assert_eq!(retire_intake(desk, now - DAY + SignedDuration::from_millis(1), 9).await, 1);
}

pub async fn quarantine_that_ended_long_ago_is_deleted(desk: &Desk<'_>) {
    let calls = [(); 4].map(|()| held(desk));
    let [open, released, discarded, late] = [0, 1, 2, 3].map(|place: usize| calls[place].request_id);
    let released_as = HeldStatus::Released(RequestId::from_uuid(desk.id()));
    desk.write(async |tx| {
        tx.quarantine().hold(&calls).await?;
        tx.quarantine().close(released, released_as, desk.now()).await?;
        tx.quarantine().close(discarded, HeldStatus::Discarded, desk.now()).await?;
        tx.quarantine().close(late, HeldStatus::Discarded, desk.after(1)).await
    })
    .await;
    let before = desk.after(1);
    for retired in [1, 1, 0] {
        assert_eq!(desk.write(async |tx| tx.retention().retire_quarantine(before, 1).await).await, retired);
    }
    let everything = QuarantineFilter { bot_id: None, with_closed: true };
    let left = desk.read(async |tx| tx.quarantine().page(everything, Page::first(9)).await).await;
    let left: Vec<_> = left.iter().map(|held| held.call.request_id).collect();
    assert_eq!(left, [late, open]);
}

pub async fn old_messages_are_deleted_the_oldest_first(desk: &Desk<'_>) {
    let chat = desk.chat("tg:42");
    let ticket = desk.opened_ticket(None).await;
    let [late, first, second] = [0, -9, -1].map(|seconds| desk.said(&chat, desk.after(seconds)));
    desk.record(&[late.clone(), first, second.clone()]).await;
    let retire = async || desk.write(async |tx| tx.retention().retire_messages(desk.now(), 1).await).await;
    let left = async || {
        let whose = Whose::Ticket(ticket.id);
        desk.read(async |tx| tx.conversation().page(whose, Page::first(9)).await).await
    };
    assert_eq!((retire().await, left().await), (1, vec![late.clone(), second]));
    assert_eq!((retire().await, left().await), (1, vec![late.clone()]));
    assert_eq!((retire().await, left().await), (0, vec![late]));
}

fn held(desk: &Desk<'_>) -> Quarantined {
    Quarantined {
        request_id: RequestId::from_uuid(desk.id()),
        bot_id: desk.bot.id,
        path: CallPath::Users,
        reason: QuarantineReason { code: RefusalCode::BodyUnreadable, field: None },
        raw: RawCall::default(),
        received_at: desk.now(),
    }
}

async fn retire_notifications(desk: &Desk<'_>, before: Timestamp, limit: u16) -> usize {
    desk.write(async |tx| tx.retention().retire_notifications(before, limit).await).await
}

async fn retire_intake(desk: &Desk<'_>, before: Timestamp, limit: u16) -> usize {
    desk.write(async |tx| tx.retention().retire_intake(before, limit).await).await
}

async fn notifications(desk: &Desk<'_>) -> Vec<NotificationId> {
    let all = NotificationFilter::default();
    let page = desk.read(async |tx| tx.notifications().page(all, Page::first(99)).await).await;
    page.iter().map(|notification| notification.id).collect()
}
