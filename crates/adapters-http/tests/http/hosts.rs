//! Under which names the server answers.

use serde_json::json;

use crate::{
    client::says,
    desk::{Desk, Wishes},
};

#[test]
fn a_host_that_is_not_allowed_is_refused() {
    let desk = Desk::open();
    for host in ["evil.example.com", "localhost.evil.example.com", ""] {
        let response = desk.get("/bot/v1/topics").host(host).send();
        assert_eq!(response.status, 421, "{host}");
        says(&response.answer(), &json!({ "result": "denied" }));
        let response = desk.request("GET", "/api/docs").host(host).send();
        assert_eq!(response.status, 421);
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
    }
    for host in ["localhost", "LocalHost:8080", "127.0.0.1:1", "[::1]:8080"] {
        assert_eq!(desk.get("/bot/v1/topics").host(host).send().status, 200, "{host}");
    }
}

#[test]
fn only_a_trusted_proxy_may_say_which_host_was_asked_for() {
    let trusting = Desk::with(&Wishes {
        trusted_proxies: vec!["127.0.0.0/8".parse().expect("a network")],
        ..Wishes::default()
    });
    let status = |desk: &Desk, host: &str, forwarded: &str| {
        desk.get("/bot/v1/topics").host(host).header("X-Forwarded-Host", forwarded).send().status
    };
    assert_eq!(status(&trusting, "internal", "localhost"), 200);
    assert_eq!(status(&trusting, "localhost", "evil.example.com"), 421);
    assert_eq!(status(&Desk::open(), "internal", "localhost"), 421);
    assert_eq!(status(&Desk::open(), "localhost", "evil.example.com"), 200);
}

#[test]
fn nothing_is_served_at_other_paths() {
    let desk = Desk::open();
    let response = desk.request("GET", "/wp-login.php").send();
    assert_eq!(response.status, 404);
    says(&response.json(), &json!({ "title": "Not Found" }));
    assert_eq!(response.header("x-request-id"), response.json()["request_id"].as_str());
    assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
}
