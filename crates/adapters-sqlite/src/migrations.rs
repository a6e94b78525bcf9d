//! Migrations: the schema's history, built into the program.
//!
//! A migration expands first and a later release contracts, so that programs of two neighbouring releases can use one
//! database. One that cannot keep this rule has a stamp that ends in `-incompatible`, such as
//! `2027-01-01-000000-incompatible_drop_users`: programs that do not know it refuse the database.

use application::ports::{Migrate, MigrationState, Schema, StorageError};
use diesel::{SqliteConnection, migration::MigrationSource, sqlite::Sqlite};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use crate::{SqliteStorage, error::Failure, open::OpenError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// The end of the stamp of a migration that older programs must not meet.
const INCOMPATIBLE: &str = "incompatible";

impl SqliteStorage {
    /// All migrations that this program or the database knows, oldest first.
    pub async fn migration_status(&self) -> Result<Vec<MigrationState>, StorageError> {
        self.maintain(status).await
    }

    /// How the schema of the database compares with this program's.
    pub async fn schema(&self) -> Result<Schema, StorageError> {
        self.maintain(compare).await
    }

    /// Applies all outstanding migrations at once or none, and answers which. Units of work that write wait meanwhile.
    pub async fn migrate_up(&self) -> Result<Vec<MigrationState>, StorageError> {
        let _writers_wait = self.writer.lock().await;
        self.maintain(apply).await
    }
}

/// Refuses a database that this program must not use, and brings the schema up to date if it is to.
pub(crate) fn prepare(connection: &mut SqliteConnection, migrate: Migrate) -> Result<(), OpenError> {
    refuse_incompatible(&status(connection)?)?;
    if migrate == Migrate::Apply {
        apply(connection)?;
    }
    Ok(())
}

fn compare(connection: &mut SqliteConnection) -> Result<Schema, Failure> {
    let states = status(connection)?;
    Ok(if states.iter().any(|state| !state.applied) {
        Schema::Outdated
    } else if states.iter().any(|state| state.name.is_none()) {
        Schema::Newer
    } else {
        Schema::Current
    })
}

fn refuse_incompatible(states: &[MigrationState]) -> Result<(), OpenError> {
    match states.iter().find(|state| state.name.is_none() && state.version.ends_with(INCOMPATIBLE)) {
        Some(state) => Err(OpenError::Incompatible { version: state.version.clone() }),
        None => Ok(()),
    }
}

fn status(connection: &mut SqliteConnection) -> Result<Vec<MigrationState>, Failure> {
    let known = MigrationSource::<Sqlite>::migrations(&MIGRATIONS).map_err(Failure::Migration)?;
    let applied = connection.applied_migrations().map_err(Failure::Migration)?;
    let mut unknown: Vec<String> = applied.iter().map(ToString::to_string).collect();
    let mut states = Vec::with_capacity(known.len());
    for migration in known {
        let version = migration.name().version().to_string();
        let before = unknown.len();
        unknown.retain(|applied| *applied != version);
        let applied = unknown.len() < before;
        states.push(MigrationState { version, name: Some(migration.name().to_string()), applied });
    }
    states.extend(unknown.into_iter().map(|version| MigrationState { version, name: None, applied: true }));
    states.sort_by(|a, b| a.version.cmp(&b.version));
    Ok(states)
}

/// In one transaction, which another process that migrates at the same time waits for.
fn apply(connection: &mut SqliteConnection) -> Result<Vec<MigrationState>, Failure> {
    connection.immediate_transaction(|connection| {
        let outstanding: Vec<_> = status(connection)?.into_iter().filter(|state| !state.applied).collect();
        connection.run_pending_migrations(MIGRATIONS).map_err(Failure::Migration)?;
        Ok(outstanding.into_iter().map(|state| MigrationState { applied: true, ..state }).collect())
    })
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Migration(source) => Self::Migrate(source),
            other => Self::Migrate(Box::new(other)),
        }
    }
}
