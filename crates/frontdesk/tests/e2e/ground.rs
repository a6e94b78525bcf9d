//! What the program stands on: every database with every queue.

use std::thread;

use lapin::{Connection, ConnectionProperties, options::ExchangeDeleteOptions, options::QueueDeleteOptions};
use tokio_postgres::NoTls;

/// A database and a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    Sqlite,
    SqliteAndRabbitMq,
    Postgres,
    PostgresAndRabbitMq,
}

/// Runs cases, `async fn(Ground)`, on every ground.
macro_rules! on_every_ground {
    ($($case:ident)+) => {
        on_every_ground! { @ sqlite Sqlite $($case)+ }
        on_every_ground! { @ sqlite_and_rabbitmq SqliteAndRabbitMq $($case)+ }
        on_every_ground! { @ postgres Postgres $($case)+ }
        on_every_ground! { @ postgres_and_rabbitmq PostgresAndRabbitMq $($case)+ }
    };
    (@ $module:ident $ground:ident $($case:ident)+) => {
        mod $module {
            $(
                #[tokio::test]
                async fn $case() {
                    super::$case($crate::ground::Ground::$ground).await;
                }
            )+
        }
    };
}
pub(crate) use on_every_ground;

/// A part of the ground that belongs to one test; cleared when it is dropped.
pub(crate) struct Plot {
    schema: Option<String>,
    prefix: Option<String>,
}

impl Ground {
    /// A plot with nothing on it.
    pub(crate) async fn plot(self) -> Plot {
        let name = format!("desk_{:016x}", getrandom::u64().expect("randomness"));
        let has_postgres = matches!(self, Self::Postgres | Self::PostgresAndRabbitMq);
        let has_rabbitmq = matches!(self, Self::SqliteAndRabbitMq | Self::PostgresAndRabbitMq);
        if has_postgres {
            execute(&format!("CREATE SCHEMA {name}")).await;
        }
        Plot { schema: has_postgres.then(|| name.clone()), prefix: has_rabbitmq.then_some(name) }
    }
}

impl Plot {
    /// The settings that lead the program there.
    pub(crate) fn settings(&self) -> Vec<(String, String)> {
        let mut settings = Vec::new();
        let mut set = |name: &str, value: String| settings.push((name.to_owned(), value));
        if let Some(url) = self.database_url() {
            set("DATABASE_URL", url);
            set("FRONTDESK__SECRET_KEY", "a key that only these tests have".to_owned());
        }
        if let Some(prefix) = &self.prefix {
            set("AMQP_URL", broker());
            set("FRONTDESK__AMQP__PREFIX", prefix.clone());
        }
        settings
    }

    /// Where PostgreSQL is reached, if the ground has it.
    fn database_url(&self) -> Option<String> {
        let schema = self.schema.as_ref()?;
        let server = server();
        let join = if server.contains('?') { '&' } else { '?' };
        Some(format!("{server}{join}options=-csearch_path%3D{schema}"))
    }

    /// The one number that a query in PostgreSQL answers.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        let url = self.database_url().expect("a ground with PostgreSQL");
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.expect("PostgreSQL answers");
        tokio::spawn(connection);
        client.query_one(query, &[]).await.expect("the query can be answered").get(0)
    }

    /// Every row of every table, as text; none if they lie in a file.
    pub(crate) async fn rows(&self) -> Option<String> {
        let schema = self.schema.as_ref()?;
        let client = connect().await;
        let tables = "SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = $1";
        let mut rows = String::new();
        for table in client.query(tables, &[schema]).await.expect("the tables are listed") {
            let table: String = table.get(0);
            let all = format!("SELECT row_to_json(t)::text FROM {schema}.{table} t");
            for row in client.query(&all, &[]).await.expect("the rows are listed") {
                rows.push_str(row.get(0));
                rows.push('\n');
            }
        }
        Some(rows)
    }
}

impl Drop for Plot {
    /// In a thread of its own, as the test's runtime may be ending.
    fn drop(&mut self) {
        let (schema, prefix) = (self.schema.take(), self.prefix.take());
        let clear = move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                if let Some(schema) = schema {
                    execute(&format!("DROP SCHEMA {schema} CASCADE")).await;
                }
                if let Some(prefix) = prefix {
                    delete_queues(&prefix).await;
                }
            });
        };
        // What is left behind harms no other test.
        let _ = thread::spawn(clear).join();
    }
}

/// The PostgreSQL that tests share.
pub(crate) fn server() -> String {
    named("TEST_DATABASE_URL")
}

/// The RabbitMQ that tests share.
pub(crate) fn broker() -> String {
    named("TEST_AMQP_URL")
}

#[expect(
    clippy::disallowed_methods,
    reason = "these variables are the tests' own, not settings of the program"
)]
fn named(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set; scripts/test sets it"))
}

async fn connect() -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(&server(), NoTls).await.expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
}

/// Does something on the PostgreSQL that tests share.
pub(crate) async fn execute(sql: &str) {
    connect().await.batch_execute(sql).await.expect("PostgreSQL does it");
}

async fn delete_queues(prefix: &str) {
    let connection =
        Connection::connect(&broker(), ConnectionProperties::default()).await.expect("RabbitMQ answers");
    let channel = connection.create_channel().await.expect("a channel");
    for name in ["email", "slack", "teams", "discord", "telegram", "webhook", "landbot", "dead-letters"] {
        let queue = format!("{prefix}.{name}");
        let _ = channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await;
    }
    for name in ["notifications", "dead-letters", "bell"] {
        let exchange = format!("{prefix}.{name}");
        let _ = channel.exchange_delete(exchange.into(), ExchangeDeleteOptions::default()).await;
    }
    let _ = connection.close(0, "done".into()).await;
}
