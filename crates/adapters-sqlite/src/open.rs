//! Opening the database file.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use application::ports::Migrate;
use diesel::{
    ConnectionError, QueryableByName, RunQueryDsl as _, SqliteConnection,
    result::{DatabaseErrorKind, Error},
    sql_query,
    sql_types::Text,
};

use crate::{
    connection::{Role, establish},
    error::Failure,
    migrations,
};

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The path cannot be used.
    #[error("the database path {} cannot be used", path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file or its folders cannot be made.
    #[error("making the database file {} failed", path.display())]
    Create {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// SQLite cannot open the file.
    #[error("opening the database {} failed", path.display())]
    Connect {
        /// The path.
        path: PathBuf,
        /// Why.
        source: ConnectionError,
    },
    /// The file is something else.
    #[error("{} is not a SQLite database; choose another path, or restore a backup", path.display())]
    NotADatabase {
        /// The path.
        path: PathBuf,
    },
    /// The database is some other program's.
    #[error("{} is the database of another program; choose another path", path.display())]
    Foreign {
        /// The path.
        path: PathBuf,
    },
    /// The file system cannot carry a write-ahead log.
    #[error("{} lies on a file system that SQLite's write-ahead log does not work on; choose a local disk", path.display())]
    NoWriteAheadLog {
        /// The path.
        path: PathBuf,
    },
    /// A newer program changed the schema so that this one must not use it.
    #[error(
        "the database was changed by a newer version of Frontdesk (migration {version}) and cannot be used by this one; update Frontdesk, or restore a backup"
    )]
    Incompatible {
        /// The version of the migration.
        version: String,
    },
    /// Bringing the schema up to date failed; nothing was changed.
    #[error("migrating the database failed; nothing was changed")]
    Migrate(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It was interrupted.
    #[error("opening the database was interrupted")]
    Interrupted(#[source] tokio::task::JoinError),
}

/// What opening gives.
pub(crate) struct Opened {
    pub(crate) file: &'static File,
    pub(crate) writer: SqliteConnection,
    pub(crate) checkpointer: SqliteConnection,
}

/// Opens the database at an absolute path. Blocks.
pub(crate) fn open(path: &str, migrate: Migrate) -> Result<Opened, OpenError> {
    create(Path::new(path)).map_err(|source| OpenError::Create { path: path.into(), source })?;
    let mut first = connect(path, Role::Maintenance)?;
    check_write_ahead_log(&mut first, path)?;
    check_owner(&mut first, path)?;
    migrations::prepare(&mut first, migrate)?;
    Ok(Opened {
        file: never_closed(path)?,
        writer: connect(path, Role::Writer)?,
        checkpointer: connect(path, Role::Checkpointer)?,
    })
}

/// A handle of our own on the database file, to have it written to disk. It stays open until the process ends:
/// closing it would take away the locks that SQLite holds on the file in this process
/// (<https://sqlite.org/howtocorrupt.html>, section 2.2).
fn never_closed(path: &str) -> Result<&'static File, OpenError> {
    match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => Ok(Box::leak(Box::new(file))),
        Err(source) => Err(OpenError::Create { path: path.into(), source }),
    }
}

/// Makes the file and its folders if they are missing, readable for their owner only: they will hold personal data.
///
/// An existing file is not touched, for the reason given at [`never_closed`].
pub(crate) fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    match create_private(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Makes an empty file for its owner only. Fails if there is one.
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn connect(path: &str, role: Role) -> Result<SqliteConnection, OpenError> {
    establish(path, role).map_err(|source| {
        let path = PathBuf::from(path);
        if is_not_a_database(&source) {
            OpenError::NotADatabase { path }
        } else {
            OpenError::Connect { path, source }
        }
    })
}

/// `SQLITE_NOTADB`, of which Diesel passes on only the text.
fn is_not_a_database(error: &ConnectionError) -> bool {
    match error {
        ConnectionError::CouldntSetupConfiguration(Error::DatabaseError(
            DatabaseErrorKind::Unknown,
            info,
        )) => info.message() == "file is not a database",
        _ => false,
    }
}

#[derive(QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

fn check_write_ahead_log(connection: &mut SqliteConnection, path: &str) -> Result<(), OpenError> {
    let mode: JournalMode = sql_query("PRAGMA journal_mode").get_result(connection).map_err(Failure::from)?;
    if mode.journal_mode == "wal" { Ok(()) } else { Err(OpenError::NoWriteAheadLog { path: path.into() }) }
}

#[derive(QueryableByName)]
struct TableName {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Refuses a database that has tables, but not those of this program.
fn check_owner(connection: &mut SqliteConnection, path: &str) -> Result<(), OpenError> {
    let tables = sql_query("SELECT name FROM sqlite_schema WHERE type = 'table'").load(connection);
    let tables: Vec<TableName> = tables.map_err(Failure::from)?;
    let is_ours = tables.is_empty() || tables.iter().any(|table| table.name == "__diesel_schema_migrations");
    if is_ours { Ok(()) } else { Err(OpenError::Foreign { path: path.into() }) }
}
