//! `IndexForSearch`: lists are searched for what was written.

use application::{
    jobs::IndexForSearch,
    ports::{Page, StorageError, UserFilter},
};
use domain::search::Needle;
use port_contracts::{Fault, Operation};

use crate::desk::Desk;

async fn index(desk: &Desk) -> Result<usize, StorageError> {
    IndexForSearch { storage: desk.storage() }.execute().await
}

async fn found(desk: &Desk, typed: &str) -> usize {
    let filter = UserFilter { needle: Needle::for_users(typed), ..UserFilter::default() };
    desk.look(async |snapshot| snapshot.users().page(&filter, Page::first(99)).await).await.len()
}

#[tokio::test]
async fn who_was_registered_is_found_once_it_was_indexed() {
    let desk = Desk::open().await;
    desk.register("Ana", "ana@example.com").await;
    desk.register("Bob", "bob@example.com").await;
    assert_eq!(found(&desk, "example").await, 0);
    assert_eq!(index(&desk).await.expect("storage works"), 2);
    assert_eq!((found(&desk, "example").await, found(&desk, "ana").await), (2, 1));
    assert_eq!(index(&desk).await.expect("storage works"), 0, "nothing changed since");
}

#[tokio::test]
async fn what_fails_is_indexed_by_the_next_run() {
    let desk = Desk::open().await;
    desk.register("Ana", "ana@example.com").await;
    for operation in [Operation::SearchTake, Operation::SearchPut, Operation::Commit] {
        desk.storage.fail_next(operation, Fault::Unavailable);
        assert!(matches!(index(&desk).await, Err(StorageError::Unavailable(_))), "{operation:?}");
        assert_eq!(found(&desk, "ana").await, 0);
    }
    index(&desk).await.expect("storage works");
    assert_eq!(found(&desk, "ana").await, 1);
}
