//! Copies and checks of the database.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

use application::ports::StorageError;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::Text};

use crate::{SqliteStorage, connection, error::Failure, open};

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is a file already, which is left alone.
    #[error("there is a file {} already", path.display())]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// The file cannot be made.
    #[error("making the file {} failed", path.display())]
    Create {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The copy failed; a partial file may be left.
    #[error("copying the database failed")]
    Copy(#[from] StorageError),
}

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

/// Bytes on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Of the database file.
    pub database: u64,
    /// Of the file of the write-ahead log.
    pub write_ahead_log: u64,
}

impl SqliteStorage {
    /// Writes a consistent copy of the database to a new file, readable for its owner only. Everything goes on
    /// meanwhile.
    pub async fn backup(&self, to: &Path) -> Result<(), BackupError> {
        let failed = |source| BackupError::Create { path: to.to_owned(), source };
        let target = connection::absolute(to).map_err(failed)?;
        match open::create_private(Path::new(&target)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(BackupError::Exists { path: to.to_owned() });
            }
            made => made.map_err(failed)?,
        }
        let copy = move |connection: &mut _| {
            sql_query("VACUUM INTO ?").bind::<Text, _>(target).execute(connection).map_err(Failure::from)
        };
        self.maintain(copy).await?;
        Ok(())
    }

    /// What is wrong with the database file, in SQLite's words; nothing if it is sound. Reads the whole file.
    pub async fn integrity_problems(&self) -> Result<Vec<String>, StorageError> {
        self.maintain(|connection| {
            let lines: Vec<Finding> = sql_query("PRAGMA quick_check").load(connection)?;
            Ok(lines.into_iter().map(|line| line.quick_check).filter(|line| line != "ok").collect())
        })
        .await
    }

    /// How much room the database takes. Runs no statement.
    pub fn size(&self) -> Size {
        Size { database: length(Path::new(&self.path)), write_ahead_log: length(&self.write_ahead_log()) }
    }

    fn write_ahead_log(&self) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push("-wal");
        name.into()
    }
}

fn length(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}
