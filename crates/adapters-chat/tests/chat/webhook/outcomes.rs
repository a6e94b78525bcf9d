//! What becomes of a webhook when the receiver does not do as it should.

use std::time::Duration;

use adapters_chat::{HttpTimeouts, WebhookSettings};
use domain::retry::Outcome;

use super::{Caller, KEY, PATIENT, SECRET_VARIABLE, VARIABLE, secret, settings};
use crate::{
    desk::{news, temporary},
    support::service::{Reaction, Reply, Service, nobodys_url},
};

#[tokio::test]
async fn the_status_decides() {
    for (status, outcome) in [
        (200, Outcome::Sent),
        (202, Outcome::Sent),
        (204, Outcome::Sent),
        (400, Outcome::Permanent),
        (404, Outcome::Permanent),
        (410, Outcome::Permanent),
        (413, Outcome::Permanent),
        (422, Outcome::Permanent),
        (401, temporary(None)),
        (403, temporary(None)),
        (408, temporary(None)),
        (429, temporary(None)),
        (500, temporary(None)),
        (502, temporary(None)),
        (503, temporary(None)),
        (504, temporary(None)),
    ] {
        let service = Service::that(Reply::new(status, "said")).await;
        let receipt = Caller::calling(&service.url("/")).deliver(news()).await;
        assert_eq!((receipt.outcome, receipt.code), (outcome, Some(status)));
    }
}

#[tokio::test]
async fn a_receiver_may_ask_for_time() {
    for status in [429, 503] {
        let service = Service::that(Reply::new(status, "").with("Retry-After", "120")).await;
        let receipt = Caller::calling(&service.url("/")).deliver(news()).await;
        assert_eq!(receipt.outcome, temporary(Some(120_000)));
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Service::that(Reply::new(204, "")).await;
    for status in [301, 302, 303, 307, 308] {
        let service = Service::that(Reply::new(status, "").with("Location", elsewhere.url("/"))).await;
        let receipt = Caller::calling(&service.url("/")).deliver(news()).await;
        assert_eq!((receipt.outcome, receipt.code), (Outcome::Permanent, Some(status)));
        assert!(receipt.answer.is_some_and(|answer| answer.contains("redirects are not followed")));
    }
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn a_call_without_an_answer_has_an_unknown_fate_and_one_without_a_connection_has_not() {
    for reaction in [Reaction::Hang, Reaction::Close] {
        let service = Service::that(reaction).await;
        let timeouts = HttpTimeouts { total: Duration::from_millis(200), ..PATIENT };
        let variables = [(VARIABLE, service.url("/")), (SECRET_VARIABLE, secret(KEY))];
        let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
        let desk = Caller::with(&variables, WebhookSettings { timeouts, ..settings() });
        let receipt = desk.deliver(news()).await;
        assert_eq!((receipt.outcome, receipt.code), (Outcome::Unknown, None));
        assert_eq!(service.received().len(), 1);
    }
    let receipt = Caller::calling(&nobodys_url("/").await).deliver(news()).await;
    assert_eq!(receipt.outcome, temporary(None));
}

#[tokio::test]
async fn an_answer_that_breaks_off_still_has_a_status() {
    let service = Service::that(Reaction::Break(Reply::new(200, "a long answer"))).await;
    let receipt = Caller::calling(&service.url("/")).deliver(news()).await;
    assert_eq!(receipt.outcome, Outcome::Sent);
}

#[tokio::test]
async fn of_an_answer_little_is_kept_and_no_secret() {
    let service = Service::that(Reply::new(400, "no /hooks/Zm9vYmFyYmF6 for ana@example.com")).await;
    let receipt = Caller::calling(&service.url("/hooks/Zm9vYmFyYmF6")).deliver(news()).await;
    assert_eq!(receipt.answer.as_deref(), Some("no /hooks/<masked> for <address>"));

    let service = Service::that(Reply::new(500, "x".repeat(10_000_000))).await;
    let receipt = Caller::calling(&service.url("/")).deliver(news()).await;
    assert_eq!(receipt.outcome, temporary(None));
    assert!(receipt.answer.is_some_and(|answer| answer.chars().count() <= 500));
}
