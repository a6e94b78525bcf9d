//! What goes wrong on the way, alike for every service.

use std::time::Duration;

use adapters_chat::HttpTimeouts;
use domain::{channel::ChannelKind, retry::Outcome};

use crate::{
    desk::{Desk, SECRET, SERVICES, deliver, news, secret_for, temporary},
    support::service::{Reaction, Reply, Service, nobodys_url},
};

async fn refused(kind: ChannelKind, secret: &str, base: &str) -> application::ports::Receipt {
    Desk::with(secret, base).channel(kind).deliver(&news()).await
}

#[tokio::test]
async fn a_server_that_refuses_connections_was_told_nothing() {
    for kind in SERVICES {
        let base = nobodys_url("/").await;
        let receipt = refused(kind, &secret_for(kind, &base), &base).await;
        assert_eq!((receipt.outcome, receipt.code), (temporary(None), None), "{kind}");
        let answer = receipt.answer.expect("a failure is explained");
        assert!(answer.starts_with("connecting failed: "), "{answer}");
        assert!(!answer.contains(SECRET), "{answer}");
    }
}

#[tokio::test]
async fn a_server_without_a_name_was_told_nothing() {
    let secret = "https://chat.invalid/services/hunter2-hunter2";
    let receipt = refused(ChannelKind::Slack, secret, "https://chat.invalid/").await;
    assert_eq!(receipt.outcome, temporary(None), "{receipt:?}");
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_was_told_nothing() {
    let service = Service::that(Reply::new(200, "ok")).await;
    let base = service.url("/").replace("http://", "https://");
    for kind in SERVICES {
        let receipt = refused(kind, &secret_for(kind, &base), &base).await;
        assert_eq!(receipt.outcome, temporary(None), "{kind}: {receipt:?}");
    }
}

#[tokio::test]
async fn a_server_that_closes_without_an_answer_leaves_the_fate_unknown() {
    for kind in SERVICES {
        let service = Service::that(Reaction::Close).await;
        let receipt = deliver(kind, &service, &news()).await;
        assert_eq!((receipt.outcome, receipt.code), (Outcome::Unknown, None), "{kind}");
        assert_eq!(service.received().len(), 1, "{kind} is told once, not again");
    }
}

#[tokio::test]
async fn a_server_that_hangs_before_there_is_a_connection_was_told_nothing() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("https://{}/", silent.local_addr().expect("it has an address"));
    let timeouts = HttpTimeouts { connect: Duration::from_millis(200), ..HttpTimeouts::default() };
    let receipt = Desk::with_patience(&url, &url, timeouts).chats.slack().deliver(&news()).await;
    assert_eq!(receipt.outcome, temporary(None));
    assert_eq!(receipt.answer.as_deref(), Some("connecting failed: it took too long"));
}

#[tokio::test]
async fn a_server_that_never_answers_leaves_the_fate_unknown() {
    let service = Service::that(Reaction::Hang).await;
    let url = service.url("/");
    let timeouts = HttpTimeouts { total: Duration::from_secs(1), ..HttpTimeouts::default() };
    let receipt = Desk::with_patience(&url, &url, timeouts).chats.slack().deliver(&news()).await;
    assert_eq!(receipt.outcome, Outcome::Unknown);
    assert_eq!(receipt.answer.as_deref(), Some("no answer came: it took too long"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for kind in SERVICES {
        let elsewhere = Service::that(Reply::new(200, "ok")).await;
        let moved = Reply::new(307, "").with("Location", elsewhere.url("/evil"));
        let receipt = deliver(kind, &Service::that(moved).await, &news()).await;
        assert_eq!((receipt.outcome, receipt.code), (Outcome::Permanent, Some(307)), "{kind}");
        assert!(elsewhere.received().is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn no_receipt_has_a_secret_or_an_address() {
    for kind in SERVICES {
        let echo = format!("no {SECRET} for ana@example.com\n{}", "x".repeat(1_000));
        let service = Service::that(Reply::new(400, echo)).await;
        let receipt = deliver(kind, &service, &news()).await;
        let answer = receipt.answer.expect("a failure is explained");
        assert!(answer.contains("<masked>") && answer.contains("<address>"), "{kind}: {answer}");
        assert!(!answer.contains(SECRET) && !answer.contains("ana@"), "{kind}: {answer}");
        assert_eq!(answer.chars().count(), 500, "{kind}");
    }
}

#[tokio::test]
async fn a_refusal_without_a_word_is_kept_without_one() {
    for kind in SERVICES {
        let receipt = deliver(kind, &Service::that(Reply::new(503, "")).await, &news()).await;
        assert_eq!((receipt.outcome, receipt.answer), (temporary(None), None), "{kind}");
    }
}

#[tokio::test]
async fn no_more_of_an_answer_is_read_than_a_service_has_to_say() {
    let told = serde_json::json!({"padding": "x".repeat(100_000), "ok": true});
    let service = Service::that(Reply::json(200, &told)).await;
    let receipt = deliver(ChannelKind::Telegram, &service, &news()).await;
    assert_eq!(receipt.outcome, Outcome::Unknown, "what says that it was taken stands too far behind");
}

#[tokio::test]
async fn a_secret_of_the_wrong_form_is_named_and_not_shown() {
    for (kind, secret) in [
        (ChannelKind::Slack, "xoxb-hunter2"),
        (ChannelKind::Slack, "xoxp-hunter2#sales"),
        (ChannelKind::Slack, "xoxb-hunter2#"),
        (ChannelKind::Slack, "hooks.slack.com/hunter2"),
        (ChannelKind::Teams, "ftp://hunter2.example/"),
        (ChannelKind::Discord, "hunter2"),
        (ChannelKind::Telegram, "123456:hunter2"),
        (ChannelKind::Telegram, "hunter2#-100"),
        (ChannelKind::Telegram, "123456:hunter2#sales"),
        (ChannelKind::Telegram, "123456:hunter2/../evil#-100"),
    ] {
        let receipt = refused(kind, secret, "http://localhost:1/").await;
        assert_eq!(receipt.outcome, Outcome::Permanent, "{secret}");
        let answer = receipt.answer.expect("a failure is explained");
        assert!(answer.starts_with("the value of TEAM_CHAT cannot be used: "), "{answer}");
        assert!(!answer.contains("hunter2"), "{answer}");
    }
}
