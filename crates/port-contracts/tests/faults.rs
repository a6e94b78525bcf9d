//! The fake storage fails when and where it was told to.

use std::sync::Arc;

use application::ports::{Page, Storage, StorageError, Transaction, UserFilter, atomically, consult};
use domain::ids::WorkerId;
use port_contracts::{Fault, FrozenClock, InMemoryStorage, Operation};
use uuid::Uuid;

const WORKER: WorkerId = WorkerId::from_uuid(Uuid::from_u128(1));

fn storage() -> InMemoryStorage {
    InMemoryStorage::new(Arc::new(FrozenClock::default()))
}

async fn beat(tx: &mut Transaction) -> Result<(), StorageError> {
    tx.workers().beat(WORKER).await.map(drop)
}

async fn try_beat(storage: &InMemoryStorage) -> Result<(), StorageError> {
    atomically(storage, beat).await
}

async fn beating(storage: &InMemoryStorage) -> Vec<WorkerId> {
    consult(storage, async |snapshot| snapshot.workers().all().await).await.expect("it reads")
}

#[tokio::test]
async fn an_operation_fails_as_often_and_as_told_and_then_works() {
    let storage = storage();
    storage.fail_next(Operation::WorkersBeat, Fault::Conflict);
    storage.fail_next(Operation::WorkersBeat, Fault::Stale);
    storage.fail_next(Operation::WorkersBeat, Fault::Unavailable);
    assert!(matches!(try_beat(&storage).await, Err(StorageError::Conflict(_))));
    assert!(matches!(try_beat(&storage).await, Err(StorageError::Stale)));
    assert!(matches!(try_beat(&storage).await, Err(StorageError::Unavailable(_))));
    assert_eq!((beating(&storage).await, storage.commits()), (vec![], 0));
    try_beat(&storage).await.expect("it works again");
    assert_eq!((beating(&storage).await, storage.commits()), (vec![WORKER], 1));
}

#[tokio::test]
async fn a_commit_that_fails_changes_nothing() {
    let storage = storage();
    for step in [Operation::Begin, Operation::Commit] {
        storage.fail_next(step, Fault::Unavailable);
        assert!(matches!(try_beat(&storage).await, Err(StorageError::Unavailable(_))));
        assert_eq!(beating(&storage).await, []);
    }
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_done() {
    let storage = storage();
    storage.fail_next(Operation::CommitAnswer, Fault::Unavailable);
    assert!(matches!(try_beat(&storage).await, Err(StorageError::Unavailable(_))));
    assert_eq!(beating(&storage).await, [WORKER]);
}

#[tokio::test]
async fn what_is_open_during_an_outage_is_lost() {
    let storage = storage();
    let mut unit = storage.begin().await.expect("it begins");
    unit.workers().beat(WORKER).await.expect("it is written");
    storage.go_away();
    assert!(storage.begin().await.is_err());
    assert!(storage.read().await.is_err());
    assert!(storage.now().await.is_err());
    storage.come_back();
    assert!(unit.workers().all().await.is_err(), "its connection is broken");
    assert!(unit.commit().await.is_err());
    assert_eq!(beating(&storage).await, []);
    try_beat(&storage).await.expect("it works again");
}

#[tokio::test]
async fn a_unit_of_work_that_reads_does_not_write() {
    let storage = storage();
    let outcome = consult(&storage, beat).await;
    assert!(matches!(outcome, Err(StorageError::Unavailable(_))));
}

#[tokio::test]
async fn every_operation_can_be_named() {
    for &operation in Operation::ALL {
        let storage = storage();
        storage.fail_next(operation, Fault::Unavailable);
        let lists = consult(&storage, async |snapshot| {
            snapshot.users().page(&UserFilter::default(), Page::first(1)).await?;
            snapshot.workers().all().await
        });
        let is_met = matches!(operation, Operation::Read | Operation::UsersPage | Operation::WorkersAll);
        assert_eq!(lists.await.is_err(), is_met, "{operation:?}");
    }
}
