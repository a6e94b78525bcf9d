//! What becomes of a notification to a team that is told in a chat.

use serde_json::{Value, json};

use crate::{
    frontdesk::Frontdesk,
    ground::{Ground, on_every_ground},
    service::{Reaction, Reply, Service},
};

on_every_ground! {
    a_ticket_on_sales_arrives_at_slack
    slack_is_told_later_when_it_asks_for_that
    a_webhook_that_is_gone_fails_at_once_and_is_not_shown
    without_a_webhook_mail_takes_the_place_of_slack
    a_chat_that_is_gone_is_replaced_by_its_fallback
    a_chat_can_be_tried
}

/// Where the webhook is, and what nobody may read.
const PATH: &str = "/services/T0/B0/hunter2hunter2";

/// A desk whose Slack is `slack`, and the reference of one ticket that it tells of.
async fn ticket_for(ground: Ground, slack: &Service) -> (Frontdesk, String) {
    let url = slack.url(PATH);
    let settings = [
        ("SLACK_SALES_WEBHOOK_URL", url.as_str()),
        ("FRONTDESK__HTTP__PUBLIC_URL", "https://desk.example.com"),
    ];
    let desk = Frontdesk::with(ground, &settings).await;
    let reference = open_ticket(&desk).await;
    (desk, reference)
}

async fn open_ticket(desk: &Frontdesk) -> String {
    let chat = "8f0e7c3a-91b6-4c36-9e3c-0c4a4c9f3d11";
    let call = json!({"topic": "sales", "description": "A <b>boat</b>, please", "name": "Ana",
        "phone": "600111222", "chat_uuid": chat});
    desk.post("/bot/v1/tickets", &call).await["reference"].as_str().expect("a reference").to_owned()
}

/// The one notification, with its attempts.
async fn shown(desk: &Frontdesk) -> Value {
    let notifications = desk.notifications().await;
    let id = notifications[0]["id"].as_str().expect("an id").to_owned();
    desk.listed(&["notifications", "show", &id]).await
}

async fn a_ticket_on_sales_arrives_at_slack(ground: Ground) {
    let slack = Service::that(Reply::new(200, "ok")).await;
    let (desk, reference) = ticket_for(ground, &slack).await;
    let told = slack.wait_for(1).await[0].clone();
    assert_eq!(told.target, PATH);
    let said = told.json().to_string();
    for part in [
        &format!("New ticket {reference}: Sales"),
        "A &lt;b&gt;boat&lt;/b&gt;, please",
        "+34600111222",
        "https://app.landbot.io/gui/chats_v4/8f0e7c3a-91b6-4c36-9e3c-0c4a4c9f3d11",
        &format!("https://desk.example.com/admin/tickets/{reference}"),
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    desk.settled(&["sent"]).await;
    assert_eq!(slack.received().len(), 1);
    let attempt = &shown(&desk).await["attempts"][0];
    assert_eq!((&attempt["mimicked"], &attempt["code"]), (&json!(false), &json!(200)), "{attempt}");
}

async fn slack_is_told_later_when_it_asks_for_that(ground: Ground) {
    let slow = Reply::new(429, "rate_limited").with("Retry-After", "1");
    let slack =
        Service::that_first(vec![Reaction::Answer(slow), Reaction::Answer(Reply::new(200, "ok"))]).await;
    let (desk, _) = ticket_for(ground, &slack).await;
    desk.settled(&["sent"]).await;
    let attempts = shown(&desk).await["attempts"].clone();
    assert_eq!((&attempts[0]["outcome"], &attempts[0]["code"]), (&json!("temporary"), &json!(429)));
    assert_eq!((&attempts[1]["outcome"], &attempts[1]["code"]), (&json!("sent"), &json!(200)));
}

async fn a_webhook_that_is_gone_fails_at_once_and_is_not_shown(ground: Ground) {
    let slack = Service::that(Reply::new(404, format!("no_service at {PATH}"))).await;
    let (desk, _) = ticket_for(ground, &slack).await;
    desk.settled(&["failed"]).await;
    let shown = shown(&desk).await;
    assert_eq!(shown["attempts"].as_array().map(Vec::len), Some(1), "{shown}");
    assert_eq!(shown["attempts"][0]["answer"], "no_service at /services/T0/B0/<masked>");
    assert!(!desk.log().contains("hunter2"));
}

async fn without_a_webhook_mail_takes_the_place_of_slack(ground: Ground) {
    let desk = Frontdesk::start(ground).await;
    open_ticket(&desk).await;
    desk.settled(&["sent"]).await;
    let attempt = &shown(&desk).await["attempts"][0];
    assert_eq!(attempt["mimicked"], true, "{attempt}");
}

async fn a_chat_that_is_gone_is_replaced_by_its_fallback(ground: Ground) {
    let discord = Service::that(Reply::json(200, &json!({"id": "1187654321"}))).await;
    let slack = Service::that(Reply::new(410, "channel_is_archived")).await;
    let (slack_url, discord_url) = (slack.url(PATH), discord.url("/api/webhooks/1/hunter2hunter2"));
    let settings =
        [("SLACK_SALES_WEBHOOK_URL", slack_url.as_str()), ("DISCORD_WEBHOOK_URL", discord_url.as_str())];
    let desk = Frontdesk::with(ground, &settings).await;
    desk.told(&["channel", "add", "gamers", "--kind", "discord", "--target", "env:DISCORD_WEBHOOK_URL"])
        .await;
    desk.told(&["channel", "set", "sales-slack", "--fallback", "gamers"]).await;

    let reference = open_ticket(&desk).await;
    let told = discord.wait_for(1).await[0].clone();
    assert_eq!(told.target, "/api/webhooks/1/hunter2hunter2?wait=true");
    assert!(told.json()["embeds"][0]["title"].to_string().contains(reference.trim_start_matches("T-")));
    desk.settled(&["failed", "sent"]).await;
    assert_eq!((slack.received().len(), discord.received().len()), (1, 1));
}

async fn a_chat_can_be_tried(ground: Ground) {
    let slack = Service::that(Reply::new(200, "ok")).await;
    let url = slack.url(PATH);
    let desk = Frontdesk::with(ground, &[("SLACK_SALES_WEBHOOK_URL", url.as_str())]).await;
    let receipt = desk.listed(&["channel", "test", "sales-slack"]).await;
    assert_eq!((&receipt["outcome"], &receipt["mimicked"]), (&json!("sent"), &json!(false)), "{receipt}");
    assert_eq!(slack.received().len(), 1);
}
