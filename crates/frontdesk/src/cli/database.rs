//! The database as it is, for commands that look after it.

use std::sync::Arc;

use adapters_sqlite::{Migrate, OpenError, SqliteStorage};

use crate::{environment::SystemClock, settings::Settings};

/// Opens the database and leaves its schema as it is.
pub async fn open_as_it_is(settings: &Settings) -> Result<SqliteStorage, OpenError> {
    SqliteStorage::open(&settings.database.path, Migrate::Leave, Arc::new(SystemClock)).await
}
