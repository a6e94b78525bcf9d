//! How Discord answers.

use domain::{channel::ChannelKind::Discord, retry::Outcome};
use serde_json::json;

use crate::{
    desk::{Desk, deliver, news, only, temporary},
    support::service::{Reply, Service},
};

#[tokio::test]
async fn a_webhook_says_which_message_it_made() {
    let service = Service::that(Reply::json(200, &json!({"id": "1187654321", "content": ""}))).await;
    let desk = Desk::with(&service.url("/api/webhooks/1/secret?thread_id=5&wait=false"), &service.url("/"));
    let receipt = desk.chats.discord().deliver(&news()).await;
    assert_eq!((receipt.outcome, receipt.code, receipt.answer), (Outcome::Sent, Some(200), None));
    assert_eq!(receipt.provider_id.as_deref(), Some("1187654321"));
    assert_eq!(only(&service).target, "/api/webhooks/1/secret?thread_id=5&wait=true");
}

#[tokio::test]
async fn a_webhook_says_what_is_wrong() {
    for (status, code, message, outcome) in [
        (400, 50_035, "Invalid Form Body", Outcome::Permanent),
        (401, 50_027, "Invalid Webhook Token", Outcome::Permanent),
        (403, 50_013, "Missing Permissions", Outcome::Permanent),
        (404, 10_015, "Unknown Webhook", Outcome::Permanent),
        (500, 0, "Internal Server Error", temporary(None)),
    ] {
        let service = Service::that(Reply::json(status, &json!({"message": message, "code": code}))).await;
        let receipt = deliver(Discord, &service, &news()).await;
        assert_eq!((receipt.outcome, receipt.code), (outcome, Some(status)), "{message}");
        assert_eq!(receipt.answer, Some(format!("{code}: {message}")));
    }
}

#[tokio::test]
async fn a_webhook_that_is_called_too_often_says_exactly_when_to_come_back() {
    let slow = json!({"message": "You are being rate limited.", "retry_after": 2.25, "global": false});
    let service = Service::that(Reply::json(429, &slow).with("Retry-After", "3")).await;
    let receipt = deliver(Discord, &service, &news()).await;
    assert_eq!(receipt.outcome, temporary(Some(2_250)));
    assert_eq!(receipt.answer.as_deref(), Some("You are being rate limited."));
}

#[tokio::test]
async fn what_stands_before_discord_may_say_when_to_come_back() {
    let service = Service::that(Reply::new(429, "error code: 1015").with("Retry-After", "60")).await;
    assert_eq!(deliver(Discord, &service, &news()).await.outcome, temporary(Some(60_000)));
}
