//! A schema of its own for every test, in the database that `TEST_DATABASE_URL` names.

use adapters_postgres::{PgSettings, PgStorage};
use application::ports::Migrate;
use tokio_postgres::{Client, Config, NoTls};

/// A schema, which goes away with it.
pub(crate) struct Schema {
    name: String,
    client: Client,
}

impl Schema {
    /// A new one, empty.
    pub(crate) async fn new() -> Self {
        let client = connect(&server()).await;
        let name = "SELECT 'case_' || replace(gen_random_uuid()::text, '-', '')";
        let name: String = client.query_one(name, &[]).await.expect("the server makes up a name").get(0);
        client
            .batch_execute(&format!("CREATE SCHEMA {name}; SET search_path = {name}"))
            .await
            .expect("it is made");
        Self { name, client }
    }

    /// Its name, which is also the application name of its connections.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The URL of the database with this schema as the one that is used.
    pub(crate) fn url(&self) -> String {
        self.url_with("")
    }

    /// The same with more settings of the server, such as `-c work_mem=1MB`.
    pub(crate) fn url_with(&self, options: &str) -> String {
        let server = server();
        let separator = if server.contains('?') { '&' } else { '?' };
        // Names are looked for here before they are in the server's own catalogue, so that a test can put something in
        // the place of a function of the server.
        let options = format!("-c search_path={},pg_catalog {options}", self.name);
        let options = options.replace(' ', "%20");
        format!("{server}{separator}options={options}&application_name={}", self.name)
    }

    /// Runs statements in it, beside the storage.
    pub(crate) async fn run(&self, statements: &str) {
        self.client.batch_execute(statements).await.expect("the statements are right");
    }

    /// A number that a query answers.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        self.client.query_one(query, &[]).await.expect("the query is right").get(0)
    }

    /// A storage that is ready to be used.
    pub(crate) async fn storage(&self) -> PgStorage {
        let storage = storage(&self.url());
        storage.prepare(Migrate::Apply).await.expect("it is prepared");
        storage
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let drop = format!("SET lock_timeout = 2000; DROP SCHEMA IF EXISTS {} CASCADE", self.name);
        let dropping = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async { connect(&server()).await.batch_execute(&drop).await })
        });
        // What is left behind harms nobody.
        let _ = dropping.join();
    }
}

/// A storage that has not looked at its database yet.
pub(crate) fn storage(url: &str) -> PgStorage {
    let settings = PgSettings { url, migrate_url: None, application_name: "frontdesk test" };
    PgStorage::new(&settings).expect("a URL that can be used")
}

/// The URL of the database for tests.
#[expect(clippy::disallowed_methods, reason = "the one setting of these tests")]
pub(crate) fn server() -> String {
    std::env::var("TEST_DATABASE_URL").expect(
        "TEST_DATABASE_URL names no PostgreSQL database to test with; scripts/test starts a server and sets it",
    )
}

/// The server's settings, to be changed.
pub(crate) fn config() -> Config {
    server().parse().expect("TEST_DATABASE_URL is a URL")
}

async fn connect(url: &str) -> Client {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.expect("TEST_DATABASE_URL can be connected to");
    tokio::spawn(connection);
    client
}
