//! Several processes that share a database and a broker.

use serde_json::json;

use crate::{
    frontdesk::Frontdesk,
    ground::{self, Ground},
    service::{Reply, Service},
    support::smtp_server::{Behaviour, SmtpServer},
};

/// A process that takes calls, one that delivers, and the mail server they were told of.
async fn api_and_worker(ground: Ground) -> (Frontdesk, Frontdesk, SmtpServer) {
    let smtp = SmtpServer::start(Behaviour::default()).await;
    let url = smtp.url();
    let settings = [("SMTP_URL", url.as_str()), ("FRONTDESK__WELCOME__DELAY", "1s")];
    let mut api = Frontdesk::unstarted(ground, &settings).await;
    api.role = "api";
    api.run().await;
    api.add_bot().await;
    let mut worker = api.colleague("worker");
    worker.run().await;
    (api, worker, smtp)
}

async fn delivers_what_the_other_takes(ground: Ground) {
    let (api, worker, smtp) = api_and_worker(ground).await;
    api.register("Ana", "ana@visitor.example").await;
    assert_eq!(smtp.wait_for(1).await[0].to, ["ana@visitor.example"]);
    api.settled(&["sent"]).await;
    assert_eq!(worker.get("/bot/v1/topics").await.status, 404, "a worker takes no calls");
    assert_eq!(worker.get("/health/live").await.status, 200);
}

#[tokio::test]
async fn a_worker_delivers_what_an_api_process_takes() {
    delivers_what_the_other_takes(Ground::PostgresAndRabbitMq).await;
}

#[tokio::test]
async fn a_worker_without_a_broker_delivers_what_it_claims_itself() {
    delivers_what_the_other_takes(Ground::Postgres).await;
}

#[tokio::test]
async fn an_api_process_without_a_worker_says_so_and_goes_on_taking_calls() {
    let (api, mut worker, smtp) = api_and_worker(Ground::PostgresAndRabbitMq).await;
    worker.stop().await;
    api.wait_until("it is degraded", async |api| {
        api.get("/health/ready").await.json()["status"] == "degraded"
    })
    .await;
    assert_eq!(api.register("Ana", "ana@visitor.example").await["result"], json!("ok"));
    worker.run().await;
    smtp.wait_for(1).await;
    api.wait_until("it is ready again", async |api| {
        api.get("/health/ready").await.json()["status"] == "ready"
    })
    .await;
}

#[tokio::test]
async fn what_a_killed_worker_had_is_delivered_by_another() {
    let (api, mut worker, smtp) = api_and_worker(Ground::PostgresAndRabbitMq).await;
    let mut second = api.colleague("worker");
    second.run().await;
    for n in 0..50 {
        api.register("Ana", &format!("p{n}@visitor.example")).await;
    }
    smtp.wait_for(1).await;
    worker.kill().await;
    let mails = smtp.wait_for(50).await;
    let persons: std::collections::BTreeSet<_> = mails.iter().flat_map(|mail| mail.to.clone()).collect();
    assert_eq!(persons.len(), 50);
    api.settled(&["sent"]).await;
}

#[tokio::test]
async fn replicas_may_start_together_on_an_empty_database() {
    let mut one = Frontdesk::unstarted(Ground::PostgresAndRabbitMq, &[]).await;
    let mut other = one.colleague("api");
    tokio::join!(one.run(), other.run());
    one.add_bot().await;
    other.key.clone_from(&one.key);
    assert_eq!(other.register("Ana", "ana@visitor.example").await["result"], json!("ok"));
    assert_eq!(one.register("Ana", "ana@visitor.example").await["replayed"], json!(true));
}

#[tokio::test]
async fn an_embedded_database_has_one_process_that_does_everything() {
    let desk = Frontdesk::unstarted(Ground::Sqlite, &[]).await;
    let refused = desk.command(&["serve", "--role", "worker"]).await;
    assert_eq!(refused.status.code(), Some(2));
}

const KEY: (&str, &str) = ("FRONTDESK__SECRET_KEY", "a key that only these tests have");

