//! How Telegram answers.

use domain::{channel::ChannelKind::Telegram, retry::Outcome};
use serde_json::json;

use crate::{
    desk::{Desk, SECRET, deliver, news, only, temporary},
    support::service::{Reaction, Reply, Service},
};

#[tokio::test]
async fn a_bot_writes_to_its_chat() {
    let service = Service::that(Reply::json(200, &json!({"ok": true, "result": {"message_id": 77}}))).await;
    let receipt = deliver(Telegram, &service, &news()).await;
    assert_eq!((receipt.outcome, receipt.code, receipt.answer), (Outcome::Sent, Some(200), None));
    assert_eq!(receipt.provider_id.as_deref(), Some("77"));
    let request = only(&service);
    assert_eq!(request.target, format!("/bot123456:{SECRET}/sendMessage"));
    let body = request.json();
    assert_eq!((&body["chat_id"], &body["parse_mode"]), (&json!("-1001234567890"), &json!("HTML")));
}

#[tokio::test]
async fn a_chat_may_have_a_public_name() {
    let service = Service::that(Reply::json(200, &json!({"ok": true}))).await;
    let desk = Desk::with("123456:abc#@sales_team", &service.url("/"));
    assert_eq!(desk.chats.telegram().deliver(&news()).await.outcome, Outcome::Sent);
    assert_eq!(only(&service).json()["chat_id"], "@sales_team");
}

#[tokio::test]
async fn telegram_says_what_is_wrong() {
    for (status, description, outcome) in [
        (400, "Bad Request: chat not found", Outcome::Permanent),
        (401, "Unauthorized", Outcome::Permanent),
        (403, "Forbidden: bot was blocked by the user", Outcome::Permanent),
        (403, "Forbidden: bot was kicked from the supergroup chat", Outcome::Permanent),
        (404, "Not Found", Outcome::Permanent),
        (500, "Internal Server Error", temporary(None)),
    ] {
        let error = json!({"ok": false, "error_code": status, "description": description});
        let service = Service::that(Reply::json(status, &error)).await;
        let receipt = deliver(Telegram, &service, &news()).await;
        assert_eq!((receipt.outcome, receipt.code), (outcome, Some(status)), "{description}");
        assert_eq!(receipt.answer.as_deref(), Some(description));
    }
}

#[tokio::test]
async fn a_bot_that_writes_too_often_is_told_when_to_come_back() {
    let error = json!({
        "ok": false,
        "error_code": 429,
        "description": "Too Many Requests: retry after 5",
        "parameters": {"retry_after": 5},
    });
    let service = Service::that(Reply::json(429, &error)).await;
    assert_eq!(deliver(Telegram, &service, &news()).await.outcome, temporary(Some(5_000)));
}

#[tokio::test]
async fn an_answer_that_breaks_off_leaves_the_fate_unknown() {
    let reply = Reply::json(200, &json!({"ok": true, "result": {"message_id": 77}}));
    let service = Service::that(Reaction::Break(reply)).await;
    assert_eq!(deliver(Telegram, &service, &news()).await.outcome, Outcome::Unknown);
}
