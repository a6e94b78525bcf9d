//! How Slack answers.

use domain::{channel::ChannelKind::Slack, retry::Outcome};
use serde_json::{Value, json};

use crate::{
    desk::{Desk, deliver, news, only, temporary},
    support::service::{Reaction, Reply, Service},
};

const BOT: &str = "xoxb-1234-abcdefghijkl";

/// Delivers through a bot to a Slack that answers so.
async fn post(reply: impl Into<Reaction>) -> (Service, application::ports::Receipt) {
    let service = Service::that(reply).await;
    let desk = Desk::with(&format!("{BOT}#sales"), &service.url("/api/"));
    let receipt = desk.chats.slack().deliver(&news()).await;
    (service, receipt)
}

#[tokio::test]
async fn a_webhook_takes_a_message() {
    let service = Service::that(Reply::new(200, "ok")).await;
    let receipt = deliver(Slack, &service, &news()).await;
    assert_eq!((receipt.outcome, receipt.code, receipt.answer), (Outcome::Sent, Some(200), None));
    let request = only(&service);
    assert_eq!(request.method, "POST");
    assert!(request.target.starts_with("/services/"), "{}", request.target);
    assert_eq!(request.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(request.header("authorization"), None);
}

#[tokio::test]
async fn a_webhook_says_what_is_wrong() {
    for (status, word, outcome) in [
        (400, "invalid_payload", Outcome::Permanent),
        (403, "action_prohibited", Outcome::Permanent),
        (404, "channel_not_found", Outcome::Permanent),
        (404, "no_service", Outcome::Permanent),
        (410, "channel_is_archived", Outcome::Permanent),
        (500, "rollup_error", temporary(None)),
        (503, "service_unavailable", temporary(None)),
    ] {
        let service = Service::that(Reply::new(status, word)).await;
        let receipt = deliver(Slack, &service, &news()).await;
        assert_eq!((receipt.outcome, receipt.code), (outcome, Some(status)), "{word}");
        assert_eq!(receipt.answer.as_deref(), Some(word));
    }
}

#[tokio::test]
async fn a_webhook_that_is_called_too_often_says_when_to_come_back() {
    let service = Service::that(Reply::new(429, "rate_limited").with("Retry-After", "30")).await;
    assert_eq!(deliver(Slack, &service, &news()).await.outcome, temporary(Some(30_000)));
}

#[tokio::test]
async fn a_bot_posts_to_its_channel() {
    let (service, receipt) = post(Reply::json(200, &json!({"ok": true, "ts": "1503435956.000247"}))).await;
    assert_eq!(receipt.outcome, Outcome::Sent);
    assert_eq!(receipt.provider_id.as_deref(), Some("1503435956.000247"));
    let request = only(&service);
    assert_eq!(request.target, "/api/chat.postMessage");
    assert_eq!(request.header("authorization"), Some(format!("Bearer {BOT}").as_str()));
    assert_eq!(request.json()["channel"], "sales");
}

#[tokio::test]
async fn an_error_of_a_method_comes_with_status_200() {
    for (error, outcome) in [
        ("channel_not_found", Outcome::Permanent),
        ("is_archived", Outcome::Permanent),
        ("not_in_channel", Outcome::Permanent),
        ("invalid_auth", Outcome::Permanent),
        ("ratelimited", temporary(None)),
        ("service_unavailable", temporary(None)),
        ("internal_error", Outcome::Unknown),
        ("fatal_error", Outcome::Unknown),
    ] {
        let (_service, receipt) = post(Reply::json(200, &json!({"ok": false, "error": error}))).await;
        assert_eq!((receipt.outcome, receipt.answer.as_deref()), (outcome, Some(error)));
    }
}

#[tokio::test]
async fn a_method_that_is_called_too_often_says_when_to_come_back() {
    let reply = Reply::json(429, &json!({"ok": false, "error": "ratelimited"})).with("Retry-After", "7");
    assert_eq!(post(reply).await.1.outcome, temporary(Some(7_000)));
}

#[tokio::test]
async fn an_answer_of_a_method_that_breaks_off_leaves_the_fate_unknown() {
    let reply = Reply::json(200, &json!({"ok": true, "ts": "1503435956.000247"}));
    let (_service, receipt) = post(Reaction::Break(reply)).await;
    assert_eq!(receipt.outcome, Outcome::Unknown);
    assert_eq!(post(Reply::new(502, "<html>")).await.1.outcome, temporary(None));
}

#[tokio::test]
async fn a_webhooks_status_is_enough() {
    let service = Service::that(Reaction::Break(Reply::new(200, "ok"))).await;
    assert_eq!(deliver(Slack, &service, &news()).await.outcome, Outcome::Sent);
}

#[tokio::test]
async fn a_message_unfurls_nothing() {
    let service = Service::that(Reply::new(200, "ok")).await;
    deliver(Slack, &service, &news()).await;
    let body = only(&service).json();
    assert_eq!((&body["unfurl_links"], &body["unfurl_media"]), (&Value::Bool(false), &Value::Bool(false)));
}
