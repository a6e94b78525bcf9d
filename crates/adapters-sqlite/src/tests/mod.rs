//! What SQLite alone promises, beyond the contract of the ports.

mod checkpoints;
mod connections;
mod conversation_plans;
mod dropping;
mod erasing;
mod job_plans;
mod list_plans;
mod opening;
mod plans;
mod samples;
mod side_by_side;
mod upkeep;

use std::{path::PathBuf, sync::Arc};

use application::ports::Migrate;
use port_contracts::FrozenClock;
use tempfile::TempDir;

use crate::{OpenError, SqliteStorage};

/// A folder for one database, which goes away with it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder can be made"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn database(&self) -> PathBuf {
        self.file("frontdesk.db")
    }

    async fn open(&self) -> SqliteStorage {
        self.try_open(Migrate::Apply).await.expect("it opens")
    }

    async fn try_open(&self, migrate: Migrate) -> Result<SqliteStorage, OpenError> {
        SqliteStorage::open(&self.database(), migrate, Arc::new(FrozenClock::default())).await
    }
}
