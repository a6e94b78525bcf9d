//! The database behind the storage port: embedded in this process, or on a server that many share.

use std::{sync::Arc, time::Duration};

use adapters_postgres::{ConnectionsUse, PgSettings, PgStorage};
use adapters_sqlite::SqliteStorage;
use anyhow::Context as _;
use application::ports::{Migrate, MigrationState, Schema, Storage, StorageError};
use metrics::gauge;
use secrecy::ExposeSecret;

use crate::{
    environment::SystemClock,
    settings::{DatabasePlace, DatabaseSettings},
};

/// How often the size of an embedded database's write-ahead log is looked at.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(250);

/// How often it is tried to reach a server, and whether somebody has applied what is outstanding.
const PREPARE_EVERY: Duration = Duration::from_secs(1);

/// What is said about a schema that lacks something.
pub const OUTDATED: &str = "migrations are outstanding; run `frontdesk migrate up`";

/// The database, as its upkeep sees it.
#[derive(Clone)]
pub enum Database {
    /// SQLite. Only one process serves it.
    Embedded(Arc<SqliteStorage>),
    /// PostgreSQL. Any number of processes share it.
    Server(Arc<PgStorage>),
}

impl Database {
    /// Opens an embedded database, its schema as it is. A server is connected to when it is needed, under the name
    /// `application`.
    pub async fn open(settings: &DatabaseSettings, application: &str) -> anyhow::Result<Self> {
        Ok(match &settings.place {
            DatabasePlace::File(path) => {
                let sqlite = SqliteStorage::open(path, Migrate::Leave, Arc::new(SystemClock)).await?;
                Self::Embedded(Arc::new(sqlite))
            }
            DatabasePlace::Server { url, migrate_url } => {
                let settings = PgSettings {
                    url: url.expose_secret(),
                    migrate_url: migrate_url.as_ref().map(ExposeSecret::expose_secret),
                    application_name: application,
                };
                Self::Server(Arc::new(PgStorage::new(&settings)?))
            }
        })
    }

    /// The storage port.
    pub fn storage(&self) -> Arc<dyn Storage> {
        match self {
            Self::Embedded(sqlite) => Arc::clone(sqlite) as _,
            Self::Server(postgres) => Arc::clone(postgres) as _,
        }
    }

    /// Applies outstanding migrations if it is to, and says how the schema compares with this program's.
    pub async fn prepare(&self, migrate: Migrate) -> anyhow::Result<Schema> {
        Ok(match self {
            Self::Embedded(sqlite) => {
                let mut schema = sqlite.schema().await?;
                if migrate == Migrate::Apply && schema == Schema::Outdated {
                    sqlite.migrate_up().await?;
                    schema = sqlite.schema().await?;
                }
                schema
            }
            Self::Server(postgres) => postgres.prepare(migrate).await?,
        })
    }

    /// Waits until the server answers and the schema is complete. Fails only if waiting cannot help.
    pub async fn wait_until_prepared(&self, migrate: Migrate) -> anyhow::Result<()> {
        let mut told = false;
        loop {
            let amiss = match self.prepare(migrate).await {
                Ok(Schema::Current) => return Ok(()),
                Ok(Schema::Newer) => {
                    tracing::warn!("a newer version of Frontdesk changed the database; update this one soon");
                    return Ok(());
                }
                Ok(Schema::Outdated) => anyhow::anyhow!(OUTDATED),
                Err(error) if may_heal(&error) => error,
                Err(error) => return Err(error),
            };
            if !std::mem::replace(&mut told, true) {
                tracing::warn!(error = format!("{amiss:#}"), "waiting for the database");
            }
            tokio::time::sleep(PREPARE_EVERY).await;
        }
    }

    /// All migrations that this program or the database knows, oldest first.
    pub async fn migration_status(&self) -> anyhow::Result<Vec<MigrationState>> {
        Ok(match self {
            Self::Embedded(sqlite) => sqlite.migration_status().await?,
            Self::Server(postgres) => postgres.migration_status().await?,
        })
    }

    /// Applies all outstanding migrations at once or none, and answers which.
    pub async fn migrate_up(&self) -> anyhow::Result<Vec<MigrationState>> {
        Ok(match self {
            Self::Embedded(sqlite) => sqlite.migrate_up().await?,
            Self::Server(postgres) => postgres.migrate_up().await?,
        })
    }

    /// Shows how connections to a server are used.
    pub fn show_connections(&self) {
        let Self::Server(postgres) = self else { return };
        let ConnectionsUse { used, idle, max, waiting } = postgres.connections();
        let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        for (state, count) in [("used", used), ("idle", idle)] {
            gauge!("frontdesk_database_connections", "state" => state).set(number(count));
        }
        gauge!("frontdesk_database_connections_max").set(number(max));
        gauge!("frontdesk_database_waiting").set(number(waiting));
    }

    /// Whether this is the only process that serves it.
    pub const fn is_embedded(&self) -> bool {
        matches!(self, Self::Embedded(_))
    }

    /// What has to be done for it while it is served; never ends.
    pub async fn upkeep(self) {
        match self {
            Self::Embedded(sqlite) => checkpoints(&sqlite).await,
            // A server looks after itself.
            Self::Server(_) => std::future::pending().await,
        }
    }

    /// Ends its use.
    pub async fn close(&self) -> anyhow::Result<()> {
        match self {
            Self::Embedded(sqlite) => sqlite
                .close()
                .await
                .context("closing the database failed; nothing is lost, the next start mends it"),
            Self::Server(_) => Ok(()),
        }
    }
}

/// Whether trying again may help without anybody's doing.
fn may_heal(error: &anyhow::Error) -> bool {
    let is_away = error.downcast_ref().is_some_and(adapters_postgres::OpenError::is_temporary);
    is_away || matches!(error.downcast_ref(), Some(StorageError::Unavailable(_)))
}

async fn checkpoints(sqlite: &SqliteStorage) {
    loop {
        tokio::time::sleep(CHECKPOINT_EVERY).await;
        if sqlite.needs_checkpoint()
            && let Err(error) = sqlite.checkpoint().await
        {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a checkpoint failed and is tried again; check the disk"
            );
        }
    }
}
