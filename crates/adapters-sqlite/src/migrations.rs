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

impl SqliteStorage {
    /// All migrations that this program or the database knows, oldest first.
    pub async fn migration_status(&self) -> Result<Vec<MigrationState>, StorageError> {
        self.maintain(status).await
    }

    /// How the schema of the database compares with this program's.
    pub async fn schema(&self) -> Result<Schema, StorageError> {
        self.maintain(|connection| Ok(Schema::of(&status(connection)?))).await
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

fn refuse_incompatible(states: &[MigrationState]) -> Result<(), OpenError> {
    match states.iter().find(|state| state.is_incompatible()) {
        Some(state) => Err(OpenError::Incompatible { version: state.version.clone() }),
        None => Ok(()),
    }
}

fn status(connection: &mut SqliteConnection) -> Result<Vec<MigrationState>, Failure> {
    let known = MigrationSource::<Sqlite>::migrations(&MIGRATIONS).map_err(Failure::Migration)?;
    let applied = connection.applied_migrations().map_err(Failure::Migration)?;
    let known = known.iter().map(|migration| {
        let name = migration.name();
        (name.version().to_string(), name.to_string())
    });
    Ok(MigrationState::all(known, applied.iter().map(ToString::to_string).collect()))
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
