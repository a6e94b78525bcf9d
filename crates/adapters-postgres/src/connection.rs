//! Connections: how they are made, kept and found to be dead.

use std::{sync::Arc, time::Duration};

use diesel::ConnectionError;
use diesel_async::{
    AsyncPgConnection, SimpleAsyncConnection as _,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool, PoolError},
    },
};
use tokio::time::timeout;
use tokio_postgres::NoTls;

use crate::{error::Failure, settings::Server, tls::Tls};

/// A connection from the pool.
pub(crate) type Connection = Object<AsyncPgConnection>;

/// More are slower: on two cores, eight clients keep PostgreSQL busy.
const CONNECTIONS: usize = 8;

/// Whoever waits longer for a connection is told that the database is overloaded.
const WAIT: Duration = Duration::from_secs(5);

/// Makes a connection, outside any pool.
pub(crate) async fn connect(server: &Server) -> Result<AsyncPgConnection, ConnectError> {
    match &server.tls {
        Tls::Off => {
            let (client, connection) = server.config.connect(NoTls).await?;
            Ok(AsyncPgConnection::try_from_client_and_connection(client, connection).await?)
        }
        Tls::On(tls) => {
            let (client, connection) = server.config.connect((**tls).clone()).await?;
            Ok(AsyncPgConnection::try_from_client_and_connection(client, connection).await?)
        }
    }
}

/// Why a connection was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// The server was not reached, or refused.
    #[error(transparent)]
    Server(#[from] tokio_postgres::Error),
    /// It went away while the connection was set up.
    #[error("setting the connection up failed")]
    SetUp(#[from] ConnectionError),
}

/// How the connections of a process are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionsUse {
    /// In use.
    pub used: usize,
    /// Open and not in use.
    pub idle: usize,
    /// As many there may be.
    pub max: usize,
    /// Who waits for one.
    pub waiting: usize,
}

/// The connections of a process. They are made when they are needed.
#[derive(Clone)]
pub(crate) struct Connections(Pool<AsyncPgConnection>);

impl Connections {
    pub(crate) fn new(server: Server) -> Self {
        let server = Arc::new(server);
        let mut config = ManagerConfig::<AsyncPgConnection>::default();
        // Whether one that was used before still lives is found out by its first statement, see `get`.
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(move |_| {
            let server = Arc::clone(&server);
            Box::pin(async move {
                let connected = connect(&server).await;
                connected.map_err(|error| ConnectionError::BadConnection(words(&error)))
            })
        });
        let pool = Pool::builder(AsyncDieselConnectionManager::new_with_config("", config))
            .max_size(CONNECTIONS)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .runtime(deadpool::Runtime::Tokio1)
            .build();
        Self(pool.expect("a pool with a runtime can be built"))
    }

    /// How they are used now.
    pub(crate) fn in_use(&self) -> ConnectionsUse {
        let status = self.0.status();
        ConnectionsUse {
            used: status.size.saturating_sub(status.available),
            idle: status.available,
            max: status.max_size,
            waiting: status.waiting,
        }
    }

    /// A connection on which the statements of `first` were run.
    ///
    /// A connection that the server or the network ended while nobody used it shows that at its first statement. It is
    /// thrown away then, and the next one tried: nobody meets it twice, and checking costs no round trip of its own. One
    /// that does not answer at all is thrown away, too, and the caller told; the next caller gets another.
    pub(crate) async fn get(&self, first: &'static str) -> Result<Connection, Failure> {
        let mut left = CONNECTIONS;
        loop {
            let mut connection = self.0.get().await?;
            let begun = timeout(WAIT, connection.batch_execute(first)).await;
            if matches!(begun, Ok(Ok(()))) {
                return Ok(connection);
            }
            drop(Connection::take(connection));
            match begun.map_err(|elapsed| Failure::Connection(Box::new(elapsed)))? {
                Err(error) if left == 0 => return Err(error.into()),
                _ => left -= 1,
            }
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Timeout(deadpool::managed::TimeoutType::Wait) => Self::Overloaded,
            other => Self::Connection(Box::new(other)),
        }
    }
}

/// An error with its causes, as one text: the pool's error has room for no other.
fn words(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
