//! A PostgreSQL database of a run's own, beside others on a server that runs already.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use anyhow::{Context as _, Result, anyhow, ensure};
use tokio_postgres::{Client, NoTls};

use crate::timestamp;

/// A database that is dropped with this value, whoever is still connected to it.
#[derive(Debug)]
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Makes an empty database on the server that this URL leads to. Its account must be allowed to.
    pub(crate) async fn create(server: &str) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("frontdesk_bench_{}_{number}", timestamp::now());
        let database = Self { server: server.to_owned(), name };
        execute(server, &format!("CREATE DATABASE {}", database.name)).await.context("making a database")?;
        Ok(database)
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        with_database(&self.server, &self.name)
    }

    /// Runs one statement in it.
    pub(crate) async fn execute(&self, statement: &str) -> Result<()> {
        execute(&self.url(), statement).await
    }

    /// Ends every session in it but the one that does this.
    pub(crate) async fn cut_connections(&self) -> Result<()> {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        self.execute(cut).await.context("cutting the connections")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, drop) = (self.server.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        if let Err(error) = apart(async move { execute(&server, &drop).await }) {
            eprintln!("bench: the database {} is left over: {error:#}", self.name);
        }
    }
}

/// Runs something asynchronous to its end where nothing can be awaited, such as in a destructor.
pub(crate) fn apart(work: impl Future<Output = Result<()>> + Send + 'static) -> Result<()> {
    let thread = thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(work)
    });
    thread.join().map_err(|_| anyhow!("its thread panicked"))?
}

/// Runs one statement in the database that a URL leads to.
pub(crate) async fn execute(url: &str, statement: &str) -> Result<()> {
    let client = connect(url).await?;
    client.batch_execute(statement).await.context("running a statement")
}

/// Which PostgreSQL it is.
pub(crate) async fn version(url: &str) -> Result<String> {
    let row =
        connect(url).await?.query_one("SHOW server_version", &[]).await.context("asking for the version")?;
    Ok(format!("PostgreSQL {}", row.get::<_, &str>(0)))
}

async fn connect(url: &str) -> Result<Client> {
    ensure!(is_postgres(url), "a database URL must begin with postgres:// or postgresql://");
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.context("connecting to PostgreSQL")?;
    // It ends when the client is dropped; what breaks it fails the client's statement as well.
    tokio::spawn(async move { connection.await.ok() });
    Ok(client)
}

/// Whether a URL names a PostgreSQL database.
fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// The same server, another database; the parameters stay.
fn with_database(url: &str, name: &str) -> String {
    let (address, parameters) = url.split_at(url.find('?').unwrap_or(url.len()));
    let authority = address.find("://").map_or(0, |scheme| scheme + 3);
    let path = address[authority..].find('/').map_or(address.len(), |slash| authority + slash);
    format!("{}/{name}{parameters}", &address[..path])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_keeps_server_account_and_parameters() {
        let cases = [
            ("postgres://u:p@h:5432/postgres", "postgres://u:p@h:5432/x"),
            ("postgres://u:p@h/a?sslmode=disable", "postgres://u:p@h/x?sslmode=disable"),
            ("postgresql://h", "postgresql://h/x"),
            ("postgres://h?application_name=a/b", "postgres://h/x?application_name=a/b"),
        ];
        for (url, expected) in cases {
            assert_eq!(with_database(url, "x"), expected);
        }
    }

    #[tokio::test]
    async fn another_kind_of_database_is_refused() {
        let error = Database::create("mysql://localhost/x").await.unwrap_err();
        assert!(format!("{error:#}").contains("must begin with postgres://"), "{error:#}");
    }
}
