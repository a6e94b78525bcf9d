//! What is answered when something is broken.

use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use serde_json::json;

use crate::{
    client::says,
    desk::{Desk, Wishes},
};

#[test]
fn while_the_database_is_away_a_bot_is_asked_to_come_again() {
    let desk = Desk::open();
    // The key is remembered from before.
    assert_eq!(desk.get("/bot/v1/topics").send().status, 200);
    desk.storage.go_away();
    for request in [
        desk.post("/bot/v1/users", r#"{"email": "ana@example.com"}"#),
        desk.post("/bot/v1/tickets", r#"{"description": "How much?"}"#),
        desk.get("/bot/v1/users?email=ana@example.com"),
        desk.get("/bot/v1/tickets/T-000001?email=ana@example.com"),
        desk.get("/bot/v1/topics"),
        desk.request("GET", "/bot/v1/topics").bearer("fd_never_seen"),
    ] {
        let response = request.send();
        assert_eq!((response.status, response.header("retry-after")), (503, Some("5")));
        assert_eq!(response.answer()["result"], "retry");
    }
    desk.storage.come_back();
    desk.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(desk.post("/bot/v1/users", r#"{"email": "ana@example.com"}"#).send().status, 200);
}

#[test]
fn a_panic_under_a_call_of_a_bot_is_answered_flat() {
    let desk = Desk::open();
    let remembered = || desk.get("/bot/v1/topics").send();
    assert_eq!(remembered().status, 200);
    desk.server_clock.broken.store(true, Ordering::Relaxed);
    // One is looked up on the runtime of the use cases, the other remembered by the server's own thread.
    for response in [desk.request("GET", "/bot/v1/topics").bearer("fd_wrong").send(), remembered()] {
        assert_eq!((response.status, response.header("retry-after")), (503, Some("5")));
        says(&response.answer(), &json!({ "result": "retry" }));
    }
    desk.server_clock.broken.store(false, Ordering::Relaxed);
    assert_eq!(remembered().status, 200);
}

#[test]
fn a_panic_costs_one_request_and_says_nothing() {
    let desk = Desk::with(&Wishes { metrics: || panic!("a secret"), ..Wishes::default() });
    let response = desk.request("GET", "/metrics").send();
    assert_eq!(response.status, 500);
    assert_eq!(response.header("content-type"), Some("application/problem+json"));
    assert_eq!(response.header("x-request-id"), response.json()["request_id"].as_str());
    assert!(!response.text().contains("secret"));
    assert_eq!(desk.request("GET", "/health/live").send().status, 200);
}
