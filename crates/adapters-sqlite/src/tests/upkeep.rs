//! Copies and checks.

use std::{
    io::{Seek as _, SeekFrom, Write as _},
    sync::Arc,
};

use application::ports::Migrate;

use super::{
    Folder,
    samples::{People, knows, register},
};
use crate::{BackupError, SqliteStorage};

async fn open(path: &std::path::Path) -> SqliteStorage {
    let clock = Arc::new(port_contracts::FrozenClock::default());
    SqliteStorage::open(path, Migrate::Leave, clock).await.expect("it opens")
}

#[tokio::test]
async fn a_backup_has_everything_that_was_committed() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let people = People::new();
    let (before, after) = (people.next(), people.next());
    register(&storage, &before).await.expect("it is written");
    let path = folder.file("backup.db");
    storage.backup(&path).await.expect("a backup");
    register(&storage, &after).await.expect("it is written");

    let copy = open(&path).await;
    assert!(knows(&copy, &before).await);
    assert!(!knows(&copy, &after).await);
    assert_eq!(copy.integrity_problems().await.expect("it is read"), Vec::<String>::new());
}

#[tokio::test]
async fn a_backup_overwrites_nothing() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let path = folder.file("backup.db");
    std::fs::write(&path, "precious").expect("it is written");
    let refused = storage.backup(&path).await.expect_err("it is refused");
    assert!(matches!(refused, BackupError::Exists { .. }), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "precious");
    let nowhere = storage.backup(&folder.file("no/such/folder/backup.db")).await.expect_err("it is refused");
    assert!(matches!(nowhere, BackupError::Create { .. }), "{nowhere:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_a_backup() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let path = folder.file("backup.db");
    folder.open().await.backup(&path).await.expect("a backup");
    assert_eq!(path.metadata().expect("it is there").permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn damage_is_found() {
    let folder = Folder::new();
    let storage = folder.open().await;
    let people = People::new();
    for _ in 0..200 {
        register(&storage, &people.next()).await.expect("it is written");
    }
    assert_eq!(storage.integrity_problems().await.expect("it is read"), Vec::<String>::new());
    storage.close().await.expect("it closes");
    let length = storage.size().database;
    drop(storage);

    let mut file = std::fs::OpenOptions::new().write(true).open(folder.database()).expect("it opens");
    // The schema is at the beginning, the rows that were written last at the end.
    file.seek(SeekFrom::Start(length - 8 * 4_096)).expect("a page near the end");
    file.write_all(&[0xA5; 4_096]).expect("it is damaged");
    drop(file);
    let problems = open(&folder.database()).await.integrity_problems().await;
    assert!(!problems.expect("it is read").is_empty());
}
