//! What the watchdog sees, and who tells of it.

use domain::{
    channel::ChannelKind,
    notification::{NotificationStatus, OutcomeKind},
    watchdog::{Alarm, Backlog, News, TELLING_LEASE, TOLD_AGAIN_AFTER, Undelivered},
};
use jiff::SignedDuration;

use super::{
    delivering::after,
    desk::{Desk, TICK},
};

pub async fn what_is_due_is_seen_channel_by_channel(desk: &Desk<'_>) {
    assert_eq!(backlogs(desk, 9).await, []);
    let slack = desk.channel("sales-slack").await;
    let ticket = desk.opened_ticket(None).await;
    desk.plan_welcomes(&[desk.after(-60), desk.now(), desk.now() + TICK]).await;
    desk.plan(&[desk.alert(&ticket, slack.id, desk.after(-5))]).await;
    desk.write(async |tx| tx.channels().set_next_slot(slack.id, desk.after(1)).await).await;
    let persons = Backlog {
        kind: ChannelKind::Email,
        interval: None,
        quiet_hours: None,
        next_slot_at: None,
        due: 2,
        oldest_due_at: desk.after(-60),
    };
    let sales = Backlog {
        kind: ChannelKind::Slack,
        interval: slack.interval,
        next_slot_at: Some(desk.after(1)),
        due: 1,
        oldest_due_at: desk.after(-5),
        ..persons.clone()
    };
    assert_eq!(backlogs(desk, 9).await, [persons.clone(), sales.clone()]);
    assert_eq!(backlogs(desk, 1).await, [Backlog { due: 1, ..persons.clone() }, sales]);
    desk.write(async |tx| tx.channels().set_paused(slack.id, Some(desk.now())).await).await;
    assert_eq!(backlogs(desk, 9).await, [persons]);
}

pub async fn what_is_handed_over_is_seen_until_it_is_delivered(desk: &Desk<'_>) {
    let worker = desk.worker();
    let due = [desk.after(-90), desk.after(-80)];
    let ids = desk.plan_welcomes(&due).await;
    let seen = async || backlogs(desk, 9).await.first().map(|backlog| (backlog.due, backlog.oldest_due_at));
    desk.claim(worker).await;
    assert_eq!(seen().await, Some((2, due[0])), "it is handed over");
    desk.advance(SignedDuration::from_secs(600));
    assert_eq!(seen().await, Some((2, due[0])), "it was handed over in vain");
    let opened = desk.open_one(worker, ids[0]).await;
    assert_eq!(seen().await, Some((2, due[0])), "it is being sent");
    let end = |again| after(OutcomeKind::Temporary, again);
    let ended = |next| desk.ended(worker, ids[0], opened.number, OutcomeKind::Temporary, next);
    desk.close(&[ended(end(Some(desk.after(60))))]).await;
    assert_eq!(seen().await, Some((1, due[1])), "it is due again later");
}

pub async fn what_will_not_be_delivered_is_counted(desk: &Desk<'_>) {
    let worker = desk.worker();
    let ids = desk.plan_welcomes(&[desk.now(); 4]).await;
    let outcomes = [OutcomeKind::Permanent, OutcomeKind::Permanent, OutcomeKind::Unknown, OutcomeKind::Sent];
    for (id, outcome) in ids.into_iter().zip(outcomes) {
        desk.try_once(worker, id, outcome, None).await;
    }
    assert_eq!(undelivered(desk, 9).await, Undelivered { failed: 2, unknown: 1 });
    assert_eq!(undelivered(desk, 1).await, Undelivered { failed: 1, unknown: 1 });
    assert_eq!(after(OutcomeKind::Permanent, None).status, NotificationStatus::Failed);
}

pub async fn of_those_that_would_tell_of_an_alarm_one_does(desk: &Desk<'_>) {
    assert!(take(desk, Alarm::Late, News::Raised).await);
    assert!(!take(desk, Alarm::Late, News::Raised).await, "somebody is telling");
    assert!(take(desk, Alarm::NoWorker, News::Raised).await, "another alarm is another matter");
    assert_eq!(told(desk).await, [], "nobody has told yet");
    desk.write(async |tx| tx.watchdog().release(Alarm::Late).await).await;
    assert!(take(desk, Alarm::Late, News::Raised).await, "it could not be told, and another tries");
    desk.advance(TELLING_LEASE);
    assert!(take(desk, Alarm::Late, News::Raised).await, "whoever was telling is dead");
}

pub async fn an_alarm_that_lasts_is_told_again_after_an_hour(desk: &Desk<'_>) {
    assert!(take(desk, Alarm::Late, News::Raised).await);
    tell(desk, Alarm::Late, News::Raised).await;
    assert_eq!(told(desk).await, [Alarm::Late]);
    desk.advance(TOLD_AGAIN_AFTER - TICK);
    assert!(!take(desk, Alarm::Late, News::Raised).await);
    desk.advance(TICK);
    assert!(take(desk, Alarm::Late, News::Raised).await);
}

pub async fn an_alarm_is_called_off_once_and_may_come_back_at_once(desk: &Desk<'_>) {
    assert!(!take(desk, Alarm::Late, News::Over).await, "it was never told");
    assert!(take(desk, Alarm::Late, News::Raised).await);
    tell(desk, Alarm::Late, News::Raised).await;
    assert!(take(desk, Alarm::Late, News::Over).await);
    assert!(!take(desk, Alarm::Late, News::Over).await, "somebody is telling");
    tell(desk, Alarm::Late, News::Over).await;
    assert!(!take(desk, Alarm::Late, News::Over).await, "it was called off");
    assert_eq!(told(desk).await, []);
    assert!(take(desk, Alarm::Late, News::Raised).await);
}

pub async fn an_alarm_is_no_job(desk: &Desk<'_>) {
    assert!(take(desk, Alarm::Late, News::Raised).await);
    tell(desk, Alarm::Late, News::Raised).await;
    assert_eq!(desk.read(async |tx| tx.jobs().all().await).await, []);
}

/// In the order of their kinds.
async fn backlogs(desk: &Desk<'_>, limit: usize) -> Vec<Backlog> {
    let mut backlogs = desk.read(async |tx| tx.watchdog().backlogs(desk.now(), limit).await).await;
    backlogs.sort_by_key(|backlog| backlog.kind);
    backlogs
}

async fn undelivered(desk: &Desk<'_>, limit: usize) -> Undelivered {
    desk.read(async |tx| tx.watchdog().undelivered(limit).await).await
}

async fn told(desk: &Desk<'_>) -> Vec<Alarm> {
    desk.read(async |tx| tx.watchdog().told().await).await
}

async fn take(desk: &Desk<'_>, alarm: Alarm, news: News) -> bool {
    desk.write(async |tx| tx.watchdog().take(alarm, news, desk.now()).await).await
}

async fn tell(desk: &Desk<'_>, alarm: Alarm, news: News) {
    desk.write(async |tx| tx.watchdog().tell(alarm, news, desk.now()).await).await;
}
