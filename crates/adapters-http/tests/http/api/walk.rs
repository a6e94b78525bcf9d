//! Every documented call of programs, tried by everybody.

use adapters_http::openapi;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Api, members, refused};

/// A documented call, with a body that it takes.
struct Documented {
    method: &'static str,
    path: String,
    scope: String,
    body: Value,
}

fn documented() -> Vec<Documented> {
    let document: Value = serde_json::from_str(&openapi()).expect("JSON");
    let mut calls = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let Some(path) = path.strip_prefix("/api/v1") else { continue };
        for (method, operation) in item.as_object().expect("methods") {
            let method = match method.as_str() {
                "get" => "GET",
                "post" => "POST",
                "patch" => "PATCH",
                "delete" => "DELETE",
                other => panic!("{other}"),
            };
            let description = operation["description"].as_str().expect("a description");
            let scope = description.split('`').nth(1).expect("a scope").to_owned();
            let body = operation["requestBody"]["content"]["application/json"]["example"].clone();
            calls.push(Documented { method, path: path.to_owned(), scope, body });
        }
    }
    calls
}

/// The path with the ids of what is there.
fn real(api: &Api, path: &str) -> String {
    if !path.contains('{') {
        return path.to_owned();
    }
    let read = |list: &str| api.send("GET", list, &Value::Null).json();
    let id_of = |list: &str| members(&read(list), "id")[0].as_str().expect("an id").to_owned();
    let id = match path.split('/').nth(1).expect("a resource") {
        "ledger" => return path.replace("{day}", "2026-01-01"),
        "topics" => return path.replace("{slug}", "sales"),
        // The last channel tells a team, which can be tested, and nothing needs it or the last agent.
        resource @ ("channels" | "agents") => {
            let all = read(&format!("/{resource}"));
            members(&all, "id").last().and_then(|id| id.as_str()).expect("an id").to_owned()
        }
        resource => id_of(&format!("/{resource}")),
    };
    path.replace("{id}", &id)
}

fn busy() -> Api {
    let api = Api::open();
    api.register("Ana", "ana@example.com", "web");
    api.ask("sales", "a question", "ana@example.com");
    api.mumble();
    let spare = json!({ "name": "spare", "kind": "slack", "target": "env:SPARE_WEBHOOK_URL" });
    assert_eq!(api.send("POST", "/channels", &spare).status, 201);
    let bo = json!({ "email": "bo@example.com", "password": "correct horse battery", "role": "viewer" });
    assert_eq!(api.send("POST", "/agents", &bo).status, 201);
    api
}

#[test]
fn no_call_is_open_without_its_scope() {
    let api = busy();
    let calls = documented();
    assert!(calls.len() > 30, "{}", calls.len());
    for Documented { method, path, scope, body } in calls {
        let path = real(&api, &path);
        let target = format!("/api/v1{path}");
        for request in [
            api.desk.request(method, &target),
            api.desk.request(method, &target).bearer("fds_wrong"),
            api.desk.request(method, &target).bearer(&api.desk.key),
            api.desk.request(method, &target).header("Authorization", &format!("Basic {}", api.admin)),
        ] {
            let response = request.body(body.to_string()).send();
            refused(&response, 401);
            assert_eq!(response.header("www-authenticate"), Some("Bearer realm=\"Frontdesk\""));
        }
        let too_small: &[&String] = match scope.as_str() {
            "read" => &[],
            "write" => &[&api.reader],
            "admin" => &[&api.reader, &api.worker],
            other => panic!("{method} {path} needs {other}"),
        };
        // Wrong tokens of a moment ago count no more.
        api.desk.clock.advance(SignedDuration::from_mins(1));
        for token in too_small {
            refused(&api.send_as(token, method, &path, &body), 403);
        }
        let changes = method != "GET" && path != "/routing/preview";
        assert!(!changes || scope != "read", "{method} {path} changes something");
    }
}

#[test]
fn every_documented_call_does_what_it_says_with_its_example() {
    for Documented { method, path, mut body, .. } in documented() {
        let api = busy();
        let path = real(&api, &path);
        if path.ends_with("/merge") {
            body["user_id"] = json!(api.register("Ana", "ana@work.example", "web"));
        }
        if let Some(notification) = path.strip_suffix("/retry").filter(|path| *path != "/notifications") {
            let cancelled = api.work("POST", &format!("{notification}/cancel"), &Value::Null);
            assert_eq!(cancelled.status, 204, "what was cancelled can be tried again");
        }
        let response = api.send(method, &path, &body);
        assert!((200..300).contains(&response.status), "{method} {path}: {}", response.text());
        assert_eq!(response.header("cache-control"), Some("no-store"), "{method} {path}");
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let api = busy();
    for Documented { method, path, body, .. } in documented() {
        if !path.contains('{') || path.starts_with("/ledger") {
            continue;
        }
        for id in ["01998a3e-5c10-7b6e-8f0a-2f4d9c1b7aff", "nonsense"] {
            let path = path.replace("{id}", id).replace("{slug}", id);
            refused(&api.send(method, &path, &body), 404);
        }
    }
    refused(&api.get("/ledger/yesterday"), 404);
    refused(&api.get("/nothing"), 404);
    let other_method = api.send("DELETE", "/users", &Value::Null);
    refused(&other_method, 405);
    assert_eq!(other_method.header("allow"), Some("GET, POST"));
}
