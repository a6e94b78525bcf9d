//! What operators see of a running desk.

use crate::{
    frontdesk::Frontdesk,
    ground::Ground,
    service::{self, Reply, Service},
    support::smtp_server::{Behaviour, SmtpServer},
};

/// The names of the metrics that docs/operations.md lists.
fn documented() -> impl Iterator<Item = &'static str> {
    let rows = include_str!("../../../../docs/operations.md").lines();
    let names = rows.filter_map(|row| row.strip_prefix("| `frontdesk_"));
    names.map(|rest| rest.split(['{', '`']).next().expect("a name"))
}

#[tokio::test]
async fn a_desk_at_work_shows_every_documented_metric_with_its_meaning() {
    let smtp = SmtpServer::start(Behaviour::default()).await;
    let url = smtp.url();
    let settings = [("SMTP_URL", url.as_str()), ("FRONTDESK__WELCOME__DELAY", "0s")];
    let desk = Frontdesk::with(Ground::PostgresAndRabbitMq, &settings).await;
    desk.register("Ana", "ana@visitor.example").await;
    smtp.wait_for(1).await;
    let recipe = desk.told(&["bot", "hook", "test"]).await;
    let hook = recipe.split("/bot/v1/messages/").nth(1).expect("an address");
    let hook: String = hook.chars().take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect();
    desk.post_raw(&format!("/bot/v1/messages/{hook}"), b"junk").await;

    // Nobody put anything of theirs into our queues.
    let only_then = ["queue_unreadable_total"];
    let expected: Vec<_> = documented().filter(|name| !only_then.contains(name)).collect();
    assert!(expected.len() > 25, "{expected:?}");
    let shows = |metrics: &str, name: &str| {
        let (help, kind) = (format!("# HELP frontdesk_{name} "), format!("# TYPE frontdesk_{name} "));
        metrics.contains(&help) && metrics.contains(&kind)
    };
    desk.wait_until("every metric is there", async |desk| {
        let metrics = desk.get("/metrics").await.body;
        expected.iter().all(|name| shows(&metrics, name))
    })
    .await;
}

/// Whether a body has these bytes in it.
fn has(body: &[u8], bytes: &[u8]) -> bool {
    body.windows(bytes.len()).any(|window| window == bytes)
}

#[tokio::test]
async fn one_trace_leads_from_a_call_over_the_broker_to_the_attempt() {
    let (smtp, collector) =
        (SmtpServer::start(Behaviour::default()).await, Service::that(Reply::new(200, "")).await);
    let (mail, traces) = (smtp.url(), collector.url("/"));
    let settings = [
        ("SMTP_URL", mail.as_str()),
        ("FRONTDESK__WELCOME__DELAY", "0s"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", traces.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=hunter2"),
        ("OTEL_SERVICE_NAME", "desk-of-the-test"),
    ];
    let mut api = Frontdesk::unstarted(Ground::PostgresAndRabbitMq, &settings).await;
    api.role = "api";
    api.run().await;
    api.add_bot().await;
    let mut worker = api.colleague("worker");
    worker.run().await;
    let answer = api.register("Ana", "ana@visitor.example").await;
    let request_id: uuid::Uuid = answer["request_id"].as_str().expect("an id").parse().expect("a UUID");
    smtp.wait_for(1).await;
    for step in ["bot.call", "notification.hand_over", "notification.attempt"] {
        let exported = |received: &service::Received| {
            has(&received.body, request_id.as_bytes()) && has(&received.body, step.as_bytes())
        };
        api.wait_until(step, async |_| collector.received().iter().any(exported)).await;
    }
    for received in collector.received() {
        assert_eq!((received.method.as_str(), received.target.as_str()), ("POST", "/v1/traces"));
        assert_eq!(received.header("api-key"), Some("hunter2"));
        assert!(has(&received.body, b"desk-of-the-test") && !has(&received.body, b"ana@visitor"));
    }
}
