//! A backup is worth what its restore brings back.

use std::{path::Path, process::Output};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    frontdesk::Frontdesk,
    ground::{self, Ground},
};

const KEY: (&str, &str) = ("FRONTDESK__SECRET_KEY", "a key that only these tests have");

/// A database of its own, because a dump has all of one; deleted by [`Database::drop`].
struct Database(String);

impl Database {
    async fn make() -> Self {
        let name = format!("restore_{:016x}", getrandom::u64().expect("randomness"));
        ground::execute(&format!("CREATE DATABASE {name}")).await;
        Self(name)
    }

    fn url(&self) -> String {
        let server = ground::server();
        let (server, _) = server.rsplit_once('/').expect("a URL with a database");
        format!("{server}/{}", self.0)
    }

    async fn drop(self) {
        ground::execute(&format!("DROP DATABASE {} WITH (FORCE)", self.0)).await;
    }

    /// Runs a script of `deploy/backup` on this database.
    async fn run(&self, script: &str, arguments: &[&str]) -> Output {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/backup");
        let mut command = Command::new(folder.join(script));
        command.args(arguments).env("DATABASE_URL", self.url());
        command.output().await.expect("the script runs")
    }

    /// Runs a script that must succeed, and answers what it printed.
    async fn told(&self, script: &str, arguments: &[&str]) -> String {
        let output = self.run(script, arguments).await;
        assert!(output.status.success(), "{script} {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }
}

/// What a lead leaves behind.
async fn leave_a_lead(desk: &Frontdesk) -> Value {
    desk.post(
        "/bot/v1/tickets",
        &json!({"name": "Ana", "email": "ana@visitor.example", "topic": "pricing",
        "question": "How much is it?"}),
    )
    .await
}

/// A server on a restored database knows the lead, the ticket and what is still to be sent.
async fn finds_the_lead_again(desk: &Frontdesk, lead: &Value) {
    let known = desk.get("/bot/v1/users?email=ana@visitor.example").await.json();
    assert_eq!((&known["user_id"], &known["name"]), (&lead["user_id"], &json!("Ana")));
    let reference = lead["reference"].as_str().expect("a reference");
    let asked = format!("/bot/v1/tickets/{reference}?email=ana@visitor.example");
    assert_eq!(desk.get(&asked).await.json()["status"], "open");
    let waiting = desk.notifications().await;
    assert!(
        waiting.iter().any(|one| one["purpose"] == "welcome" && one["status"] == "scheduled"),
        "{waiting:?}"
    );
}

#[tokio::test]
async fn a_dump_of_postgresql_brings_the_leads_back() {
    let (lost, fresh) = (Database::make().await, Database::make().await);
    let dumps = TempDir::new().expect("a folder");
    let folder = dumps.path().to_str().expect("a path");
    let mut before = Frontdesk::with(Ground::Sqlite, &[("DATABASE_URL", lost.url().as_str()), KEY]).await;
    let lead = leave_a_lead(&before).await;
    let dump = lost.told("backup-postgres", &[folder, "--keep", "28d"]).await;
    before.kill().await;
    lost.drop().await;

    fresh.told("restore-postgres", &[dump.trim()]).await;
    let mut after =
        Frontdesk::unstarted(Ground::Sqlite, &[("DATABASE_URL", fresh.url().as_str()), KEY]).await;
    after.key.clone_from(&before.key);
    after.run().await;
    finds_the_lead_again(&after, &lead).await;
    after.kill().await;
    assert!(
        !fresh.run("restore-postgres", &[dump.trim()]).await.status.success(),
        "it is not empty any more"
    );
    fresh.told("restore-postgres", &[dump.trim(), "--replace"]).await;
    fresh.drop().await;
}

#[tokio::test]
async fn only_whole_dumps_that_are_young_enough_count() {
    let database = Database::make().await;
    let dumps = TempDir::new().expect("a folder");
    let folder = dumps.path().to_str().expect("a path");
    let check = async || database.run("backup-postgres", &[folder, "--check", "25h"]).await.status.success();
    std::fs::write(dumps.path().join("frontdesk-20260101T000000Z.dump.part"), "cut short").expect("a file");
    assert!(!check().await, "what was cut short is no dump");
    database.told("backup-postgres", &[folder]).await;
    assert!(check().await);
    let old = database.run("backup-postgres", &[folder, "--check", "0m"]).await;
    assert!(!old.status.success(), "no dump is younger than now");
    database.drop().await;
}

#[tokio::test]
async fn a_copy_of_the_embedded_database_serves_in_its_place() {
    let mut before = Frontdesk::start(Ground::Sqlite).await;
    let lead = leave_a_lead(&before).await;
    before.told(&["backup", "copy.db"]).await;
    before.kill().await;
    let copy = format!("sqlite://{}", before.path("copy.db").display());
    let mut after = Frontdesk::unstarted(Ground::Sqlite, &[("DATABASE_URL", copy.as_str())]).await;
    after.key.clone_from(&before.key);
    after.run().await;
    finds_the_lead_again(&after, &lead).await;
}
