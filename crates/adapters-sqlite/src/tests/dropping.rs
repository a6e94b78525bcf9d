//! Units of work that end half-way.

use application::ports::Storage as _;

use super::{
    Folder,
    samples::{People, knows, register},
};

/// Begins to register a person and goes away while that is being written, unless it was written at once.
async fn give_up_half_way(storage: &crate::SqliteStorage, people: &People) {
    let person = people.next();
    let mut unit = storage.begin().await.expect("it begins");
    tokio::select! {
        biased;
        _ = unit.users().insert(std::slice::from_ref(&person.user)) => {}
        () = std::future::ready(()) => {}
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_caller_that_goes_away_half_way_does_no_harm_on_one_thread() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let people = People::new();
    for _ in 0..20 {
        give_up_half_way(&storage, &people).await;
        let person = people.next();
        register(&storage, &person).await.expect("the next one is not in its way");
        assert!(knows(&storage, &person).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_goes_away_half_way_does_no_harm_on_many_threads() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let people = People::new();
    for _ in 0..20 {
        give_up_half_way(&storage, &people).await;
    }
    let person = people.next();
    register(&storage, &person).await.expect("the next one is not in its way");
}

#[tokio::test]
async fn a_reader_that_goes_away_half_way_leaves_room_for_others() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let people = People::new();
    let person = people.next();
    for _ in 0..20 {
        let mut snapshot = storage.read().await.expect("there is room");
        tokio::select! {
            biased;
            _ = snapshot.users().find(person.user.id) => {}
            () = std::future::ready(()) => {}
        }
    }
    assert!(!knows(&storage, &person).await);
}

#[test]
fn a_unit_of_work_may_be_dropped_where_no_runtime_is() {
    let folder = Folder::new();
    let people = People::new();
    let (lost, kept) = (people.next(), people.next());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (storage, unit) = runtime.block_on(async {
        let storage = folder.open().await;
        let mut unit = storage.begin().await.expect("it begins");
        unit.users().insert(std::slice::from_ref(&lost.user)).await.expect("it is written");
        (storage, unit)
    });
    drop(unit);
    runtime.block_on(async {
        register(&storage, &kept).await.expect("the writer is free");
        assert!(!knows(&storage, &lost).await);
        assert!(knows(&storage, &kept).await);
    });
}

/// Keeps the connection that writes busy until the answer is dropped.
async fn keep_busy(storage: &crate::SqliteStorage) -> std::sync::mpsc::Sender<()> {
    let (busy, until_dropped) = std::sync::mpsc::channel::<()>();
    let (begins, begun) = tokio::sync::oneshot::channel();
    let mut writer = storage.writer.lock().await;
    let task = writer.connection().spawn_blocking(move |_| {
        let _ = begins.send(());
        let _ = until_dropped.recv();
        Ok(())
    });
    tokio::pin!(task);
    tokio::select! {
        begun = begun => begun.expect("the connection takes its task"),
        _ = task => unreachable!("it waits until it is told to end"),
    }
    busy
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_waits_for_any_more_runs_in_nobody_elses_transaction() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let people = People::new();
    for _ in 0..30 {
        let (lost, kept) = (people.next(), people.next());
        let busy = keep_busy(&storage).await;
        let mut unit = storage.begin().await.expect("it begins");
        tokio::select! {
            biased;
            _ = unit.users().insert(std::slice::from_ref(&lost.user)) => panic!("the connection is busy"),
            () = std::future::ready(()) => {}
        }
        drop(unit);
        drop(busy);
        register(&storage, &kept).await.expect("the next one is not in its way");
        assert!(!knows(&storage, &lost).await);
        assert!(knows(&storage, &kept).await);
    }
}
