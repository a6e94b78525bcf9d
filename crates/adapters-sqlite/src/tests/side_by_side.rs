//! Commands beside a running server: several processes on one file.

use std::{sync::Arc, time::Duration};

use application::ports::{Storage, atomically};
use tokio::{task::JoinSet, time::Instant};

use super::{
    Folder,
    samples::{People, knows, register},
};
use crate::storage::LONGEST_WAIT;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_of_two_processes_wait_for_each_other() {
    const EACH: usize = 20;
    let folder = Folder::new();
    let people = Arc::new(People::new());
    let mut writers = JoinSet::new();
    for _ in 0..2 {
        let storage = Arc::new(folder.open().await);
        for _ in 0..EACH {
            let (storage, people) = (Arc::clone(&storage), Arc::clone(&people));
            writers.spawn(async move { register(&*storage, &people.next()).await });
        }
    }
    let failed: Vec<_> = writers.join_all().await.into_iter().filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_before_writing_never_loses_to_the_other_process() {
    let folder = Folder::new();
    let mut takers = JoinSet::new();
    for _ in 0..2 {
        let storage: Arc<dyn Storage> = Arc::new(folder.open().await);
        for _ in 0..20 {
            let storage = Arc::clone(&storage);
            takers.spawn(async move {
                atomically(&*storage, async |tx| {
                    tx.topics().routing().await?;
                    tx.tickets().take_numbers(1).await
                })
                .await
                .expect("a number")
            });
        }
    }
    let mut numbers = takers.join_all().await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn work_that_can_wait_lets_who_writes_go_first_but_not_for_ever() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let writing = storage.begin().await.expect("it begins");
    let asked = Instant::now();
    storage.lull().await;
    assert_eq!(asked.elapsed(), LONGEST_WAIT);
    writing.commit().await.expect("it is committed");
    let asked = Instant::now();
    storage.lull().await;
    assert_eq!(asked.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn what_one_process_committed_the_other_sees() {
    let folder = Folder::new();
    let (server, command) = (folder.open().await, folder.open().await);
    let person = People::new().next();
    register(&command, &person).await.expect("it is written");
    assert!(knows(&server, &person).await);
}
