//! pgbench, which writes with one statement a call what a call for a user makes the server write.

use std::io::{ErrorKind, Write as _};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::NamedTempFile;
use tokio::process::Command;

use crate::database::Database;

/// The least that a call must leave behind, without anything else of the server's schema.
const TABLES: &str = "
CREATE TABLE users (id uuid PRIMARY KEY, name text, email text, origin text, created_at timestamptz NOT NULL);
CREATE TABLE identities (
    user_id uuid NOT NULL, kind text NOT NULL, value text NOT NULL, PRIMARY KEY (kind, value)
);
CREATE TABLE notifications (
    id uuid PRIMARY KEY, user_id uuid NOT NULL, due_at timestamptz NOT NULL, status text NOT NULL, context jsonb
);
CREATE INDEX notifications_due_at_idx ON notifications (due_at) WHERE status = 'scheduled';
CREATE TABLE intake (
    id uuid PRIMARY KEY, user_id uuid NOT NULL, digest bytea NOT NULL, outcome text NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX intake_digest_idx ON intake (digest);";

/// One call: a person known by email and phone as in the benchmark's calls, a welcome mail, an intake row. Ids begin
/// with the time, as the server's do, so that they go to the end of their indexes.
const CALL: &str = "
WITH ids AS MATERIALIZED (
    SELECT now() AS at, prefix || substr(replace(gen_random_uuid()::text, '-', ''), 13) AS person,
        prefix || substr(replace(gen_random_uuid()::text, '-', ''), 13) AS request
    FROM (SELECT lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')) AS time (prefix)
), person AS (
    INSERT INTO users SELECT person::uuid, 'Ana García', person || '@bench.example', 'pricing page', at FROM ids
), known_by AS (
    INSERT INTO identities
    SELECT person::uuid, 'email', person || '@bench.example' FROM ids
    UNION ALL SELECT person::uuid, 'phone', person FROM ids
), welcome AS (
    INSERT INTO notifications
    SELECT request::uuid, person::uuid, at + interval '1 day', 'scheduled', '{\"purpose\":\"welcome\"}' FROM ids
)
INSERT INTO intake SELECT request::uuid, person::uuid, sha256(request::bytea), 'registered', at FROM ids;";

/// Threads of pgbench itself, which shares the cores with PostgreSQL.
const THREADS: &str = "2";

/// pgbench, and a database of its own.
#[derive(Debug)]
pub(crate) struct Rival {
    /// What it calls itself.
    pub(crate) version: String,
    database: Database,
    script: NamedTempFile,
}

impl Rival {
    /// Makes its tables on this PostgreSQL server; `None` if it is not installed.
    pub(crate) async fn prepare(server: &str) -> Result<Option<Self>> {
        let asked = match Command::new("pgbench").arg("--version").output().await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            asked => asked.context("asking for pgbench's version")?,
        };
        let version = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
        let database = Database::create(server).await?;
        database.execute(TABLES).await.context("making pgbench's tables")?;
        let mut script = NamedTempFile::new().context("making pgbench's script")?;
        script.write_all(CALL.as_bytes()).context("writing pgbench's script")?;
        let rival = Self { version, database, script };
        rival.run(16, Duration::from_secs(1)).await.context("warming pgbench up")?;
        Ok(Some(rival))
    }

    /// Calls a second of so many clients.
    pub(crate) async fn run(&self, clients: usize, time: Duration) -> Result<f64> {
        let (clients, seconds) = (clients.to_string(), time.as_secs().max(1).to_string());
        let output = Command::new("pgbench")
            .args(["--no-vacuum", "--protocol=prepared", "--jobs", THREADS, "--client", &clients])
            .args(["--time", &seconds, "--file"])
            .arg(self.script.path())
            .arg(self.database.url())
            .kill_on_drop(true)
            .output()
            .await
            .context("running pgbench")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "pgbench ended with {}: {said}", output.status);
        rate(&String::from_utf8_lossy(&output.stdout)).context("reading what pgbench printed")
    }
}

fn rate(printed: &str) -> Option<f64> {
    let line = printed.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read_from_what_pgbench_prints() {
        let printed = "number of clients: 16\nlatency average = 1.28 ms\n\
            tps = 12480.152 (without initial connection time)\n";
        assert_eq!(rate(printed), Some(12_480.152));
        assert_eq!(rate("pgbench: error: connection refused\n"), None);
    }
}
