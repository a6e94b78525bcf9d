//! Starting, stopping, and what is refused at the start.

use crate::{
    frontdesk::Frontdesk,
    ground::{Ground, on_every_ground},
    support::smtp_server::{Behaviour, SmtpServer},
};

on_every_ground! {
    a_stop_finishes_what_runs_and_a_start_goes_on
    no_key_is_printed_where_nobody_watches
    health_and_metrics_answer
}

async fn a_stop_finishes_what_runs_and_a_start_goes_on(ground: Ground) {
    let smtp = SmtpServer::start(Behaviour::default()).await;
    let url = smtp.url();
    let mut desk =
        Frontdesk::with(ground, &[("SMTP_URL", url.as_str()), ("FRONTDESK__WELCOME__DELAY", "2s")]).await;
    desk.register("Ana", "ana@visitor.example").await;
    assert_eq!(desk.stop().await, Some(0));
    desk.run().await;
    assert_eq!(smtp.wait_for(1).await.len(), 1);
    desk.settled(&["sent"]).await;
    assert_eq!(smtp.mails().len(), 1);
}

#[tokio::test]
async fn a_second_server_on_the_same_database_is_refused() {
    let desk = Frontdesk::start(Ground::Sqlite).await;
    let second = desk.command(&["serve"]).await;
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr).to_lowercase();
    assert!(said.contains("another process serves this database"), "{said}");
}

#[tokio::test]
async fn unknown_and_malformed_settings_are_named() {
    let desk = Frontdesk::unstarted(
        Ground::Sqlite,
        &[("FRONTDESK__WELCOM__DELAY", "60s"), ("FRONTDESK__WELCOME__DELAY", "soon")],
    )
    .await;
    let refused = desk.command(&["serve"]).await;
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains("FRONTDESK__WELCOM__DELAY") && said.contains("FRONTDESK__WELCOME__DELAY"),
        "{said}"
    );
}

async fn no_key_is_printed_where_nobody_watches(ground: Ground) {
    let mut desk = Frontdesk::unstarted(ground, &[]).await;
    desk.run().await;
    assert!(!desk.log().contains("fd_"), "{}", desk.log());
    assert!(desk.log().contains("bot add"), "the screen names the command that makes a key");
}

async fn health_and_metrics_answer(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    assert_eq!(desk.get("/health/live").await.status, 200);
    desk.wait_until("nothing is amiss", async |desk| {
        desk.get("/health/ready").await.json()["status"] == "ready"
    })
    .await;
    assert!(desk.get("/metrics").await.body.contains("frontdesk_"));
    assert!(desk.command(&["healthcheck"]).await.status.success());
    assert_eq!(desk.get("/api/openapi.json").await.json()["openapi"].as_str().map(|v| &v[..3]), Some("3.1"));
    assert!(desk.get("/api/docs").await.body.contains("/bot/v1/users"));
}
