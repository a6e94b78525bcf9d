//! Embedded storage: SQLite through diesel and diesel-async.
//!
//! [`SqliteStorage`] implements the `Storage` port; the unit of work that it hands out implements every repository,
//! one file each in `repositories`. Like every adapter, this crate may depend on `application` and `domain` only.
//!
//! How a repository method works: it turns what it was given into rows that own their values, and runs all its
//! statements in one trip to a thread that may block. There, statements that Diesel has prepared run one by one, row by
//! row: inside one process that is cheaper than one large statement, whose text would differ from call to call.
//!
//! To add a migration: a folder `migrations/sqlite/<stamp>_<name>` with an `up.sql`, its stamp greater than all others
//! and the same as that of its sister in `migrations/postgres`; then the new columns in `schema` and in `rows`. Every
//! list and poll has a test that its query uses the index meant for it. What programs of the release before cannot
//! live with is marked as the module `migrations` says.

mod backlog;
mod batch;
mod checkpoint;
mod columns;
mod connection;
mod constant;
mod conversations;
mod delivery;
mod entries;
mod erasure;
mod error;
mod lists;
mod lock;
mod migrations;
mod open;
mod repositories;
mod rows;
mod schema;
mod storage;
#[cfg(test)]
mod tests;
mod totals;
mod unit_of_work;
mod upkeep;

pub use lock::{LockError, ServerLock};
pub use open::OpenError;
pub use storage::SqliteStorage;
pub use upkeep::{BackupError, Size};
