//! The watchdog's webhook.

use std::sync::Arc;

use adapters_chat::{AlarmUrl, AlarmWebhook, HttpTimeouts};
use application::ports::AlarmPath as _;
use domain::watchdog::{Alarm, Alert, News, Signals, Undelivered};
use port_contracts::{FrozenClock, TEST_BEGINS};
use serde_json::json;

use crate::support::service::{Reply, Service};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn webhook(url: &str, secret: Option<&str>) -> AlarmWebhook {
    let secrets = secret.map(|secret| secret.parse().expect("a secret"));
    let url = url.parse().expect("a URL");
    AlarmWebhook::new(url, secrets, HttpTimeouts::default(), Arc::new(FrozenClock::default()))
}

fn no_worker() -> Alert {
    let signals = Signals {
        seen_at: TEST_BEGINS,
        backlogs: Vec::new(),
        undelivered: Undelivered { failed: 2, unknown: 1 },
        workers: 0,
    };
    Alert { alarm: Alarm::NoWorker, news: News::Raised, at: TEST_BEGINS, signals: Some(signals) }
}

#[tokio::test]
async fn an_alarm_is_posted_as_json_that_chats_can_show() {
    let service = Service::that(Reply::new(200, "ok")).await;
    webhook(&service.url("/alarm"), None).tell(&no_worker()).await.expect("it is taken");
    let [call] = &service.received()[..] else { panic!("one call") };
    assert_eq!(call.header("content-type"), Some("application/json"));
    assert_eq!(call.header("webhook-signature"), None);
    let data = json!({"alarm": "no_worker", "news": "raised", "lateness_seconds": 0, "due": 0, "failed": 2, "unknown": 1,
        "workers": 0});
    let expected = json!({"type": "watchdog.alarm", "version": 1, "timestamp": TEST_BEGINS.to_string(),
        "text": "Frontdesk: No worker lives: nothing is delivered", "data": data});
    assert_eq!(call.json(), expected);
}

#[tokio::test]
async fn without_a_look_nothing_is_said_in_numbers() {
    let service = Service::that(Reply::new(200, "ok")).await;
    let away = Alert { alarm: Alarm::DatabaseAway, signals: None, ..no_worker() };
    webhook(&service.url("/"), None).tell(&away).await.expect("it is taken");
    assert_eq!(service.received()[0].json()["data"]["due"], json!(null));
}

#[tokio::test]
async fn an_alarm_is_signed_if_there_is_a_secret() {
    let service = Service::that(Reply::new(204, "")).await;
    webhook(&service.url("/"), Some(SECRET)).tell(&no_worker()).await.expect("it is taken");
    let call = &service.received()[0];
    assert!(call.header("webhook-signature").is_some_and(|signature| signature.starts_with("v1,")));
    let id = call.header("webhook-id").expect("an id");
    assert!(id.starts_with("no_worker-raised-") && !id.contains('.'), "{id}");
}

#[tokio::test]
async fn an_alarm_that_is_not_taken_was_not_told_and_the_url_stays_secret() {
    let refusing = Service::that(Reply::new(500, "no")).await;
    let error = webhook(&refusing.url("/hunter2"), None).tell(&no_worker()).await.expect_err("refused");
    assert_eq!(error.to_string(), "telling of an alarm failed: the webhook answered 500");
    let error = webhook("http://127.0.0.1:1/hunter2", None).tell(&no_worker()).await.expect_err("nobody");
    assert!(!error.to_string().contains("hunter2"), "{error}");
    let url: AlarmUrl = "https://hooks.example.com/hunter2".parse().expect("a URL");
    assert!(!format!("{url:?}").contains("hunter2"));
    for text in ["hooks.example.com", "ftp://example.com/", ""] {
        assert!(text.parse::<AlarmUrl>().is_err(), "{text}");
    }
}
