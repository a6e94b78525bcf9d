//! Calls that come again with the same idempotency key.

use serde_json::{Value, json};

use super::{Api, members, refused};
use crate::client::Response;

/// A POST with a key.
fn post(api: &Api, token: &str, path: &str, key: &str, body: &str) -> Response {
    let request = api.desk.request("POST", &format!("/api/v1{path}")).bearer(token);
    request.header("Content-Type", "application/json").header("Idempotency-Key", key).body(body).send()
}

fn is_replay(response: &Response) -> bool {
    response.header("idempotency-replayed") == Some("true")
}

const CHANNEL: &str = r#"{"name":"vip","kind":"email","target":"vip@example.com"}"#;

#[test]
fn an_equal_call_with_the_same_key_is_answered_as_before_and_done_once() {
    let api = Api::open();
    let add = || post(&api, &api.admin, "/channels", "first", CHANNEL);
    let (first, again) = (add(), add());
    assert_eq!((first.status, is_replay(&first)), (201, false));
    assert_eq!((again.status, is_replay(&again)), (201, true));
    assert_eq!(again.json(), first.json());
    for header in ["content-type", "cache-control"] {
        assert_eq!(again.header(header), first.header(header));
    }
    refused(&post(&api, &api.admin, "/channels", "second", CHANNEL), 409);
}

#[test]
fn a_response_without_a_body_is_given_again_too() {
    let api = Api::open();
    let id = api.mumble();
    let path = format!("/quarantine/{id}/discard");
    let discard = |key: &str| post(&api, &api.worker, &path, key, "");
    assert_eq!(discard("one").status, 204);
    let again = discard("one");
    assert_eq!((again.status, is_replay(&again), again.text()), (204, true, ""));
    refused(&discard("two"), 409);
}

#[test]
fn a_key_of_another_body_agent_or_call_is_told_apart() {
    let api = Api::open();
    assert_eq!(post(&api, &api.admin, "/channels", "key", CHANNEL).status, 201);
    let other = CHANNEL.replace("vip", "other");
    let problem = refused(&post(&api, &api.admin, "/channels", "key", &other), 422);
    assert_eq!(problem["errors"][0]["field"], "Idempotency-Key");
    refused(&post(&api, &api.admin, "/channels?x=1", "key", CHANNEL), 422);
    let topic = r#"{"slug":"returns","title":"Returns","channels":["vip"]}"#;
    let elsewhere = post(&api, &api.admin, "/topics", "key", topic);
    assert_eq!((elsewhere.status, is_replay(&elsewhere)), (201, false));
}

#[test]
fn what_was_refused_does_not_bind_a_key() {
    let api = Api::open();
    refused(&post(&api, &api.worker, "/channels", "key", CHANNEL), 403);
    refused(&post(&api, &api.admin, "/channels", "key", r#"{"name":"vip"}"#), 422);
    refused(&post(&api, "fds_wrong", "/channels", "key", CHANNEL), 401);
    assert_eq!(post(&api, &api.admin, "/channels", "key", CHANNEL).status, 201);
}

#[test]
fn a_key_that_cannot_be_is_refused() {
    let api = Api::open();
    for key in ["", "  ", &"k".repeat(256), "señal"] {
        let problem = refused(&post(&api, &api.admin, "/channels", key, CHANNEL), 422);
        assert_eq!(problem["errors"][0]["field"], "Idempotency-Key", "{key:?}");
    }
    refused(&post(&api, &api.admin, "/channels", "key", &" ".repeat(65 * 1024)), 413);
    assert_eq!(post(&api, &api.admin, "/channels", &"k".repeat(255), CHANNEL).status, 201);
}

#[test]
fn a_secret_is_shown_once_and_never_kept() {
    let api = Api::open();
    let body = r#"{"name":"lead bot"}"#;
    let first = post(&api, &api.admin, "/bots", "key", body).json();
    assert!(first["key"].as_str().is_some_and(|key| key.starts_with("fd_")));
    let again = post(&api, &api.admin, "/bots", "key", body);
    assert!(is_replay(&again));
    assert_eq!(again.json(), json!({ "bot": first["bot"], "key": Value::Null }));
    let id = first["bot"]["id"].as_str().expect("an id");
    let rotate = || post(&api, &api.admin, &format!("/bots/{id}/rotate"), "key", "").json();
    let (first, again) = (rotate(), rotate());
    assert!(first["key"].is_string() && again["key"].is_null());
    assert_eq!(first["bot"], again["bot"], "the key was rotated once");
}

#[test]
fn nothing_is_kept_about_who_was_erased() {
    let api = Api::open();
    let body = r#"{"bot":"web","email":"ana@example.com"}"#;
    let add = || post(&api, &api.worker, "/users", "key", body);
    let id = add().json()["id"].as_str().expect("an id").to_owned();
    let erased = api.send("DELETE", &format!("/users/{id}"), &Value::Null).json();
    assert_eq!(erased["answers"], 1);
    let again = add();
    assert_eq!((again.status, is_replay(&again)), (201, false));
    assert_eq!(members(&api.read("/users"), "id").len(), 1);
    let mumbled = api.mumble();
    let mended = r#"{"fields":{"email":"bob@example.com"}}"#;
    let released = post(&api, &api.worker, &format!("/quarantine/{mumbled}/release"), "key", mended).json();
    let bob = released["user_id"].as_str().expect("a user");
    assert_eq!(api.send("DELETE", &format!("/users/{bob}"), &Value::Null).json()["answers"], 1);
}

#[test]
fn of_equal_calls_at_once_one_is_done() {
    let api = Api::open();
    let answers: Vec<_> = std::thread::scope(|scope| {
        let call = || post(&api, &api.admin, "/channels", "key", CHANNEL);
        let calls: Vec<_> = (0..8).map(|_| scope.spawn(call)).collect();
        calls.into_iter().map(|call| call.join().expect("an answer")).collect()
    });
    for answer in &answers {
        match answer.status {
            201 => assert_eq!(answer.json()["name"], "vip"),
            _ => assert!(refused(answer, 409)["detail"].as_str().is_some_and(|it| it.contains("running"))),
        }
    }
    let done = answers.iter().filter(|answer| answer.status == 201 && !is_replay(answer)).count();
    assert_eq!(done, 1);
}
