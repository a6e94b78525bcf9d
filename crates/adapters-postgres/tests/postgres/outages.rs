//! The server goes away, and comes back.

use std::time::Duration;

use crate::support::Schema;
use application::ports::{Storage as _, StorageError};

/// Ends all connections that the storage has.
async fn cut_connections(schema: &Schema) {
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = ";
    assert!(schema.number(&format!("{cut}'{}'", schema.name())).await > 0, "there are connections to be cut");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_meets_a_connection_that_died_while_it_was_idle() {
    let schema = Schema::new().await;
    let storage = schema.storage().await;
    for _ in 0..3 {
        let mut units = Vec::new();
        for _ in 0..4 {
            let mut unit = storage.begin().await.expect("it begins");
            unit.channels().all().await.expect("it reads");
            units.push(unit);
        }
        for unit in units {
            unit.commit().await.expect("it ends");
        }
        cut_connections(&schema).await;
        storage.now().await.expect("another connection is made");
        let mut unit = storage.begin().await.expect("it begins");
        assert_eq!(unit.channels().all().await.expect("it reads").len(), 4);
        unit.commit().await.expect("it ends");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_of_work_whose_connection_is_cut_fails_and_the_next_one_works() {
    let schema = Schema::new().await;
    let storage = schema.storage().await;
    let mut unit = storage.begin().await.expect("it begins");
    let channel = unit.channels().all().await.expect("it reads").remove(0);
    unit.channels().set_paused(channel.id, Some(channel.created_at)).await.expect("it writes");
    cut_connections(&schema).await;
    let lost = unit.channels().all().await.expect_err("the connection is gone");
    assert!(matches!(lost, StorageError::Unavailable(_)), "{lost:?}");
    let lost = unit.commit().await.expect_err("the connection is gone");
    assert!(matches!(lost, StorageError::Unavailable(_)), "{lost:?}");

    let mut next = storage.begin().await.expect("it begins");
    assert_eq!(next.channels().all().await.expect("it reads")[0].paused_at, None);
    next.commit().await.expect("it ends");
}

#[tokio::test]
async fn what_failed_half_way_is_not_committed() {
    let schema = Schema::new().await;
    let storage = schema.storage().await;
    let mut unit = storage.begin().await.expect("it begins");
    let channel = unit.channels().all().await.expect("it reads").remove(0);
    unit.channels().set_paused(channel.id, Some(channel.created_at)).await.expect("it writes");
    schema.run("ALTER TABLE topics RENAME TO hidden").await;
    unit.topics().routing().await.expect_err("a table is missing");
    schema.run("ALTER TABLE hidden RENAME TO topics").await;
    unit.commit().await.expect_err("PostgreSQL would roll back and call it a success");
    let mut next = storage.begin().await.expect("it begins");
    assert_eq!(next.channels().all().await.expect("it reads")[0].paused_at, None);
    next.rollback().await.expect("it ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_too_long_for_a_lock_is_told_that_the_database_is_busy() {
    let schema = Schema::new().await;
    let storage = schema.storage().await;
    schema.run("BEGIN; LOCK TABLE channels").await;
    let began = std::time::Instant::now();
    let mut unit = storage.begin().await.expect("it begins");
    let waited = unit.channels().all().await.expect_err("somebody has the table");
    assert!(matches!(waited, StorageError::Unavailable(_)), "{waited:?}");
    assert!(began.elapsed() < Duration::from_secs(4), "it waits two seconds at most");
    drop(unit);
    schema.run("ROLLBACK").await;
    let mut unit = storage.begin().await.expect("it begins");
    unit.channels().all().await.expect("the table is free");
    unit.commit().await.expect("it ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_of_work_that_wait_for_each_other_are_told_to_run_again() {
    let schema = Schema::new().await;
    let storage = schema.storage().await;
    let (mut one, mut other) =
        (storage.begin().await.expect("it begins"), storage.begin().await.expect("it begins"));
    let ids: Vec<_> =
        one.channels().all().await.expect("it reads").into_iter().map(|channel| channel.id).collect();
    one.channels().set_paused(ids[0], None).await.expect("it writes");
    other.channels().set_paused(ids[1], None).await.expect("it writes");
    let (first, second) =
        tokio::join!(one.channels().set_paused(ids[1], None), other.channels().set_paused(ids[0], None));
    let lost: Vec<_> = [first, second].into_iter().filter_map(Result::err).collect();
    assert!(matches!(lost.as_slice(), [StorageError::Conflict(_)]), "{lost:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_units_of_work_than_connections_take_turns() {
    let schema = Schema::new().await;
    let storage = std::sync::Arc::new(schema.storage().await);
    let units: Vec<_> = (0..40)
        .map(|_| {
            let storage = std::sync::Arc::clone(&storage);
            tokio::spawn(async move {
                let mut unit = storage.begin().await?;
                unit.channels().all().await?;
                unit.commit().await
            })
        })
        .collect();
    for unit in units {
        unit.await.expect("it does not panic").expect("it has its turn");
    }
    // The connection that prepared the schema was closed, but its process may still be there for a moment.
    let connections = "SELECT count(*) FROM pg_stat_activity WHERE application_name = ";
    let connections = format!("{connections}'{}'", schema.name());
    while schema.number(&connections).await > 8 {
        tokio::task::yield_now().await;
    }
}
