//! When the watchdog gives alarm.

use domain::{
    channel::ChannelKind,
    watchdog::{Alarm, Alert, Backlog, LATE_AFTER, News, Signals, TOLD_AGAIN_AFTER, Undelivered, Vigil},
};
use jiff::{SignedDuration, Timestamp};

const NOW: Timestamp = Timestamp::constant(1_767_225_600, 0);

const fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

fn backlog(seconds_ago: i64) -> Backlog {
    Backlog {
        kind: ChannelKind::Slack,
        interval: None,
        quiet_hours: None,
        next_slot_at: None,
        due: 3,
        oldest_due_at: NOW - seconds(seconds_ago),
    }
}

fn signals(backlogs: Vec<Backlog>, workers: usize) -> Signals {
    Signals { seen_at: NOW, backlogs, undelivered: Undelivered::default(), workers }
}

fn all_is_well() -> Signals {
    signals(Vec::new(), 1)
}

#[test]
fn the_oldest_due_notification_says_how_late_delivery_is() {
    let seen = signals(vec![backlog(-5), backlog(70), backlog(10)], 1);
    assert_eq!((seen.lateness(), seen.due()), (seconds(70), 9));
    assert_eq!(all_is_well().lateness(), SignedDuration::ZERO);
    assert_eq!(signals(vec![backlog(-5)], 1).lateness(), SignedDuration::ZERO, "it is not due yet");
}

#[test]
fn what_waits_for_its_pace_or_in_quiet_hours_is_not_late() {
    let interval = Some(seconds(1));
    let paced = Backlog { interval, next_slot_at: Some(NOW + seconds(2)), ..backlog(600) };
    assert_eq!(paced.lateness(NOW), SignedDuration::ZERO);
    let stuck = Backlog { next_slot_at: Some(NOW - seconds(100)), ..paced };
    assert_eq!(stuck.lateness(NOW), seconds(100), "slots pass unused");
    assert_eq!(Backlog { interval: None, ..stuck }.lateness(NOW), seconds(600), "it has no pace any more");
    let quiet = Backlog { quiet_hours: "22:00-08:00 UTC".parse().ok(), ..backlog(600) };
    assert_eq!(quiet.lateness(NOW), SignedDuration::ZERO, "it is midnight");
    let awake = Backlog { quiet_hours: "08:00-22:00 UTC".parse().ok(), ..backlog(600) };
    assert_eq!(awake.lateness(NOW), seconds(600));
}

#[test]
fn lateness_raises_its_alarm_at_once_and_ends_it_after_two_looks() {
    let mut vigil = Vigil::default();
    let on_time = signals(vec![backlog(LATE_AFTER.as_secs())], 1);
    assert_eq!(vigil.note(Some(&on_time)), []);
    let late = signals(vec![backlog(LATE_AFTER.as_secs() + 1)], 1);
    assert_eq!(vigil.note(Some(&late)), [(Alarm::Late, News::Raised)]);
    assert_eq!(vigil.note(Some(&late)), [], "it lasts");
    assert_eq!(vigil.note(Some(&on_time)), []);
    assert!(vigil.lasts(Alarm::Late) && !vigil.is_over(Alarm::Late));
    assert_eq!(vigil.note(Some(&on_time)), [(Alarm::Late, News::Over)]);
    assert!(vigil.is_over(Alarm::Late));
}

#[test]
fn a_worker_that_is_replaced_raises_no_alarm() {
    let mut vigil = Vigil::default();
    let nobody = signals(Vec::new(), 0);
    for _ in 0..3 {
        assert_eq!(vigil.note(Some(&nobody)), []);
        assert!(!vigil.is_over(Alarm::NoWorker), "it is suspected");
        assert_eq!(vigil.note(Some(&all_is_well())), []);
    }
    assert_eq!(vigil.note(Some(&nobody)), []);
    assert_eq!(vigil.note(Some(&nobody)), [(Alarm::NoWorker, News::Raised)]);
    assert_eq!(vigil.lasting().collect::<Vec<_>>(), [Alarm::NoWorker]);
}

#[test]
fn while_the_database_is_away_nothing_else_begins_or_ends() {
    let mut vigil = Vigil::default();
    vigil.note(Some(&signals(vec![backlog(100)], 1)));
    assert_eq!(vigil.note(None), []);
    assert_eq!(vigil.note(None), [(Alarm::DatabaseAway, News::Raised)]);
    assert_eq!(vigil.lasting().collect::<Vec<_>>(), [Alarm::Late, Alarm::DatabaseAway]);
    vigil.note(Some(&all_is_well()));
    let ended = vigil.note(Some(&all_is_well()));
    assert_eq!(ended, [(Alarm::Late, News::Over), (Alarm::DatabaseAway, News::Over)]);
}

#[test]
fn a_process_tells_of_the_database_once_an_hour_and_of_its_return_once() {
    let mut vigil = Vigil::default();
    assert_eq!(vigil.own_news(NOW), None);
    vigil.note(None);
    vigil.note(None);
    assert_eq!(vigil.own_news(NOW), Some(News::Raised));
    assert_eq!(vigil.own_news(NOW + seconds(9)), Some(News::Raised), "it was not told yet");
    vigil.told(News::Raised, NOW);
    assert_eq!(vigil.own_news(NOW + TOLD_AGAIN_AFTER - seconds(1)), None);
    assert_eq!(vigil.own_news(NOW + TOLD_AGAIN_AFTER), Some(News::Raised));
    vigil.note(Some(&all_is_well()));
    vigil.note(Some(&all_is_well()));
    assert_eq!(vigil.own_news(NOW), Some(News::Over));
    vigil.told(News::Over, NOW);
    assert_eq!(vigil.own_news(NOW), None);
}

#[test]
fn an_alert_says_what_is_wrong_in_numbers() {
    let alert = Alert {
        alarm: Alarm::Late,
        news: News::Raised,
        at: NOW,
        signals: Some(signals(vec![backlog(90), backlog(5)], 2)),
    };
    assert_eq!(alert.sentence(), "Notifications are late: the oldest one by 90 s, and 6 are due");
    let said = |alarm, news| Alert { alarm, news, signals: None, ..alert.clone() }.sentence();
    let all: std::collections::BTreeSet<_> =
        Alarm::ALL.iter().flat_map(|&alarm| News::ALL.iter().map(move |&news| (alarm, news))).collect();
    let sentences: std::collections::BTreeSet<_> =
        all.iter().map(|&(alarm, news)| said(alarm, news)).collect();
    assert_eq!(sentences.len(), 6);
}
