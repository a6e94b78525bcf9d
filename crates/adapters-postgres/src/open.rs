//! Opening the database, and what may be in the way.

use std::{error::Error as StdError, io, path::PathBuf};

use tokio_postgres::error::SqlState;
use tokio_rustls::rustls;

use crate::{connection::ConnectError, settings::Server};

type Source = Box<dyn StdError + Send + Sync>;

/// Why a database was not opened. No text has a password in it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL cannot be used.
    #[error(
        "the database URL cannot be used: {reason}; it should look like postgres://user:password@host:5432/database"
    )]
    Url {
        /// What is wrong with it.
        reason: String,
        /// What the parser said.
        source: Option<Source>,
    },
    /// The file of trusted certificates cannot be used.
    #[error("the certificates in {} (sslrootcert) cannot be used", path.display())]
    CertificateFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Source,
    },
    /// No certificate is trusted.
    #[error(
        "there are no trusted certificates to check the database server's with; install the operating system's, or name a file as sslrootcert"
    )]
    Certificates {
        /// Why.
        source: Source,
    },
    /// The server is not there, or takes no connections now.
    #[error("the database server cannot be reached now")]
    Unreachable(#[source] Source),
    /// The server and this program do not agree on encryption.
    #[error(
        "no encrypted connection to the database server can be made; check sslmode and sslrootcert in the URL, and the server's certificate"
    )]
    Tls(#[source] Source),
    /// The server does not let this user in.
    #[error(
        "the database server does not let user {user:?} in; check user and password in the URL, and the server's pg_hba.conf"
    )]
    Login {
        /// The user.
        user: String,
        /// What the server said.
        source: Source,
    },
    /// There is no such database.
    #[error("there is no database {database:?} on the server; make it with `createdb`, or correct the URL")]
    MissingDatabase {
        /// The database.
        database: String,
        /// What the server said.
        source: Source,
    },
    /// The user may not do what is needed.
    #[error("user {user:?} is not allowed to {what} in database {database:?}; {remedy}")]
    Permission {
        /// The user.
        user: String,
        /// The database.
        database: String,
        /// What it may not do.
        what: &'static str,
        /// What helps.
        remedy: String,
    },
    /// The server refused for some other reason.
    #[error("the database server refused the connection; correct the URL, or the server")]
    Refused(#[source] Source),
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
    Migrate(#[source] Source),
    /// It was interrupted.
    #[error("opening the database was interrupted")]
    Interrupted(#[source] tokio::task::JoinError),
}

impl OpenError {
    /// Whether waiting may help. All else needs a person.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }

    /// Questions about the catalogue fail only when the connection is lost.
    pub(crate) fn lost(error: diesel::result::Error) -> Self {
        Self::Unreachable(Box::new(error))
    }

    pub(crate) fn may_not_use_tables(server: &Server) -> Self {
        let user = server.user().to_owned();
        Self::Permission {
            remedy: format!(
                "as their owner: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ... TO {user:?}"
            ),
            what: "read and write all tables",
            database: server.database().to_owned(),
            user,
        }
    }

    pub(crate) fn may_not_make_tables(server: &Server, schema: Option<&str>) -> Self {
        let user = server.user().to_owned();
        let remedy = match schema {
            Some(schema) => format!("as its owner: GRANT USAGE, CREATE ON SCHEMA {schema:?} TO {user:?}"),
            None => "no schema in its search_path is there and open to it".to_owned(),
        };
        let database = server.database().to_owned();
        Self::Permission { user, database, what: "make tables", remedy }
    }

    /// The extension that searches texts is missing, and cannot be added by this user or, if it is not shipped, by any.
    pub(crate) fn may_not_search_texts(server: &Server, is_shipped: bool) -> Self {
        let add = "as an administrator of the database: CREATE EXTENSION pg_trgm";
        let remedy = if is_shipped {
            add.to_owned()
        } else {
            format!("install the server's package of additional modules (contrib), then {add}")
        };
        let (user, database) = (server.user().to_owned(), server.database().to_owned());
        Self::Permission { user, database, what: "add the extension pg_trgm", remedy }
    }

    /// What the failure to connect to `server` means.
    pub(crate) fn connecting(server: &Server, error: ConnectError) -> Self {
        match error {
            ConnectError::SetUp(error) => Self::Unreachable(Box::new(error)),
            ConnectError::Server(error) => match error.code() {
                Some(code) => Self::refused(server, &code.clone(), Box::new(error)),
                None => Self::not_connected(error),
            },
        }
    }

    fn refused(server: &Server, code: &SqlState, source: Source) -> Self {
        let (user, database) = (server.user().to_owned(), server.database().to_owned());
        match *code {
            SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                Self::Login { user, source }
            }
            SqlState::INVALID_CATALOG_NAME => Self::MissingDatabase { database, source },
            SqlState::INSUFFICIENT_PRIVILEGE => Self::Permission {
                remedy: format!("as its owner: GRANT CONNECT ON DATABASE {database:?} TO {user:?}"),
                what: "connect",
                user,
                database,
            },
            SqlState::CANNOT_CONNECT_NOW
            | SqlState::TOO_MANY_CONNECTIONS
            | SqlState::ADMIN_SHUTDOWN
            | SqlState::CRASH_SHUTDOWN => Self::Unreachable(source),
            _ => Self::Refused(source),
        }
    }

    /// The client tells its own errors apart by words only; their causes have types.
    fn not_connected(error: tokio_postgres::Error) -> Self {
        match io_error(&error) {
            Some(cause) if is_about_tls(cause) => Self::Tls(Box::new(error)),
            Some(_) => Self::Unreachable(Box::new(error)),
            None if error.is_closed() => Self::Unreachable(Box::new(error)),
            None => Self::Refused(Box::new(error)),
        }
    }
}

fn io_error(error: &tokio_postgres::Error) -> Option<&io::Error> {
    let mut causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.find_map(|cause| cause.downcast_ref())
}

fn is_about_tls(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).is_some()
}
