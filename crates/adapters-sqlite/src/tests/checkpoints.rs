//! The write-ahead log.

use application::ports::{Storage as _, StorageError, Transaction, atomically};

use super::{
    Folder,
    samples::{People, knows, register},
};
use crate::SqliteStorage;

const MEBIBYTE: usize = 1024 * 1024;

/// Commits so many mebibytes.
async fn commit(storage: &SqliteStorage, people: &People, mebibytes: usize) {
    for _ in 0..mebibytes {
        let calls: Vec<_> = (0..16).map(|_| people.held(MEBIBYTE / 16)).collect();
        let held: Result<(), StorageError> =
            atomically(storage, async |tx: &mut Transaction| tx.quarantine().hold(&calls).await).await;
        held.expect("it is written");
    }
}

fn log_length(storage: &SqliteStorage) -> usize {
    usize::try_from(storage.size().write_ahead_log).expect("a file that fits into memory")
}

#[tokio::test]
async fn a_small_log_needs_no_checkpoint() {
    let folder = Folder::new();
    let storage = folder.open().await;
    register(&storage, &People::new().next()).await.expect("it is written");
    assert!(!storage.needs_checkpoint());
    assert!(log_length(&storage) > 0);
}

#[tokio::test]
async fn the_log_is_used_again_after_a_checkpoint() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let people = People::new();
    for _ in 0..4 {
        commit(&storage, &people, 20).await;
        assert!(storage.needs_checkpoint());
        storage.checkpoint().await.expect("a checkpoint");
    }
    assert!(log_length(&storage) < 40 * MEBIBYTE, "it grew to {}", log_length(&storage));
    assert!(storage.size().database > 60 * MEBIBYTE as u64);
}

#[tokio::test]
async fn a_log_that_became_too_long_begins_anew() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let people = People::new();
    commit(&storage, &people, 70).await;
    storage.checkpoint().await.expect("a checkpoint");
    commit(&storage, &people, 20).await;
    assert!(log_length(&storage) < 80 * MEBIBYTE, "it grew to {}", log_length(&storage));
}

#[tokio::test]
async fn a_long_look_neither_stops_a_checkpoint_nor_is_disturbed_by_it() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let people = People::new();
    let (before, after) = (people.next(), people.next());
    register(&storage, &before).await.expect("it is written");
    let mut snapshot = storage.read().await.expect("it begins");
    assert!(snapshot.users().find(before.user.id).await.expect("it is read").is_some());
    commit(&storage, &people, 70).await;
    storage.checkpoint().await.expect("what can be moved is moved");
    register(&storage, &after).await.expect("writing goes on");
    assert!(snapshot.users().find(after.user.id).await.expect("it is read").is_none());
    snapshot.rollback().await.expect("it ends");
    storage.checkpoint().await.expect("the rest is moved");
    assert!(knows(&storage, &after).await);
}

#[tokio::test]
async fn closing_empties_the_log() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let person = People::new().next();
    register(&storage, &person).await.expect("it is written");
    storage.close().await.expect("it closes");
    assert_eq!(log_length(&storage), 0);
    assert!(storage.read().await.is_err(), "nothing reads any more");
    drop(storage);
    assert!(knows(&folder.open().await, &person).await);
}
