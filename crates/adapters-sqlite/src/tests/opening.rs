//! Opening databases of every sort.

use std::path::Path;

use application::ports::{Migrate, Schema};
use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};

use super::{
    Folder,
    samples::{People, knows, register},
};
use crate::{LockError, OpenError, ServerLock};

fn change(database: &Path, sql: &str) {
    let path = database.to_str().expect("a path in UTF-8");
    let mut connection = SqliteConnection::establish(path).expect("it opens");
    connection.batch_execute(sql).expect("it is changed");
}

fn add_migration(database: &Path, version: &str) {
    change(database, &format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"));
}

#[tokio::test]
async fn a_missing_file_is_made_with_its_folders() {
    let folder = Folder::new();
    let path = folder.file("a/b/frontdesk.db");
    let clock = std::sync::Arc::new(port_contracts::FrozenClock::default());
    let storage = crate::SqliteStorage::open(&path, Migrate::Apply, clock).await.expect("it opens");
    assert_eq!(storage.schema().await.expect("it is known"), Schema::Current);
    assert_eq!(storage.path(), path);
    assert!(path.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_a_new_database() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let storage = folder.open().await;
    register(&storage, &People::new().next()).await.expect("it is written");
    for name in ["frontdesk.db", "frontdesk.db-wal", "frontdesk.db-shm"] {
        let mode = folder.file(name).metadata().expect(name).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn opening_again_keeps_everything() {
    let folder = Folder::new();
    let person = People::new().next();
    register(&folder.open().await, &person).await.expect("it is written");
    assert!(knows(&folder.open().await, &person).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_may_make_the_database_at_once() {
    let folder = Folder::new();
    let (one, other) = tokio::join!(folder.try_open(Migrate::Apply), folder.try_open(Migrate::Apply));
    assert_eq!(one.expect("it opens").schema().await.expect("it is known"), Schema::Current);
    assert_eq!(other.expect("it opens").schema().await.expect("it is known"), Schema::Current);
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_left_alone() {
    let folder = Folder::new();
    let text = "Dear diary, ".repeat(100);
    std::fs::write(folder.database(), &text).expect("it is written");
    let refused = folder.try_open(Migrate::Apply).await.err().expect("it is refused");
    assert!(matches!(refused, OpenError::NotADatabase { .. }), "{refused:?}");
    assert_eq!(std::fs::read_to_string(folder.database()).expect("it is there"), text);
}

#[tokio::test]
async fn the_database_of_another_program_is_refused() {
    let folder = Folder::new();
    change(&folder.database(), "CREATE TABLE bookmarks (url TEXT)");
    let refused = folder.try_open(Migrate::Apply).await.err().expect("it is refused");
    assert!(matches!(refused, OpenError::Foreign { .. }), "{refused:?}");
}

#[tokio::test]
async fn a_folder_in_place_of_the_file_is_refused() {
    let folder = Folder::new();
    std::fs::create_dir(folder.database()).expect("it is made");
    let refused = folder.try_open(Migrate::Apply).await.err().expect("it is refused");
    assert!(refused.to_string().contains("frontdesk.db"), "{refused}");
}

#[tokio::test]
async fn migrations_can_be_left_to_a_command() {
    let folder = Folder::new();
    let storage = folder.try_open(Migrate::Leave).await.expect("it opens");
    assert_eq!(storage.schema().await.expect("it is known"), Schema::Outdated);
    let outstanding = storage.migration_status().await.expect("a list");
    assert!(!outstanding.is_empty() && outstanding.iter().all(|state| !state.applied), "{outstanding:?}");

    let applied = storage.migrate_up().await.expect("they are applied");
    assert_eq!(applied.len(), outstanding.len());
    assert_eq!(storage.migration_status().await.expect("a list"), applied);
    assert_eq!(storage.migrate_up().await.expect("nothing is left"), []);
    register(&storage, &People::new().next()).await.expect("now it can be used");
}

#[tokio::test]
async fn a_newer_schema_is_used_and_told() {
    let folder = Folder::new();
    drop(folder.open().await);
    add_migration(&folder.database(), "20990101000000");
    let storage = folder.open().await;
    assert_eq!(storage.schema().await.expect("it is known"), Schema::Newer);
    let newest = storage.migration_status().await.expect("a list").pop().expect("there are some");
    assert_eq!((newest.version.as_str(), newest.name, newest.applied), ("20990101000000", None, true));
}

#[tokio::test]
async fn a_newer_schema_that_is_marked_incompatible_is_refused() {
    let folder = Folder::new();
    drop(folder.open().await);
    add_migration(&folder.database(), "20990101000000incompatible");
    for migrate in [Migrate::Apply, Migrate::Leave] {
        let refused = folder.try_open(migrate).await.err().expect("it is refused");
        assert!(matches!(refused, OpenError::Incompatible { .. }), "{refused:?}");
        assert!(refused.to_string().contains("20990101000000incompatible"), "{refused}");
    }
}

#[test]
fn one_process_serves_a_database_at_a_time() {
    let folder = Folder::new();
    let first = ServerLock::acquire(&folder.database()).expect("it is free");
    let second = ServerLock::acquire(&folder.database()).expect_err("it is held");
    assert!(matches!(second, LockError::Held { .. }), "{second:?}");
    drop(first);
    ServerLock::acquire(&folder.database()).expect("it is free again");
}

#[tokio::test]
async fn commands_work_beside_the_process_that_serves() {
    let folder = Folder::new();
    let _serving = ServerLock::acquire(&folder.database()).expect("it is free");
    let person = People::new().next();
    register(&folder.open().await, &person).await.expect("it is written");
}
