//! One serving process for each embedded database.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// The right to serve a database, for as long as this lives; the operating system takes it back when the process ends,
/// however it ends. Commands beside a running server do not need it.
#[derive(Debug)]
pub struct ServerLock {
    _file: File,
}

/// Why a database cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process does.
    #[error("another process serves this database (it holds {})", path.display())]
    Held {
        /// The lock file.
        path: PathBuf,
    },
    /// The lock file cannot be used.
    #[error("locking {} failed", path.display())]
    File {
        /// The lock file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl ServerLock {
    /// Locks the file beside `database` that has its name and `.lock`. It is never deleted: a process that deletes it
    /// might delete the one that the next process has just locked.
    pub fn acquire(database: &Path) -> Result<Self, LockError> {
        let path = lock_path(database);
        let opened = crate::open::create(&path)
            .and_then(|()| OpenOptions::new().write(true).open(&path))
            .map_err(|source| LockError::File { path: path.clone(), source });
        let file = opened?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held { path }),
            Err(TryLockError::Error(source)) => Err(LockError::File { path, source }),
        }
    }
}

fn lock_path(database: &Path) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(".lock");
    name.into()
}
