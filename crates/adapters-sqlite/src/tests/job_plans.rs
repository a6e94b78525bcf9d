//! How SQLite finds what periodic jobs ask for.

use domain::{
    ids::{NotificationId, TicketId},
    ledger::day_of,
    topic::Slug,
};
use port_contracts::TEST_BEGINS;
use uuid::Uuid;

use super::{
    Folder,
    plans::{Watched, is_small},
};

#[tokio::test]
async fn a_day_of_the_ledger_is_a_range_of_each_table() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let mut watched = Watched::begin(&storage).await;
    let plan = watched.plan(async |tx| tx.ledger().day(day_of(TEST_BEGINS)).await).await;
    for (table, id) in [("users", "id"), ("tickets", "id"), ("notifications", "id"), ("intake", "request_id")]
    {
        let range = format!("SEARCH {table} USING PRIMARY KEY ({id}>? AND {id}<?)");
        assert!(plan.contains(&range), "{range}: {plan:#?}");
    }
    assert!(plan.iter().any(|step| step.contains("ledger_totals USING PRIMARY KEY (day=?)")), "{plan:#?}");
    let scans = plan.iter().filter(|step| step.starts_with("SCAN"));
    assert!(scans.clone().all(|step| is_small(step)), "a whole table is read: {plan:#?}");
}

#[tokio::test]
async fn old_rows_are_found_at_one_end() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let mut watched = Watched::begin(&storage).await;
    let before = TEST_BEGINS;
    watched
        .uses("notifications USING PRIMARY KEY (id<?)", async |tx| {
            tx.retention().retire_notifications(before, 9).await
        })
        .await;
    watched
        .uses("intake USING PRIMARY KEY (request_id<?)", async |tx| {
            tx.retention().retire_intake(before, 9).await
        })
        .await;
    watched
        .uses("quarantine_closed_at_idx (closed_at<?)", async |tx| {
            tx.retention().retire_quarantine(before, 9).await
        })
        .await;
    watched
        .uses("messages USING PRIMARY KEY (id<?)", async |tx| tx.retention().retire_messages(before, 9).await)
        .await;
}

#[tokio::test]
async fn what_waits_is_found_by_topic() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let sales = Slug::restore("sales".to_owned());
    let mut watched = Watched::begin(&storage).await;
    let range = "tickets_waiting_idx (topic=? AND escalated_at=? AND id<?)";
    watched.uses(range, async |tx| tx.reminders().overdue(&sales, TEST_BEGINS, 9).await).await;
    let backlog = watched.plan(async |tx| tx.reminders().backlog(&sales, 9).await).await;
    let waiting = backlog.iter().filter(|step| step.contains("INDEX tickets_") && step.contains("(topic=?"));
    assert_eq!(waiting.count(), 2, "{backlog:#?}");
    let tickets = [TicketId::from_uuid(Uuid::max())];
    let by_id = "tickets USING PRIMARY KEY (id=?)";
    watched.uses(by_id, async |tx| tx.reminders().note_escalated(&tickets, TEST_BEGINS).await).await;
    let digest = NotificationId::from_uuid(Uuid::max());
    let day = day_of(TEST_BEGINS);
    let noted = watched.plan(async |tx| tx.reminders().note_digest(&sales, day, digest).await).await;
    assert!(!noted.iter().any(|step| step.starts_with("SCAN")), "{noted:#?}");
}

#[tokio::test]
async fn the_watchdog_looks_at_what_is_due_and_at_what_was_not_sent() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let mut watched = Watched::begin(&storage).await;
    for index in [
        "notifications_channel_id_next_at_idx (channel_id=? AND next_at<?)",
        "notifications_channel_id_claimed_by_idx (channel_id=?",
    ] {
        watched.uses(index, async |tx| tx.watchdog().backlogs(TEST_BEGINS, 9).await).await;
    }
    watched.uses("notifications_status_idx (status=?)", async |tx| tx.watchdog().undelivered(9).await).await;
}
