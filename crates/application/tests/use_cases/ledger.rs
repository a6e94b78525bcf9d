//! `CheckLedger`.

use std::sync::Arc;

use application::{
    jobs::CheckLedger,
    ports::{Clock as _, StorageError},
    users::{ImportMode, ImportUsers},
};
use domain::{
    bot_call::Fields,
    intake::{CallPath, IntakeOutcome, IntakeRow},
    ledger::{Entity, Imbalance, LedgerCounts, Made, day_of},
    retry::Outcome,
};
use jiff::civil::Date;
use port_contracts::{Fault, Operation};
use serde_json::json;

use crate::desk::{Desk, WELCOME_DELAY, seconds};

const DAY: i64 = 24 * 3_600;

async fn check(desk: &Desk) -> Vec<(Date, LedgerCounts)> {
    CheckLedger { storage: desk.storage(), clock: desk.clock() }.execute().await.expect("storage works")
}

async fn day(desk: &Desk) -> LedgerCounts {
    let today = day_of(desk.clock.now());
    desk.look(async |snapshot| snapshot.ledger().day(today).await).await
}

/// A call that says that it made a user, and did not.
async fn lose_a_user(desk: &Desk) {
    let row = IntakeRow {
        request_id: desk.request_id(),
        bot_id: desk.bot.id,
        path: CallPath::Users,
        outcome: IntakeOutcome::Registered,
        user_id: None,
        ticket_id: None,
        users_made: 1,
        tickets_made: 0,
        notifications_made: 0,
        received_at: desk.clock.now(),
    };
    desk.change(async |tx| tx.intake().record(&[row]).await).await;
}

#[tokio::test]
async fn what_calls_make_balances_whatever_becomes_of_it() {
    let desk = Desk::open().await;
    desk.register("Ana", "ana@example.com").await;
    desk.register("Ana", "ana@example.com").await;
    desk.ask("sales", "bo@example.com").await;
    desk.take(desk.users_call(&json!({ "email": "nonsense" }))).await;
    desk.clock.advance(WELCOME_DELAY);
    for notification in desk.notifications().await {
        desk.try_to_send(notification.id, Outcome::Sent).await;
    }
    let ana = desk.users().await[0].id;
    desk.change(async |tx| tx.users().erase(ana, desk.clock.now()).await).await;
    let counts = day(&desk).await;
    let outcomes = [
        (IntakeOutcome::Registered, 1),
        (IntakeOutcome::Ticketed, 1),
        (IntakeOutcome::Replayed, 1),
        (IntakeOutcome::Invalid, 1),
    ];
    assert_eq!(counts.outcomes, outcomes.into());
    assert_eq!(counts.made, Made { users: 2, tickets: 1, notifications: 3 });
    assert_eq!(check(&desk).await, []);
}

#[tokio::test]
async fn imported_users_are_no_surprise() {
    let desk = Desk::open().await;
    let import =
        ImportUsers { storage: desk.storage(), clock: desk.clock(), ids: Arc::clone(&desk.ids) as _ };
    let rows =
        ["email=ana@example.com", "email=bo@example.com"].map(|row| Fields::read(row, b"").expect("a row"));
    for mode in [ImportMode::DryRun, ImportMode::Write, ImportMode::Write] {
        import.execute(&desk.bot, &rows, mode).await.expect("storage works");
    }
    let counts = day(&desk).await;
    assert_eq!((counts.received(), counts.made.users, counts.users), (0, 2, 2));
    assert_eq!(check(&desk).await, []);
}

#[tokio::test]
async fn a_call_belongs_to_the_day_on_which_it_arrived_with_all_that_it_made() {
    let desk = Desk::open().await;
    desk.clock.advance(seconds(DAY - 1));
    let call = desk.tickets_call(&json!({
        "topic": "sales", "description": "How much?", "email": "ana@example.com"
    }));
    let arrived = day(&desk).await;
    assert_eq!(arrived, LedgerCounts::default());
    desk.clock.advance(seconds(2));
    desk.take(call).await;
    assert_eq!(day(&desk).await, LedgerCounts::default(), "nothing arrived after midnight");
    assert_eq!(check(&desk).await, []);
}

#[tokio::test]
async fn a_lost_row_is_found_on_the_day_and_on_the_next() {
    let desk = Desk::open().await;
    desk.register("Ana", "ana@example.com").await;
    lose_a_user(&desk).await;
    let lost_on = day_of(desk.clock.now());
    let missing = [Imbalance { entity: Entity::Users, made: 2, found: 1 }];
    for _ in 0..2 {
        let found = check(&desk).await;
        let shown: Vec<_> = found.iter().map(|(day, counts)| (*day, counts.imbalances())).collect();
        assert_eq!(shown, [(lost_on, missing.to_vec())]);
        desk.clock.advance(seconds(DAY));
    }
    assert_eq!(check(&desk).await, [], "older days are history");
}

#[tokio::test]
async fn a_ledger_that_cannot_be_read_is_no_balanced_one() {
    let desk = Desk::open().await;
    for step in [Operation::Read, Operation::LedgerDay] {
        desk.storage.fail_next(step, Fault::Unavailable);
        let check = CheckLedger { storage: desk.storage(), clock: desk.clock() };
        assert!(matches!(check.execute().await, Err(StorageError::Unavailable(_))), "{step:?}");
    }
}
