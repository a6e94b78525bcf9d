//! The database of all processes.

use application::ports::{Migrate, MigrationState, Schema, Storage, StorageError, UnitOfWork};
use async_trait::async_trait;
use diesel::define_sql_function;
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use jiff::Timestamp;

use crate::{
    columns::At,
    connection::{Connections, ConnectionsUse, connect},
    error::Failure,
    migrations,
    open::OpenError,
    permissions,
    settings::{PgSettings, Server},
    unit_of_work::PgUnitOfWork,
};

define_sql_function! {
    /// The server's clock, which goes on during a transaction.
    fn clock_timestamp() -> Timestamptz;
}

/// A PostgreSQL database. Any number of processes use it at the same time.
pub struct PgStorage {
    server: Server,
    migrator: Server,
    connections: Connections,
}

impl PgStorage {
    /// Reads the settings. Connections are made when they are needed, so the server need not be there yet, and may go
    /// away and come back.
    pub fn new(settings: &PgSettings<'_>) -> Result<Self, OpenError> {
        let server = Server::parse(settings.url, settings.application_name)?;
        let migrator = match settings.migrate_url {
            Some(url) => Server::parse(url, settings.application_name)?,
            None => server.clone(),
        };
        Ok(Self { connections: Connections::new(server.clone()), server, migrator })
    }

    /// How this process's connections are used now.
    pub fn connections(&self) -> ConnectionsUse {
        self.connections.in_use()
    }

    /// Compares the schema of the database with this program's, and with [`Migrate::Apply`] brings it up to date, all
    /// outstanding migrations at once or none. Programs that do this at the same time wait for each other.
    ///
    /// When the error [is temporary](OpenError::is_temporary), the server is not there, and this may be tried again.
    pub async fn prepare(&self, migrate: Migrate) -> Result<Schema, OpenError> {
        let mut states = self.migration_status().await?;
        migrations::refuse_incompatible(&states)?;
        if migrate == Migrate::Apply && Schema::of(&states) == Schema::Outdated {
            self.migrate_up().await?;
            states = self.migration_status().await?;
            migrations::refuse_incompatible(&states)?;
        }
        Ok(Schema::of(&states))
    }

    /// All migrations that this program or the database knows, oldest first.
    pub async fn migration_status(&self) -> Result<Vec<MigrationState>, OpenError> {
        let mut connection = self.connect(&self.server).await?;
        if !permissions::may_use_tables(&mut connection).await.map_err(OpenError::lost)? {
            return Err(OpenError::may_not_use_tables(&self.server));
        }
        migrations::status(&mut connection).await.map_err(OpenError::lost)
    }

    /// Applies all outstanding migrations at once or none, and answers which. Units of work go on meanwhile.
    pub async fn migrate_up(&self) -> Result<Vec<MigrationState>, OpenError> {
        let mut connection = self.connect(&self.migrator).await?;
        let home = permissions::home(&mut connection).await.map_err(OpenError::lost)?;
        if home.schema.is_none() || !home.is_open {
            return Err(OpenError::may_not_make_tables(&self.migrator, home.schema.as_deref()));
        }
        let trigrams = permissions::trigrams(&mut connection).await.map_err(OpenError::lost)?;
        let can_search = trigrams.are_there || (trigrams.are_shipped && trigrams.may_be_added);
        if !can_search {
            return Err(OpenError::may_not_search_texts(&self.migrator, trigrams.are_shipped));
        }
        migrations::apply(connection).await
    }

    async fn connect(&self, server: &Server) -> Result<AsyncPgConnection, OpenError> {
        connect(server).await.map_err(|error| OpenError::connecting(server, error))
    }
}

#[async_trait]
impl Storage for PgStorage {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        Ok(Box::new(PgUnitOfWork::writing(self.connections.clone())))
    }

    async fn read(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        Ok(Box::new(PgUnitOfWork::reading(self.connections.clone())))
    }

    async fn now(&self) -> Result<Timestamp, StorageError> {
        let mut connection = self.connections.get("").await?;
        let now: At =
            diesel::select(clock_timestamp()).get_result(&mut connection).await.map_err(Failure::from)?;
        Ok(now.0)
    }
}
