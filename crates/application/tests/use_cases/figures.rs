//! `CountFigures`.

use application::{
    jobs::CountFigures,
    ports::{Clock as _, StorageError},
};
use domain::{
    figures::{DAYS_KEPT, DayFigures},
    ledger::day_of,
};
use jiff::ToSpan as _;
use port_contracts::{Fault, Operation};

use crate::desk::{Desk, seconds};

const HOUR: i64 = 3_600;

async fn count(desk: &Desk) -> Result<usize, StorageError> {
    CountFigures { storage: desk.storage(), clock: desk.clock() }.execute().await
}

async fn kept(desk: &Desk) -> Vec<DayFigures> {
    let long_ago = day_of(desk.clock.now()).saturating_sub(99.days());
    desk.look(async |tx| tx.figures().since(long_ago).await).await
}

fn leads_of_today(all: &[DayFigures]) -> u64 {
    let today = &all.last().expect("today").figures;
    today.leads.values().sum::<u64>() + today.other_leads
}

#[tokio::test]
async fn a_month_is_counted_at_first_and_then_what_is_young() {
    let desk = Desk::open().await;
    desk.register("Ana", "ana@example.com").await;
    assert_eq!(count(&desk).await.expect("storage works"), 30);
    let all = kept(&desk).await;
    assert_eq!(all.len(), usize::try_from(DAYS_KEPT).expect("a number"));
    assert_eq!(leads_of_today(&all), 1);

    desk.register("Bo", "bo@example.com").await;
    assert_eq!(count(&desk).await.expect("storage works"), 2, "today and yesterday");
    assert_eq!(leads_of_today(&kept(&desk).await), 2);
    desk.clock.advance(seconds(3 * HOUR));
    assert_eq!(count(&desk).await.expect("storage works"), 4, "and two that were counted long ago");
}

#[tokio::test]
async fn what_did_not_change_today_is_not_written_again() {
    let desk = Desk::open().await;
    count(&desk).await.expect("storage works");
    let before = desk.storage.commits();
    desk.clock.advance(seconds(60));
    count(&desk).await.expect("storage works");
    assert_eq!(desk.storage.commits(), before + 1, "yesterday alone");
}

#[tokio::test]
async fn days_are_forgotten_after_a_month() {
    let desk = Desk::open().await;
    count(&desk).await.expect("storage works");
    desk.clock.advance(seconds(10 * 24 * HOUR));
    count(&desk).await.expect("storage works");
    let all = kept(&desk).await;
    assert_eq!(all.len(), 30);
    assert_eq!(all.last().map(|kept| kept.day), Some(day_of(desk.clock.now())));
}

#[tokio::test]
async fn a_run_that_fails_leaves_what_it_counted() {
    for step in [Operation::FiguresSince, Operation::FiguresCount, Operation::FiguresKeep, Operation::Commit]
    {
        let desk = Desk::open().await;
        desk.storage.fail_next(step, Fault::Unavailable);
        assert!(matches!(count(&desk).await, Err(StorageError::Unavailable(_))), "{step:?}");
        assert_eq!(count(&desk).await.expect("storage works again"), 30);
    }
}
