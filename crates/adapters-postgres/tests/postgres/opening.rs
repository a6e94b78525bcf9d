//! Opening databases of every sort.

use std::{collections::BTreeSet, path::Path};

use crate::support::{Schema, config, server, storage};
use adapters_postgres::{OpenError, PgSettings, PgStorage};
use application::ports::{Migrate, Schema as Standing, Storage as _, StorageError};
use tokio::net::TcpListener;

async fn refusal(url: &str) -> OpenError {
    storage(url).prepare(Migrate::Apply).await.expect_err("it is refused")
}

/// The URL of the database for tests, with another user, password or database.
fn url(user: &str, password: &str, database: &str) -> String {
    let config = config();
    let host = match &config.get_hosts()[0] {
        tokio_postgres::config::Host::Tcp(host) => host.clone(),
        tokio_postgres::config::Host::Unix(path) => path.display().to_string().replace('/', "%2F"),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    format!("postgres://{user}:{password}@{host}:{port}/{database}")
}

fn own_user() -> String {
    config().get_user().expect("TEST_DATABASE_URL names a user").to_owned()
}

fn own_password() -> String {
    let password = config().get_password().unwrap_or_default().to_vec();
    String::from_utf8(password).expect("a password in UTF-8")
}

fn own_database() -> String {
    config().get_dbname().expect("TEST_DATABASE_URL names a database").to_owned()
}

#[tokio::test]
async fn migrations_can_be_left_to_a_command() {
    let schema = Schema::new().await;
    let storage = storage(&schema.url());
    assert_eq!(storage.prepare(Migrate::Leave).await.expect("it is looked at"), Standing::Outdated);
    let outstanding = storage.migration_status().await.expect("a list");
    assert!(!outstanding.is_empty() && outstanding.iter().all(|state| !state.applied), "{outstanding:?}");

    let applied = storage.migrate_up().await.expect("they are applied");
    assert_eq!(applied.len(), outstanding.len());
    assert_eq!(storage.migration_status().await.expect("a list"), applied);
    assert_eq!(storage.migrate_up().await.expect("nothing is left"), []);
    assert_eq!(storage.prepare(Migrate::Leave).await.expect("it is looked at"), Standing::Current);
}

#[tokio::test]
async fn looking_at_a_database_changes_nothing() {
    let schema = Schema::new().await;
    storage(&schema.url()).prepare(Migrate::Leave).await.expect("it is looked at");
    let tables = format!("SELECT count(*) FROM pg_tables WHERE schemaname = '{}'", schema.name());
    assert_eq!(schema.number(&tables).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_start_together_migrate_once() {
    let schema = Schema::new().await;
    let url = schema.url();
    let replicas: Vec<_> = (0..4)
        .map(|_| {
            let storage = storage(&url);
            tokio::spawn(async move { storage.prepare(Migrate::Apply).await })
        })
        .collect();
    for replica in replicas {
        let standing = replica.await.expect("it does not panic").expect("it is prepared");
        assert_eq!(standing, Standing::Current);
    }
    assert_eq!(schema.number("SELECT count(*) FROM channels").await, 4, "what is shipped is there once");
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_behind() {
    let schema = Schema::new().await;
    // In the way of a table that comes late in the first migration.
    schema.run("CREATE TABLE quarantine (id bigint)").await;
    let error = refusal(&schema.url()).await;
    assert!(matches!(error, OpenError::Migrate(_)), "{error:?}");
    let tables = format!("SELECT count(*) FROM pg_tables WHERE schemaname = '{}'", schema.name());
    assert_eq!(schema.number(&tables).await, 1);
}

#[tokio::test]
async fn a_newer_schema_is_used_and_told() {
    let schema = Schema::new().await;
    let storage = schema.storage().await;
    schema.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')").await;
    assert_eq!(storage.prepare(Migrate::Apply).await.expect("it is used"), Standing::Newer);
    let newest = storage.migration_status().await.expect("a list").pop().expect("there are some");
    assert_eq!((newest.version.as_str(), newest.name, newest.applied), ("20990101000000", None, true));
}

#[tokio::test]
async fn a_newer_schema_that_is_marked_incompatible_is_refused() {
    let schema = Schema::new().await;
    let storage = schema.storage().await;
    schema
        .run("INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000incompatible')")
        .await;
    for migrate in [Migrate::Apply, Migrate::Leave] {
        let refused = storage.prepare(migrate).await.expect_err("it is refused");
        assert!(matches!(refused, OpenError::Incompatible { .. }), "{refused:?}");
        assert!(refused.to_string().contains("20990101000000incompatible"), "{refused}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let error = refusal(&url(&own_user(), "hunter2", &own_database())).await;
    assert!(matches!(error, OpenError::Login { .. }), "{error:?}; the server must ask tests for a password");
    assert!(error.to_string().contains(&format!("{:?}", own_user())), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    assert!(!error.is_temporary());
}

#[tokio::test]
async fn a_missing_database_is_told() {
    let error = refusal(&url(&own_user(), &own_password(), "no_such_database")).await;
    assert!(matches!(error, OpenError::MissingDatabase { .. }), "{error:?}");
    assert!(error.to_string().contains("no_such_database"), "{error}");
    assert!(!error.is_temporary());
}

#[tokio::test]
async fn an_unreachable_server_is_waited_for() {
    let nobody =
        TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("its address");
    let error = refusal(&format!("postgres://desk:hunter2@{nobody}/desk")).await;
    assert!(matches!(error, OpenError::Unreachable(_)), "{error:?}");
    assert!(error.is_temporary());
    let storage = storage(&format!("postgres://desk:hunter2@{nobody}/desk"));
    let away = storage.now().await.expect_err("nobody is there");
    assert!(matches!(away, StorageError::Unavailable(_)), "{away:?}");
}

#[tokio::test]
async fn a_schema_that_is_not_there_is_told() {
    let schema = Schema::new().await;
    schema.run(&format!("DROP SCHEMA {}", schema.name())).await;
    let error = refusal(&schema.url()).await;
    assert!(matches!(error, OpenError::Permission { .. }), "{error:?}");
}

/// A user who may use the database and nothing in it.
struct Stranger<'a> {
    schema: &'a Schema,
    name: String,
}

impl<'a> Stranger<'a> {
    async fn to(schema: &'a Schema) -> Self {
        let name = schema.name().replace("case", "user");
        // Who may make tables in a schema may not add an extension to the database.
        drop(Schema::new().await.storage().await);
        schema.run(&format!("CREATE ROLE {name} LOGIN PASSWORD 'secret'")).await;
        Self { schema, name }
    }

    fn url(&self) -> String {
        let base = url(&self.name, "secret", &own_database());
        format!("{base}?options=-c%20search_path={}", self.schema.name())
    }

    async fn may(&self, right: &str) {
        self.schema.run(&format!("GRANT {right} {} TO {}", self.schema.name(), self.name)).await;
    }

    async fn leave(self) {
        self.schema.run(&format!("DROP OWNED BY {0}; DROP ROLE {0}", self.name)).await;
    }
}

#[tokio::test]
async fn missing_permissions_are_told_with_their_remedy() {
    let schema = Schema::new().await;
    let stranger = Stranger::to(&schema).await;
    stranger.may("USAGE ON SCHEMA").await;
    let may_not_make = refusal(&stranger.url()).await;
    schema.storage().await;
    let may_not_read = refusal(&stranger.url()).await;
    stranger.may("SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA").await;
    let standing = storage(&stranger.url()).prepare(Migrate::Apply).await;
    stranger.leave().await;

    assert!(may_not_make.to_string().contains("GRANT USAGE, CREATE ON SCHEMA"), "{may_not_make}");
    assert!(may_not_read.to_string().contains("GRANT SELECT, INSERT"), "{may_not_read}");
    assert_eq!(standing.expect("it may do all that is needed"), Standing::Current);
}

#[tokio::test]
async fn migrations_can_have_a_user_of_their_own() {
    let schema = Schema::new().await;
    let stranger = Stranger::to(&schema).await;
    stranger.may("USAGE ON SCHEMA").await;
    let defaults = format!(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
        schema.name(),
        stranger.name
    );
    schema.run(&defaults).await;
    let (url, migrate_url) = (stranger.url(), schema.url());
    let settings =
        PgSettings { url: &url, migrate_url: Some(&migrate_url), application_name: "frontdesk test" };
    let standing = PgStorage::new(&settings).expect("URLs that can be used").prepare(Migrate::Apply).await;
    let owned = "SELECT count(*) FROM pg_tables WHERE tablename = 'users' AND tableowner = ";
    let owned = schema.number(&format!("{owned}'{}'", stranger.name)).await;
    stranger.leave().await;
    assert_eq!(standing.expect("it is prepared"), Standing::Current);
    assert_eq!(owned, 0);
}

#[tokio::test]
async fn encryption_that_is_demanded_is_not_left_out() {
    let separator = if server().contains('?') { '&' } else { '?' };
    let demanded = storage(&format!("{}{separator}sslmode=verify-full", server()));
    // Whether the server can encrypt or not: nobody trusts its certificate.
    let error = demanded.migration_status().await.expect_err("it is refused");
    assert!(matches!(error, OpenError::Tls(_) | OpenError::Refused(_)), "{error:?}");
    assert!(!error.is_temporary());
}

#[test]
fn both_databases_have_migrations_with_the_same_stamps() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let stamps = |database: &str| -> BTreeSet<String> {
        let folders = migrations.join(database).read_dir().expect("a folder of migrations");
        let name = |folder: std::io::Result<std::fs::DirEntry>| folder.expect("it can be read").file_name();
        folders.map(|folder| name(folder).into_string().expect("a name in UTF-8")).collect()
    };
    let sqlite = stamps("sqlite");
    assert!(!sqlite.is_empty());
    assert_eq!(stamps("postgres"), sqlite);
}
