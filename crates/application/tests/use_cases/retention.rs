//! `RetireOldRows`.

use application::{
    jobs::{RetireOldRows, Retired},
    ports::{Clock as _, HeldStatus, Page, QuarantineFilter, StorageError},
};
use domain::{ledger::day_of, retention::Retention, retry::Outcome};
use jiff::SignedDuration;
use port_contracts::{Fault, Operation};
use serde_json::json;

use crate::{
    desk::{BEGIN, Desk, WELCOME_DELAY},
    talk::delivered,
};

const fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

fn retire(desk: &Desk, retention: Retention) -> RetireOldRows {
    RetireOldRows { storage: desk.storage(), clock: desk.clock(), retention }
}

async fn retired(desk: &Desk, retention: Retention) -> Retired {
    retire(desk, retention).execute().await.expect("storage works")
}

/// Ana was greeted, Bo waits for his mail, and a call was thrown away.
async fn busy_day() -> Desk {
    let desk = Desk::open().await;
    desk.register("Ana", "ana@example.com").await;
    desk.clock.advance(WELCOME_DELAY);
    desk.try_to_send(desk.notifications().await[0].id, Outcome::Sent).await;
    desk.register("Bo", "bo@example.com").await;
    let bad = desk.users_call(&json!({ "email": "nonsense" }));
    let held = bad.request_id;
    desk.take(bad).await;
    desk.hear("1", &delivered("customer", "Hello")).await;
    desk.change(async |tx| tx.quarantine().close(held, HeldStatus::Discarded, desk.clock.now()).await).await;
    desk
}

async fn quarantined(desk: &Desk) -> usize {
    let all = QuarantineFilter { bot_id: None, with_closed: true };
    desk.look(async |snapshot| snapshot.quarantine().page(all, Page::first(9)).await).await.len()
}

#[tokio::test]
async fn without_limits_everything_is_kept_and_nothing_is_asked() {
    let desk = busy_day().await;
    desk.clock.advance(days(10_000));
    let before = desk.storage.commits();
    assert_eq!(retired(&desk, Retention::default()).await, Retired::default());
    assert_eq!(desk.storage.commits(), before);
}

#[tokio::test]
async fn each_kind_has_a_limit_of_its_own() {
    let (desk, limit) = (busy_day().await, Some(days(30)));
    desk.clock.advance(days(31));
    let none = Retention::default();
    let nothing = Retired::default();
    assert_eq!(
        retired(&desk, Retention { notifications: limit, ..none }).await,
        Retired { notifications: 1, ..nothing }
    );
    assert_eq!(desk.notifications().await.len(), 1, "what waits is kept");
    assert_eq!(retired(&desk, Retention { intake: limit, ..none }).await, Retired { intake: 3, ..nothing });
    assert_eq!(desk.storage.intake_rows(), []);
    assert_eq!(quarantined(&desk).await, 1);
    assert_eq!(
        retired(&desk, Retention { quarantine: limit, ..none }).await,
        Retired { quarantine: 1, ..nothing }
    );
    assert_eq!(quarantined(&desk).await, 0);
    let conversation = Retention { conversation: limit, ..none };
    assert_eq!(retired(&desk, conversation).await, Retired { messages: 1, ..nothing });
}

#[tokio::test]
async fn what_is_younger_than_its_limit_is_kept() {
    let desk = busy_day().await;
    let limit = Some(days(30));
    let limits = Retention { notifications: limit, intake: limit, quarantine: limit, conversation: limit };
    desk.clock.set(BEGIN + days(30));
    assert_eq!(retired(&desk, limits).await, Retired::default());
}

#[tokio::test]
async fn retired_rows_stay_in_the_ledger() {
    let desk = busy_day().await;
    let day = day_of(BEGIN);
    let ledger = async || desk.look(async |snapshot| snapshot.ledger().day(day).await).await;
    let before = ledger().await;
    assert!(before.is_balanced() && before.received() == 3);
    desk.clock.advance(days(31));
    let limits = Retention { notifications: Some(days(30)), intake: Some(days(30)), ..Retention::default() };
    retired(&desk, limits).await;
    assert_eq!(ledger().await, before);
}

#[tokio::test]
async fn a_fault_undoes_its_portion_only_and_the_next_round_goes_on() {
    let desk = busy_day().await;
    desk.clock.advance(days(31));
    let limits = Retention { notifications: Some(days(30)), intake: Some(days(30)), ..Retention::default() };
    desk.storage.fail_next(Operation::RetentionRetireIntake, Fault::Unavailable);
    let outcome = retire(&desk, limits).execute().await;
    assert!(matches!(outcome, Err(StorageError::Unavailable(_))));
    assert_eq!((desk.notifications().await.len(), desk.storage.intake_rows().len()), (1, 3));
    assert_eq!(retired(&desk, limits).await, Retired { intake: 3, ..Retired::default() });
}
