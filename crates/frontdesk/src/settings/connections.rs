//! What Frontdesk is connected to: the database and the broker.

use std::path::{Path, PathBuf};

use adapters_postgres::{OpenError, PgSettings};
use adapters_queue::RabbitMqSettings;
use application::ports::Migrate;
use secrecy::SecretString;

use super::{
    reader::Reader,
    value::{self, Needed},
};

/// The database.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// Where it is.
    pub place: DatabasePlace,
    apply_migrations: bool,
}

/// Where the database is.
#[derive(Debug, Clone)]
pub enum DatabasePlace {
    /// In this file, embedded.
    File(PathBuf),
    /// On a PostgreSQL server.
    Server {
        /// Where Frontdesk reaches it.
        url: SecretString,
        /// Where migrations reach it, if not there.
        migrate_url: Option<SecretString>,
    },
}

impl DatabaseSettings {
    /// The file of an embedded database.
    pub fn file(&self) -> Option<&Path> {
        match &self.place {
            DatabasePlace::File(path) => Some(path),
            DatabasePlace::Server { .. } => None,
        }
    }

    /// What is done about outstanding migrations.
    pub const fn migrate(&self) -> Migrate {
        if self.apply_migrations { Migrate::Apply } else { Migrate::Leave }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        const MIGRATE_URL: &str = "FRONTDESK__DATABASE__MIGRATE_URL";
        let place = match reader.value("DATABASE_URL", place) {
            DatabasePlace::Server { url, .. } => {
                DatabasePlace::Server { url, migrate_url: reader.option(MIGRATE_URL, server) }
            }
            file @ DatabasePlace::File(_) => {
                let needed = "an embedded database is migrated through DATABASE_URL; unset this";
                reader.refuse_if_set(MIGRATE_URL, needed);
                file
            }
        };
        Self { place, apply_migrations: reader.value("FRONTDESK__DATABASE__MIGRATE", value::flag) }
    }
}

/// The broker; none: the queue is inside the process.
pub(super) fn broker(reader: &mut Reader<'_>) -> Option<RabbitMqSettings> {
    let prefix = reader.value("FRONTDESK__AMQP__PREFIX", value::prefix);
    reader.option("AMQP_URL", |url| RabbitMqSettings::parse(url, &prefix))
}

/// After `sqlite://` everything is a path.
fn place(text: &str) -> Result<DatabasePlace, Needed> {
    match text.split_once("://") {
        Some(("sqlite", "")) => Err("a path is needed after sqlite://".to_owned()),
        Some(("sqlite", path)) => Ok(DatabasePlace::File(path.into())),
        Some(("postgres" | "postgresql", _)) => {
            let url = server(text).map_err(|error| error.to_string())?;
            Ok(DatabasePlace::Server { url, migrate_url: None })
        }
        _ => Err("a database URL such as sqlite://data/frontdesk.db or postgres://user:password@host/name is needed"
            .to_owned()),
    }
}

fn server(url: &str) -> Result<SecretString, OpenError> {
    PgSettings::check(url).map(|()| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_sqlite_everything_is_a_path() {
        let file = |text| match place(text) {
            Ok(DatabasePlace::File(path)) => Some(path),
            _ => None,
        };
        assert_eq!(file("sqlite://data/my desk?.db"), Some(PathBuf::from("data/my desk?.db")));
        assert_eq!(file("sqlite:///var/lib/desk.db"), Some(PathBuf::from("/var/lib/desk.db")));
        for text in ["sqlite://", "sqlite:data.db", "data.db", "mysql://x"] {
            assert!(place(text).is_err(), "{text}");
        }
    }
}
