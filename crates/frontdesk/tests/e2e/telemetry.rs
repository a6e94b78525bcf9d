//! What operators see of a running desk.

use crate::{
    frontdesk::Frontdesk,
    ground::Ground,
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