#[tokio::test]
async fn a_database_server_that_is_away_is_waited_for() {
    let url = "postgres://nobody:hunter2@127.0.0.1:1/desk?connect_timeout=1";
    let mut desk = Frontdesk::unstarted(Ground::Sqlite, &[("DATABASE_URL", url), KEY]).await;
    desk.key = format!("fd_{}", "k".repeat(43));
    desk.spawn();
    desk.wait_until("it says what it waits for", async |desk| {
        desk.log().contains("waiting for the database")
    })
    .await;
    assert_eq!(desk.get("/health/ready").await.status, 503);
    let answer = desk.post_raw("/bot/v1/users", br#"{"email":"ana@visitor.example"}"#).await;
    assert_eq!((answer.status, answer.json()["result"].clone()), (503, json!("retry")));
    assert!(!desk.log().contains("hunter2"));
    assert_eq!(desk.stop().await, Some(0));
}

#[tokio::test]
async fn a_missing_database_ends_the_start_with_a_sentence() {
    let url = ground::server();
    let (server, _) = url.rsplit_once('/').expect("a URL with a database");
    let url = format!("{server}/nobody_made_this");
    let desk = Frontdesk::unstarted(Ground::Sqlite, &[("DATABASE_URL", url.as_str()), KEY]).await;
    let refused = desk.command(&["serve"]).await;
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains(r#"there is no database "nobody_made_this""#), "{said}");
}

#[tokio::test]
async fn a_broker_that_refuses_the_login_is_said_and_calls_go_on() {
    let url = ground::broker();
    let (_, server) = url.rsplit_once('@').expect("a URL with a login");
    let url = format!("amqp://nobody:hunter2@{server}");
    let desk = Frontdesk::with(Ground::Sqlite, &[("AMQP_URL", url.as_str())]).await;
    desk.wait_until("it says why", async |desk| desk.log().contains("refused the login")).await;
    let readiness = desk.get("/health/ready").await;
    assert_eq!((readiness.status, readiness.json()["status"].clone()), (200, json!("degraded")));
    assert_eq!(desk.register("Ana", "ana@visitor.example").await["result"], json!("ok"));
    assert!(!desk.log().contains("hunter2"));
}

#[tokio::test]
async fn when_the_last_worker_is_gone_people_are_told_once_and_called_off_once() {
    let (people, smtp) =
        (Service::that(Reply::new(204, "")).await, SmtpServer::start(Behaviour::default()).await);
    let (hook, mail) = (people.url("/alarm"), smtp.url());
    let settings = [
        ("FRONTDESK__WATCHDOG__WEBHOOK_URL", hook.as_str()),
        ("FRONTDESK__WATCHDOG__MAIL_TO", "ops@example.com"),
        ("SMTP_URL", mail.as_str()),
    ];
    let mut one = Frontdesk::unstarted(Ground::Postgres, &settings).await;
    one.role = "api";
    one.run().await;
    let mut other = one.colleague("api");
    other.run().await;
    let told = async |count| {
        one.wait_until("people are told", async |_| people.received().len() >= count).await;
        people.received()[count - 1].json()
    };
    let raised = told(1).await;
    assert_eq!((&raised["data"]["alarm"], &raised["data"]["news"]), (&json!("no_worker"), &json!("raised")));
    let mut worker = one.colleague("worker");
    worker.run().await;
    let over = told(2).await;
    assert_eq!((&over["data"]["alarm"], &over["data"]["news"]), (&json!("no_worker"), &json!("over")));
    let mails = smtp.wait_for(2).await;
    assert!(mails.iter().all(|mail| mail.to == ["ops@example.com"]));
    for desk in [&one, &other] {
        desk.wait_until("it is ready", async |desk| {
            desk.get("/health/ready").await.json()["status"] == "ready"
        })
        .await;
    }
    assert_eq!(people.received().len(), 2, "both processes saw it");
    assert_eq!(one.listed(&["notifications", "list"]).await, json!([]), "the outbox was not used");
}
