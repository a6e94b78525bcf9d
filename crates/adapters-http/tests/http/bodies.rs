//! Bodies in all the forms in which they come.

use std::sync::LazyLock;

use proptest::{collection::vec, prelude::*};

use serde_json::json;

use crate::{client::says, desk::Desk};

#[test]
fn the_same_person_is_read_in_every_dialect() {
    let desk = Desk::open();
    let plain = || desk.post("/bot/v1/users", r#"{"name": "Ana", "email": "ana@example.com"}"#);
    let user_id = plain().send().answer()["user_id"].clone();
    let form = || desk.post("/bot/v1/users", "name=Ana&email=ana%40example.com");
    for request in [
        plain().header("Content-Type", "application/json"),
        plain().header("Content-Type", "text/plain"),
        plain().header("Content-Type", "no such type"),
        form(),
        form().header("Content-Type", "application/x-www-form-urlencoded"),
        desk.post("/bot/v1/users?name=Ana&email=ana%40example.com", ""),
        desk.post(
            "/bot/v1/users?email=other@example.com",
            r#"{"customer": {"Name": "Ana", "E-Mail": "ana@example.com"}}"#,
        ),
        desk.post("/bot/v1/users/", r#"{"email": "ana@example.com", "name": "Ana"}"#),
    ] {
        let response = request.send();
        assert_eq!(response.status, 200);
        says(&response.answer(), &json!({ "user_id": user_id }));
    }
}

#[test]
fn a_body_may_have_64_kib() {
    let desk = Desk::open();
    let padded = |length: usize| {
        let (head, tail) = (r#"{"email": "ana@example.com", "note": ""#, r#""}"#);
        format!("{head}{}{tail}", "x".repeat(length - head.len() - tail.len()))
    };
    let exact = desk.post("/bot/v1/users", padded(65_536)).send();
    assert_eq!(exact.status, 200);
    says(&exact.answer(), &json!({ "result": "ok" }));
    for length in [65_537, 1_048_576] {
        let response = desk.post("/bot/v1/users", padded(length)).send();
        assert_eq!(response.status, 413, "{length}");
        let answer = response.answer();
        says(&answer, &json!({ "result": "invalid", "field": null }));
    }
}

#[test]
fn a_query_counts_as_a_part_of_the_body() {
    let desk = Desk::open();
    let query = "x".repeat(40_000);
    let call =
        |body: usize| desk.post(&format!("/bot/v1/users?note={query}"), "y".repeat(body)).send().status;
    assert_eq!((call(20_000), call(30_000)), (200, 413));
}

#[test]
fn a_body_that_breaks_off_is_no_call() {
    let desk = Desk::open();
    let response =
        desk.request("POST", "/bot/v1/users").bearer(&desk.key).declare_length(100).body("{").send();
    assert_eq!(response.status, 408);
    says(&response.answer(), &json!({ "result": "retry" }));
}

/// One server for all cases.
static DESK: LazyLock<Desk> = LazyLock::new(Desk::open);

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_bytes_come_the_call_is_decided(body in vec(any::<u8>(), 0..400), path in "users|tickets") {
        let response = DESK.post(&format!("/bot/v1/{path}"), body).send();
        prop_assert_eq!(response.status, 200);
        response.answer();
    }

    #[test]
    fn whatever_texts_come_the_call_is_decided(name in ".{0,60}", email in ".{0,60}", phone in ".{0,30}") {
        let body = serde_json::json!({ "name": name, "email": email, "phone": phone, "description": name });
        let response = DESK.post("/bot/v1/tickets", body.to_string()).send();
        prop_assert_eq!(response.status, 200);
        response.answer();
    }
}
