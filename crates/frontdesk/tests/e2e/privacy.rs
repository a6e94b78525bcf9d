//! Nothing personal and nothing secret leaves through logs, metrics and queue messages.

use serde_json::json;

use crate::{
    eavesdropper::Eavesdropper,
    frontdesk::Frontdesk,
    ground::{Ground, on_every_ground},
    support::smtp_server::{Act, Behaviour, SmtpServer},
};

on_every_ground! {
    a_full_run_logs_counts_and_queues_nothing_personal
}

async fn a_full_run_logs_counts_and_queues_nothing_personal(ground: Ground) {
    let refusing = Behaviour {
        recipient: Act::Say("550 5.1.1 <ana.rara@visitor.example> unknown"),
        ..Behaviour::default()
    };
    let smtp = SmtpServer::start(refusing).await;
    let url = format!("smtp://{}", smtp.url().trim_start_matches("smtp://"));
    let settings = [
        ("SMTP_URL", url.as_str()),
        ("FRONTDESK__LOG", "trace"),
        ("FRONTDESK__WELCOME__DELAY", "500ms"),
        ("FRONTDESK__MAIL__TEAM_TO", "team@desk.example"),
    ];
    let mut desk = Frontdesk::with(ground, &settings).await;
    let eavesdropper = Eavesdropper::on(&desk).await;
    desk.post(
        "/bot/v1/tickets",
        &json!({"name": "Ana Rara", "email": "ana.rara@visitor.example", "phone": "+34600111222", "description": "Mi secreto", "topic": "pricing"}),
    )
    .await;
    desk.post("/bot/v1/users", &json!({"name": "Ana Rara", "email": "ana.rara at visitor"})).await;
    desk.post_raw("/bot/v1/users", b"{\"name\": \"Ana Rara").await;
    desk.get("/bot/v1/users?email=ana.rara@visitor.example").await;
    let hook = desk.told(&["bot", "hook", "test"]).await;
    let hook = hook.trim().rsplit('/').next().expect("the secret of the hook").to_owned();
    for body in
        ["{", r#"{"messages": [{"data": {"body": "Mi secreto"}, "sender": {"type": "customer", "id": 7}}]}"#]
    {
        let head = format!("POST /bot/v1/messages/{hook} HTTP/1.1\r\n");
        let taken = desk.connect().await.call(&head, body.as_bytes()).await.expect("an answer");
        assert_eq!(taken.status, 200);
    }
    let failed = desk.settled(&["failed"]).await;
    let request_id = failed[0]["request_id"].as_str().expect("an id").to_owned();
    let metrics = desk.get("/metrics").await.body;
    let queued = eavesdropper.overheard().await;
    desk.stop().await;

    let log = desk.log();
    for secret in ["Ana Rara", "ana.rara", "600111222", "Mi secreto", &desk.key, &hook, "team@desk.example"] {
        assert!(!log.contains(secret), "{secret} is in the log");
        assert!(!metrics.contains(secret), "{secret} is in the metrics");
        assert!(!queued.contains(secret), "{secret} is in the queue");
    }
    assert!(log.contains(&request_id), "the call can be followed to its attempts");
    let id = failed[0]["id"].as_str().expect("an id").replace('-', "");
    let has_broker = desk.settings().any(|(name, _)| name == "AMQP_URL");
    assert_eq!(queued.replace('-', "").contains(&id), has_broker, "what is queued was overheard: {queued}");
}
