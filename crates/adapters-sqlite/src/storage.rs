//! The database of one process.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use application::ports::{Clock, Migrate, Storage, StorageError, UnitOfWork};
use async_trait::async_trait;
use diesel::SqliteConnection;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use jiff::Timestamp;
use tokio::{
    sync::Mutex,
    time::{sleep, timeout},
};

use crate::{
    connection::{self, Connection, Readers, Role},
    error::Failure,
    open::{self, OpenError},
    unit_of_work::{SqliteUnitOfWork, Writer},
};

/// So many units of work read at once; more wait.
const READERS: usize = 4;

/// Whoever waits longer for a connection that reads is told that the database is overloaded.
const READER_WAIT: Duration = Duration::from_secs(5);

/// How often it is looked whether somebody writes.
const LOOK: Duration = Duration::from_millis(2);

/// Whoever would rather wait for a lull waits no longer than this: under load without end its work goes on, slowly.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_millis(100);

/// A SQLite database: one connection that writes, which units of work take in turn, and a few that read and wait for
/// no writer.
pub struct SqliteStorage {
    pub(crate) path: String,
    pub(crate) file: &'static File,
    pub(crate) writer: Arc<Mutex<Writer>>,
    pub(crate) checkpointer: Mutex<Connection>,
    pub(crate) readers: Readers,
    clock: Arc<dyn Clock>,
}

impl SqliteStorage {
    /// Opens the database at `path`, which is made, with its folders, if it is missing. With [`Migrate::Apply`] its
    /// schema is brought up to date, all outstanding migrations at once or none.
    ///
    /// `clock` must be the clock of the machine: for an embedded database that is the database's clock.
    pub async fn open(path: &Path, migrate: Migrate, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let path =
            connection::absolute(path).map_err(|source| OpenError::Path { path: path.into(), source })?;
        let at = path.clone();
        let opened = tokio::task::spawn_blocking(move || open::open(&at, migrate)).await;
        let opened = opened.unwrap_or_else(|panicked| Err(OpenError::Interrupted(panicked)))?;
        let readers = readers(&path);
        Ok(Self {
            writer: Arc::new(Mutex::new(Writer::new(Connection::new(opened.writer)))),
            checkpointer: Mutex::new(Connection::new(opened.checkpointer)),
            readers,
            file: opened.file,
            path,
            clock,
        })
    }

    /// Where the database is.
    pub fn path(&self) -> PathBuf {
        PathBuf::from(&self.path)
    }

    /// Runs statements on a connection of their own, outside any unit of work, for what takes long or happens rarely.
    pub(crate) async fn maintain<R, F>(&self, statements: F) -> Result<R, StorageError>
    where
        R: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Result<R, Failure> + Send + 'static,
    {
        let path = self.path.clone();
        let run = move || statements(&mut connection::establish(&path, Role::Maintenance)?);
        let result = tokio::task::spawn_blocking(move || run().map_err(StorageError::from)).await;
        result.unwrap_or_else(|panicked| Err(StorageError::Unavailable(Box::new(panicked))))
    }
}

#[async_trait]
impl Storage for SqliteStorage {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        let writer = Arc::clone(&self.writer).lock_owned().await;
        Ok(Box::new(SqliteUnitOfWork::writing(writer, Arc::clone(&self.clock))))
    }

    async fn read(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        let reader = self.readers.get().await.map_err(|error| StorageError::Unavailable(Box::new(error)))?;
        Ok(Box::new(SqliteUnitOfWork::reading(reader, Arc::clone(&self.clock))))
    }

    async fn lull(&self) {
        let nobody_writes = async {
            while self.writer.try_lock().is_err() {
                sleep(LOOK).await;
            }
        };
        // That it came to nothing is no fault: whoever asked writes in its turn.
        let _ = timeout(LONGEST_WAIT, nobody_writes).await;
    }

    async fn now(&self) -> Result<Timestamp, StorageError> {
        Ok(self.clock.now())
    }
}

fn readers(path: &str) -> Readers {
    let mut config = ManagerConfig::<Connection>::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(|path| {
        let path = path.to_owned();
        Box::pin(async move {
            let opened =
                tokio::task::spawn_blocking(move || connection::establish(&path, Role::Reader)).await;
            let opened = opened.map_err(|error| diesel::ConnectionError::BadConnection(error.to_string()))?;
            opened.map(Connection::new)
        })
    });
    Readers::builder(AsyncDieselConnectionManager::new_with_config(path, config))
        .max_size(READERS)
        .wait_timeout(Some(READER_WAIT))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .expect("a pool with a runtime can be built")
}
