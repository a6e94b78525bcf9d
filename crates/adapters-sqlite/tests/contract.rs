//! SQLite keeps the promises of the storage ports.

use std::sync::Arc;

use adapters_sqlite::SqliteStorage;
use application::ports::{Clock, Migrate, Storage};
use port_contracts::{FrozenClock, StorageUnderTest, storage_contract};
use tempfile::TempDir;

struct InAFile {
    storage: Arc<SqliteStorage>,
    clock: Arc<FrozenClock>,
    _folder: TempDir,
}

impl StorageUnderTest for InAFile {
    fn storage(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.storage) as Arc<dyn Storage>
    }

    fn clock(&self) -> &FrozenClock {
        &self.clock
    }
}

async fn in_a_file() -> InAFile {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let clock = Arc::new(FrozenClock::default());
    let path = folder.path().join("frontdesk.db");
    let storage = SqliteStorage::open(&path, Migrate::Apply, Arc::clone(&clock) as Arc<dyn Clock>).await;
    InAFile { storage: Arc::new(storage.expect("it opens")), clock, _folder: folder }
}

storage_contract!(in_a_file);
