//! Where webhooks go, and where not.

use adapters_chat::WebhookSettings;
use domain::{channel::Target, retry::Outcome};

use super::{Caller, KEY, SECRET_VARIABLE, VARIABLE, secret, settings};
use crate::{
    desk::news,
    support::service::{Reply, Service},
};

fn typed(url: &str) -> Target {
    Target::Address(url.to_owned())
}

/// A desk with a secret for URLs that people typed.
fn with_a_secret() -> WebhookSettings {
    WebhookSettings { secrets: Some(secret(KEY).parse().expect("a secret")), ..settings() }
}

async fn service() -> Service {
    Service::that(Reply::new(204, "")).await
}

#[tokio::test]
async fn what_the_operator_names_may_be_inside_the_own_network() {
    let service = service().await;
    let desk = Caller::calling(&service.url("/"));
    assert!(desk.settings.reach(&Target::Env(VARIABLE.to_owned()), &desk.environment));
    assert_eq!(desk.deliver(news()).await.outcome, Outcome::Sent);
    assert!(desk.stand_in.messages().is_empty());
}

#[tokio::test]
async fn what_people_type_may_not_lead_to_an_address_of_our_own() {
    let service = service().await;
    let desk = Caller::with(&[], with_a_secret());
    let inside = service.url("/").replace("http://", "https://");
    for url in [inside.as_str(), &service.url("/"), "https://[::1]/", "https://169.254.169.254/latest/"] {
        let receipt = desk.deliver_to(typed(url), news()).await;
        assert_eq!(receipt.outcome, Outcome::Permanent, "{url}");
    }
    assert_eq!(service.connections(), 0);
}

#[tokio::test]
async fn a_name_that_leads_to_an_address_of_our_own_is_seen_through_when_it_is_resolved() {
    let service = service().await;
    let desk = Caller::with(&[], with_a_secret());
    let url = service.url("/").replace("http://127.0.0.1", "https://localhost");
    let receipt = desk.deliver_to(typed(&url), news()).await;
    assert_eq!(receipt.outcome, Outcome::Permanent);
    assert_eq!(receipt.answer.as_deref(), Some("the URL leads to no public address"));
    assert_eq!(service.connections(), 0);
}

#[tokio::test]
async fn in_development_anything_may_be_typed() {
    let service = service().await;
    let desk = Caller::with(&[], WebhookSettings { allow_private: true, ..with_a_secret() });
    let url = service.url("/").replace("127.0.0.1", "localhost");
    assert_eq!(desk.deliver_to(typed(&url), news()).await.outcome, Outcome::Sent);
    assert_eq!(service.received().len(), 1);
}

#[tokio::test]
async fn mail_stands_in_where_a_url_or_a_secret_is_missing() {
    let service = service().await;
    let (url, secret) = (service.url("/"), secret(KEY));
    for variables in [
        &[][..],
        &[(SECRET_VARIABLE, secret.as_str())],
        &[(VARIABLE, " "), (SECRET_VARIABLE, secret.as_str())],
        &[(VARIABLE, url.as_str())],
    ] {
        let desk = Caller::with(variables, settings());
        assert_eq!(desk.deliver(news()).await.outcome, Outcome::Sent);
        assert_eq!(desk.stand_in.messages().len(), 1, "{variables:?}");
        assert!(!desk.settings.reach(&Target::Env(VARIABLE.to_owned()), &desk.environment), "{variables:?}");
    }
    assert!(service.received().is_empty(), "nothing goes out unsigned");
}

#[tokio::test]
async fn what_cannot_be_used_is_said_without_its_value() {
    let secret = secret(KEY);
    for (url, secret) in [("hunter2://x", secret.as_str()), ("https://desk.example/", "hunter2")] {
        let desk = Caller::with(&[(VARIABLE, url), (SECRET_VARIABLE, secret)], settings());
        let receipt = desk.deliver(news()).await;
        assert_eq!(receipt.outcome, Outcome::Permanent);
        let answer = receipt.answer.expect("an explanation");
        assert!(answer.contains(VARIABLE) && !answer.contains("hunter2"), "{answer}");
    }
}
