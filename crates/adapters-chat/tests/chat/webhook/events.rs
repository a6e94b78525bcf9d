//! What a receiver of webhooks is sent.

use application::ports::WordingError;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    language::Language,
    message::{Content, Message},
    retry::Outcome,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use serde_json::Value;
use sha2::Sha256;

use super::{Caller, KEY, SECRET_VARIABLE, VARIABLE, secret, settings};
use crate::{
    desk::{ana, digest, message, news, only, opened, overdue, ticket},
    support::service::{Received, Reply, Service},
};

/// The bytes of another secret.
const OLD_KEY: &[u8] = b"another one that was in use";

/// Whether a receiver that knows `key` takes a call, as the specification says.
fn is_taken(call: &Received, key: &[u8]) -> bool {
    let header = |name| call.header(name).expect(name);
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    mac.update(header("webhook-id").as_bytes());
    mac.update(b".");
    mac.update(header("webhook-timestamp").as_bytes());
    mac.update(b".");
    mac.update(&call.body);
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    header("webhook-signature").split(' ').any(|signature| signature == expected)
}

async fn sent(message: Message) -> Received {
    let service = Service::that(Reply::new(204, "")).await;
    let desk = Caller::calling(&service.url("/hooks/desk?from=frontdesk"));
    assert_eq!(desk.deliver(message).await.outcome, Outcome::Sent);
    only(&service)
}

fn pretty(call: &Received) -> String {
    serde_json::to_string_pretty(&call.json()).expect("JSON")
}

#[tokio::test]
async fn a_call_is_a_signed_post_of_json() {
    let call = sent(news()).await;
    assert_eq!((call.method.as_str(), call.target.as_str()), ("POST", "/hooks/desk?from=frontdesk"));
    assert_eq!(call.header("content-type"), Some("application/json"));
    assert!(call.header("user-agent").is_some_and(|agent| agent.starts_with("Frontdesk/")));
    assert!(is_taken(&call, KEY) && !is_taken(&call, OLD_KEY));
    let tampered = Received { body: [&call.body[..], b" "].concat(), ..call };
    assert!(!is_taken(&tampered, KEY));
}

#[tokio::test]
async fn an_event_says_everything_about_a_ticket() {
    insta::assert_snapshot!("opened", pretty(&sent(news()).await));
    insta::assert_snapshot!("opened_by_nobody", pretty(&sent(opened(ticket(), None)).await));
    insta::assert_snapshot!("escalated", pretty(&sent(overdue(ticket(), Some(ana()))).await));
}

#[tokio::test]
async fn an_event_says_what_waits() {
    insta::assert_snapshot!("digest", pretty(&sent(digest(Language::ENGLISH)).await));
}

#[tokio::test]
async fn what_would_be_sent_can_be_read_before() {
    let service = Service::that(Reply::new(204, "")).await;
    let desk = Caller::calling(&service.url("/"));
    let wording = desk.word(news()).expect("it can be said");
    assert!(!wording.mimicked && service.received().is_empty());
    desk.deliver(news()).await;
    let read: Value = serde_json::from_str(&wording.text).expect("JSON");
    assert_eq!(read, only(&service).json());
    assert!(matches!(
        desk.word(message(Content::Welcome { person: ana() })),
        Err(WordingError::Impossible(_))
    ));
}

#[tokio::test]
async fn another_attempt_has_the_same_id_and_its_own_time() {
    let service = Service::that(Reply::new(503, "")).await;
    let desk = Caller::calling(&service.url("/"));
    desk.deliver(news()).await;
    desk.clock.advance(SignedDuration::from_secs(10));
    desk.deliver(Message { possible_duplicate: true, ..news() }).await;

    let calls = service.received();
    let header = |name| [calls[0].header(name).expect(name), calls[1].header(name).expect(name)];
    let ids = header("webhook-id");
    assert_eq!(ids[0], ids[1]);
    assert_eq!(header("webhook-timestamp"), ["1767225600", "1767225610"]);
    assert!(calls.iter().all(|call| is_taken(call, KEY)));
    let marks = [0, 1].map(|n: usize| calls[n].json()["possible_duplicate"].clone());
    assert_eq!(marks, [false, true]);
}

#[tokio::test]
async fn while_a_secret_is_replaced_receivers_with_either_take_a_call() {
    let service = Service::that(Reply::new(200, "ok")).await;
    let secrets = format!("{} {}", secret(KEY), secret(OLD_KEY));
    let desk = Caller::with(&[(VARIABLE, &service.url("/")), (SECRET_VARIABLE, &secrets)], settings());
    desk.deliver(news()).await;
    let call = only(&service);
    assert!(is_taken(&call, KEY) && is_taken(&call, OLD_KEY) && !is_taken(&call, b"yet another key"));
}

#[tokio::test]
async fn what_is_for_a_person_is_nobody_elses_business() {
    let service = Service::that(Reply::new(204, "")).await;
    let receipt =
        Caller::calling(&service.url("/")).deliver(message(Content::Welcome { person: ana() })).await;
    assert_eq!(receipt.outcome, Outcome::Permanent);
    assert!(service.received().is_empty());
}
