//! Connections: their settings, and the threads that their statements run on.

use std::{
    error::Error,
    path::Path,
    pin::Pin,
    thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection as _, ConnectionError, ConnectionResult, QueryResult, SqliteConnection,
    connection::SimpleConnection as _,
};
use diesel_async::{
    pooled_connection::deadpool::Pool,
    sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper},
};

/// A connection that lends itself to one blocking task after the other.
pub(crate) type Connection = SyncConnectionWrapper<SqliteConnection, BlockingThreads>;

/// Connections that only read.
pub(crate) type Readers = Pool<Connection>;

/// What every connection is set to, in this order: the first statement that may meet another process must know how
/// long to wait, and `journal_mode` is the first that writes. `synchronous = FULL` makes a commit survive a power cut.
/// Checkpoints are made by [`SqliteStorage::checkpoint`](crate::SqliteStorage::checkpoint) alone, not inside somebody's
/// commit.
const COMMON: &str = "
    PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA wal_autocheckpoint = 0;
";

/// While one process turns the write-ahead log on, SQLite refuses others at once, whatever `busy_timeout` says: each could
/// wait for the other. So long is it tried again.
const SET_UP_WITHIN: Duration = Duration::from_secs(5);

/// It is tried again after so long.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(5);

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The one connection of this process that writes.
    Writer,
    /// One of several that read.
    Reader,
    /// Moves the write-ahead log into the database file. It waits only briefly for others, because it may keep the
    /// writer waiting meanwhile, and comes again later.
    Checkpointer,
    /// Migrations, copies and checks.
    Maintenance,
}

impl Role {
    /// Memory for pages in KiB (negative, as SQLite wants it) and the like.
    const fn settings(self) -> &'static str {
        match self {
            Self::Writer => "PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 134217728;",
            Self::Reader => "PRAGMA cache_size = -2000; PRAGMA query_only = ON;",
            Self::Checkpointer => "PRAGMA cache_size = -500; PRAGMA busy_timeout = 20;",
            Self::Maintenance => "PRAGMA cache_size = -2000;",
        }
    }
}

/// Opens the database file, which is made if it is missing. Blocks.
pub(crate) fn establish(path: &str, role: Role) -> ConnectionResult<SqliteConnection> {
    let mut connection = SqliteConnection::establish(path)?;
    set_up(&mut connection, role).map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

fn set_up(connection: &mut SqliteConnection, role: Role) -> QueryResult<()> {
    let deadline = Instant::now() + SET_UP_WITHIN;
    loop {
        match connection.batch_execute(COMMON).and_then(|()| connection.batch_execute(role.settings())) {
            Err(error) if is_locked(&error) && Instant::now() < deadline => thread::sleep(TRY_AGAIN_AFTER),
            set_up => return set_up,
        }
    }
}

fn is_locked(error: &diesel::result::Error) -> bool {
    matches!(error, diesel::result::Error::DatabaseError(_, told) if told.message() == "database is locked")
}

/// The path as SQLite takes it: absolute, so that no path means a URI, a database in memory or a temporary one.
pub(crate) fn absolute(path: &Path) -> std::io::Result<String> {
    let absolute = std::path::absolute(path)?;
    absolute.into_os_string().into_string().map_err(|_| {
        std::io::Error::new(std::io::ErrorKind::InvalidFilename, "the path of a database must be valid UTF-8")
    })
}

/// Tokio's threads for blocking work, of whatever runtime is current.
///
/// Unlike the runtime that diesel-async brings, dropping a task half-way neither blocks nor panics, on any flavour of
/// runtime: the task goes on by itself, and the next one on the connection waits for it.
pub(crate) struct BlockingThreads;

impl SpawnBlocking for BlockingThreads {
    fn spawn_blocking<'a, R>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> Pin<Box<dyn Future<Output = Result<R, Box<dyn Error + Send + Sync>>> + Send + 'a>>
    where
        R: Send + 'static,
    {
        let running = tokio::task::spawn_blocking(task);
        Box::pin(async move { running.await.map_err(Box::from) })
    }

    fn get_runtime() -> Self {
        Self
    }
}
