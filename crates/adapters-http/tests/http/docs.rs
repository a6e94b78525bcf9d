//! The documentation.

use adapters_http::openapi;
use serde_json::Value;

use serde_json::json;

use crate::{
    client::says,
    desk::{Desk, Wishes},
};

fn operations(document: &Value) -> impl Iterator<Item = (String, String)> {
    let paths = document["paths"].as_object().expect("paths");
    // The calls of programs are tried in `api`.
    let open = paths.iter().filter(|(path, _)| !path.starts_with("/api/"));
    open.flat_map(|(path, item)| {
        let methods = item.as_object().expect("methods").keys();
        methods.map(move |method| (method.to_uppercase(), path.replace("{reference}", "T-000042")))
    })
}

#[test]
fn the_api_changes_only_on_purpose() {
    insta::assert_snapshot!("openapi", openapi());
}

#[test]
fn the_document_is_served_as_it_is() {
    let desk = Desk::open();
    let response = desk.request("GET", "/api/openapi.json").send();
    assert_eq!((response.status, response.header("content-type")), (200, Some("application/json")));
    assert_eq!(response.text(), openapi());
    assert_eq!(response.json()["openapi"], "3.1.0");
}

#[test]
fn every_documented_call_exists() {
    let desk = Desk::open();
    let document: Value = serde_json::from_str(&openapi()).expect("JSON");
    assert_eq!(operations(&document).count(), 8);
    for (method, path) in operations(&document) {
        let path = path.replace("/bot/v1/messages/{hook}", &desk.hook("web"));
        let method = if method == "GET" { "GET" } else { "POST" };
        assert_eq!(desk.request(method, &path).bearer(&desk.key).send().status, 200, "{method} {path}");
    }
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn check(document: &Value, value: &Value) {
        if let Some(reference) = value["$ref"].as_str() {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
        for member in value.as_object().into_iter().flat_map(|object| object.values()) {
            check(document, member);
        }
        for item in value.as_array().into_iter().flatten() {
            check(document, item);
        }
    }
    let document = serde_json::from_str(&openapi()).expect("JSON");
    check(&document, &document);
}

#[test]
fn the_examples_of_bodies_are_taken() {
    let desk = Desk::open();
    let document: Value = serde_json::from_str(&openapi()).expect("JSON");
    for path in ["/bot/v1/users", "/bot/v1/tickets"] {
        let body = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"];
        let answer = desk.post(path, body.to_string()).send().answer();
        says(&answer, &json!({ "result": "ok", "name": "Ana García" }));
    }
}

#[test]
fn the_page_shows_every_call_and_loads_nothing_from_elsewhere() {
    let desk = Desk::open();
    let response = desk.request("GET", "/api/docs").host("localhost:8080").send();
    assert_eq!((response.status, response.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = response.header("content-security-policy").expect("a policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self';") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(response.header("x-frame-options"), Some("DENY"));
    assert_eq!(response.header("referrer-policy"), Some("no-referrer"));
    let page = response.text();
    for call in [
        "registerUser",
        "findUser",
        "openTicket",
        "showTicketStatus",
        "listTopics",
        "deliverMessages",
        "live",
        "ready",
    ] {
        assert!(page.contains(&format!("<h2 id=\"{call}\">")), "{call}");
    }
    for loading in ["src=", "<script", "@import", "url("] {
        assert!(!page.contains(loading), "{loading}");
    }
    let links: Vec<_> = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(links.iter().all(|link| link.starts_with(['/', '#'])), "{links:?}");
    let style = desk.request("GET", "/assets/page.css").send();
    assert_eq!((style.status, style.text().contains("url(")), (200, false));
}

#[test]
fn its_curl_lines_call_the_server_under_the_name_that_was_asked_for() {
    let desk = Desk::with(&Wishes {
        trusted_proxies: vec!["127.0.0.1".parse().expect("a network")],
        ..Wishes::default()
    });
    let page = |request: crate::client::Request| request.send().text().to_owned();
    let direct = page(desk.request("GET", "/api/docs/").host("localhost:8080"));
    assert!(direct.contains("curl &#39;http://localhost:8080/bot/v1/users&#39;"));
    let proxied = desk.request("GET", "/api/docs").header("X-Forwarded-Proto", "https");
    assert!(
        page(proxied)
            .contains("curl &#39;https://localhost/bot/v1/tickets/T-000042?email=ana@example.com&#39;")
    );
}

#[test]
fn the_root_leads_to_the_panel() {
    let response = Desk::open().request("GET", "/").send();
    assert_eq!((response.status, response.header("location")), (303, Some("/admin")));
}
