//! Checkpoints: what the write-ahead log holds is moved into the database file, so that the log does not grow.

use application::ports::StorageError;
use diesel::{
    QueryResult, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query, sql_types::Integer,
};
use tokio::sync::MutexGuard;

use crate::{SqliteStorage, connection::Connection, error::Failure};

/// A write-ahead log is worth a checkpoint from this size on, in bytes.
const WORTH_IT: u64 = 16 * 1024 * 1024;

/// From this size on, in bytes, the writer has to wait so that the log can begin anew.
const TOO_LONG: u64 = 64 * 1024 * 1024;

/// Before the writer has to wait, so little may be left to move, in bytes: a few milliseconds of work.
const SHORT_WAIT: u64 = 2 * 1024 * 1024;

/// A writer that is faster than the disk is asked to wait after so many rounds of catching up.
const ROUNDS_MAX: usize = 8;

/// What a checkpoint says about the write-ahead log, in pages.
#[derive(QueryableByName)]
struct Pages {
    /// In the log.
    #[diesel(sql_type = Integer)]
    log: i32,
    /// How many of them are in the database file too.
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

#[derive(QueryableByName)]
struct PageSize {
    #[diesel(sql_type = Integer)]
    page_size: i32,
}

/// The write-ahead log, in bytes.
struct Progress {
    /// All of it.
    length: u64,
    /// What is not in the database file.
    left: u64,
}

impl Progress {
    fn new(pages: &Pages, size: &PageSize) -> Self {
        let bytes =
            |pages: i32| u64::from(pages.max(0).unsigned_abs()) * u64::from(size.page_size.unsigned_abs());
        Self { length: bytes(pages.log), left: bytes(pages.log.saturating_sub(pages.checkpointed)) }
    }
}

/// How much a checkpoint does.
#[derive(Clone, Copy)]
enum Mode {
    /// Only looks.
    Noop,
    /// Moves what it can without making anybody wait.
    Passive,
    /// Moves everything, so that the next commit begins the log anew. Writers wait.
    Restart,
    /// As `Restart`, and empties the file.
    Truncate,
}

impl Mode {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Noop => "NOOP",
            Self::Passive => "PASSIVE",
            Self::Restart => "RESTART",
            Self::Truncate => "TRUNCATE",
        }
    }

    fn run(self, connection: &mut SqliteConnection) -> QueryResult<Progress> {
        let pages = sql_query(format!("PRAGMA wal_checkpoint({})", self.as_str())).get_result(connection)?;
        let size = sql_query("PRAGMA page_size").get_result(connection)?;
        Ok(Progress::new(&pages, &size))
    }
}

impl SqliteStorage {
    /// Whether [`checkpoint`](Self::checkpoint) may have something to do, by the size of the write-ahead log's file.
    /// Runs no statement.
    pub fn needs_checkpoint(&self) -> bool {
        self.size().write_ahead_log >= WORTH_IT
    }

    /// Moves what is in the write-ahead log into the database file, if that is worth it. Writers go on meanwhile, but
    /// for a moment at the end when the log has become too long, so that it begins anew instead of growing.
    ///
    /// To be called a few times a second while the process runs, whenever [`needs_checkpoint`](Self::needs_checkpoint)
    /// says so: nothing else makes checkpoints.
    pub async fn checkpoint(&self) -> Result<(), StorageError> {
        let mut connection = self.checkpointer.lock().await;
        if step(&mut connection, Mode::Noop).await?.left < WORTH_IT {
            return Ok(());
        }
        for _ in 0..ROUNDS_MAX {
            step(&mut connection, Mode::Passive).await?;
            self.sync_file().await?;
            if step(&mut connection, Mode::Noop).await?.left <= SHORT_WAIT {
                break;
            }
        }
        self.begin_log_anew(&mut connection).await
    }

    async fn begin_log_anew(&self, connection: &mut MutexGuard<'_, Connection>) -> Result<(), StorageError> {
        let progress = step(connection, Mode::Noop).await?;
        if progress.length >= TOO_LONG {
            let _writers_wait = self.writer.lock().await;
            step(connection, Mode::Restart).await?;
        }
        Ok(())
    }

    /// Writes what is in the system's cache of the database file to disk. SQLite does that only in a round that catches
    /// up with the writer, which under load is the one that the writer waits for.
    async fn sync_file(&self) -> Result<(), StorageError> {
        let file = self.file;
        let synced = tokio::task::spawn_blocking(|| file.sync_data()).await;
        match synced {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(StorageError::Unavailable(Box::new(error))),
            Err(panicked) => Err(StorageError::Unavailable(Box::new(panicked))),
        }
    }

    /// Ends the use of the database: nothing reads any more, and the write-ahead log is emptied, unless another
    /// process uses it.
    pub async fn close(&self) -> Result<(), StorageError> {
        self.readers.close();
        let mut connection = self.checkpointer.lock().await;
        let _writers_wait = self.writer.lock().await;
        step(&mut connection, Mode::Truncate).await.map(drop)
    }
}

async fn step(connection: &mut MutexGuard<'_, Connection>, mode: Mode) -> Result<Progress, StorageError> {
    let progress = connection.spawn_blocking(move |connection| mode.run(connection)).await;
    Ok(progress.map_err(Failure::from)?)
}
