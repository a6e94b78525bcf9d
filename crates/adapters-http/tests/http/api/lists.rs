//! How lists are read, and what is refused.

use serde_json::{Value, json};

use super::{Api, members, refused};

#[test]
fn a_list_is_read_page_by_page() {
    let api = Api::open();
    for number in 1..=5 {
        api.register(&format!("Ana {number}"), &format!("ana{number}@example.com"), "web");
    }
    for query in ["/users?limit=2", "/users?limit=2&q=example", "/users?limit=2&origin=web"] {
        let mut names = Vec::new();
        let mut next = Some(query.to_owned());
        while let Some(path) = next {
            let page = api.read(&path);
            let shown = members(&page, "name");
            assert!((1..=2).contains(&shown.len()), "{path}");
            names.extend(shown.into_iter().cloned());
            next = page["next_cursor"].as_str().map(|cursor| format!("{query}&cursor={cursor}"));
        }
        assert_eq!(names, ["Ana 5", "Ana 4", "Ana 3", "Ana 2", "Ana 1"], "{query}");
    }
    assert_eq!(api.read("/users?limit=5")["next_cursor"], Value::Null, "a full last page is the last");
}

#[test]
fn users_are_listed_by_the_time_of_their_registration() {
    let api = Api::open();
    api.register("Ana", "ana@example.com", "web");
    for (query, found) in [
        ("created_after=2026-01-01T00:00:00Z", 1),
        ("created_after=2026-01-01T00:00:01Z", 0),
        ("created_before=2026-01-01T00:00:00Z", 0),
        ("created_after=2025-12-31T23:00:00Z&created_before=2026-01-01T01:00:00Z", 1),
    ] {
        assert_eq!(members(&api.read(&format!("/users?{query}")), "id").len(), found, "{query}");
    }
}

#[test]
fn what_cannot_be_read_is_told_by_its_field() {
    let api = Api::open();
    for (path, field, code) in [
        ("/users?limit=0", "limit", "out_of_range"),
        ("/users?limit=201", "limit", "out_of_range"),
        ("/users?limit=many", "limit", "invalid"),
        ("/users?cursor=x", "cursor", "invalid"),
        ("/users?color=red", "color", "unknown"),
        ("/users?bot=web", "bot", "invalid"),
        ("/users?created_after=yesterday", "created_after", "invalid"),
        ("/tickets?status=lost", "status", "invalid"),
        ("/tickets?topic=a%20b", "topic", "invalid"),
        ("/notifications?due_before=soon", "due_before", "invalid"),
    ] {
        let problem = refused(&api.get(path), 422);
        assert_eq!(problem["errors"][0]["field"], field, "{path}");
        assert_eq!(problem["errors"][0]["code"], code, "{path}");
    }
}

#[test]
fn a_body_is_read_strictly() {
    let api = Api::open();
    let post = |content_type: &str, body: &str| {
        let request = api.desk.request("POST", "/api/v1/bots").bearer(&api.admin);
        request.header("Content-Type", content_type).body(body).send()
    };
    refused(&post("text/plain", r#"{"name":"x"}"#), 415);
    refused(&post("application/json", r#"{"name":"#), 400);
    refused(&post("application/json", r#"{"name":1}"#), 422);
    refused(&post("application/json", r#"{"name":"x","color":"red"}"#), 422);
    refused(&post("application/json", &format!("\"{}\"", "x".repeat(70_000))), 413);
    assert_eq!(post("application/json; charset=utf-8", r#"{"name":"x"}"#).status, 201);
}

#[test]
fn without_a_database_the_program_is_asked_to_come_again() {
    let api = Api::open();
    api.desk.storage.go_away();
    let response = api.get("/users");
    let problem = refused(&response, 503);
    assert_eq!(response.header("retry-after"), Some("5"));
    assert_eq!(problem["errors"], json!([]));
    api.desk.storage.come_back();
    api.read("/users");
}
