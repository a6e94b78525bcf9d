//! Notifications, quarantine, and the ledger.

use serde_json::{Value, json};

use super::{Api, members, refused};
use crate::client::says;

#[test]
fn a_notification_is_listed_shown_cancelled_and_tried_again() {
    let api = Api::open();
    let user = api.register("Ana", "ana@example.com", "web");
    let list = api.read(&format!("/notifications?user={user}&status=scheduled"));
    let id = members(&list, "id")[0].as_str().expect("an id").to_owned();
    let shown = api.read(&format!("/notifications/{id}"));
    says(
        &shown["notification"],
        &json!({ "purpose": "welcome", "status": "scheduled", "channel": "person" }),
    );
    assert_eq!(shown["attempts"], json!([]));

    let path = |what: &str| format!("/notifications/{id}/{what}");
    assert_eq!(api.work("POST", &path("cancel"), &Value::Null).status, 204);
    refused(&api.work("POST", &path("cancel"), &Value::Null), 409);
    assert_eq!(members(&api.read("/notifications?status=cancelled"), "id"), [&json!(id)]);
    assert_eq!(api.work("POST", &path("retry"), &Value::Null).status, 204);
    assert_eq!(
        members(&api.read("/notifications?status=scheduled"), "due_at"),
        [&json!("2026-01-01T00:00:00Z")]
    );
}

#[test]
fn many_notifications_are_tried_again_by_a_filter() {
    let api = Api::open();
    let [ana, _bob] = ["ana", "bob"].map(|name| {
        let id = api.register(name, &format!("{name}@example.com"), "web");
        let list = api.read(&format!("/notifications?user={id}"));
        let notification = members(&list, "id")[0].as_str().expect("an id").to_owned();
        assert_eq!(
            api.work("POST", &format!("/notifications/{notification}/cancel"), &Value::Null).status,
            204
        );
        id
    });
    let retry = |filter: Value| api.work("POST", "/notifications/retry", &filter);
    assert_eq!(retry(json!({ "status": "cancelled", "user": ana })).json(), json!({ "retried": 1 }));
    assert_eq!(retry(json!({ "status": "cancelled" })).json(), json!({ "retried": 1 }));
    assert_eq!(retry(json!({ "status": "cancelled" })).json(), json!({ "retried": 0 }));
    assert_eq!(retry(json!({ "status": "sent" })).json(), json!({ "retried": 0 }));
    refused(&retry(json!({ "status": "lost" })), 422);
}

#[test]
fn what_is_due_is_listed_by_its_time() {
    let api = Api::open();
    api.register("Ana", "ana@example.com", "web");
    for (query, found) in [
        ("due_after=2026-01-01T00:01:00Z&due_before=2026-01-01T00:02:00Z", 1),
        ("due_after=2026-01-01T00:01:01Z", 0),
        ("due_before=2026-01-01T00:01:00Z", 0),
    ] {
        assert_eq!(members(&api.read(&format!("/notifications?{query}")), "id").len(), found, "{query}");
    }
}

#[test]
fn a_held_call_is_mended_and_taken() {
    let api = Api::open();
    let id = api.mumble();
    let held = api.read(&format!("/quarantine/{id}"));
    says(&held, &json!({ "status": "held", "code": "email_unreadable", "field": "email", "bot": "web" }));
    assert_eq!(held["body"], r#"{"name":"Ana","email":"ana@"}"#);

    let release =
        |fields: Value| api.work("POST", &format!("/quarantine/{id}/release"), &json!({ "fields": fields }));
    let problem = refused(&release(json!({ "email": "still@" })), 422);
    assert_eq!(problem["errors"][0]["field"], "email");
    let taken = release(json!({ "email": "ana@example.com" }));
    assert_eq!(taken.status, 200);
    says(&taken.json(), &json!({ "result": "ok", "created": true, "name": "Ana" }));
    refused(&release(json!({})), 409);
    assert_eq!(members(&api.read("/quarantine"), "id").len(), 0);
    assert_eq!(members(&api.read("/quarantine?with_closed=true"), "status"), [&json!("released")]);
}

#[test]
fn a_held_call_is_thrown_away_once() {
    let api = Api::open();
    let id = api.mumble();
    let path = format!("/quarantine/{id}/discard");
    assert_eq!(api.work("POST", &path, &Value::Null).status, 204);
    refused(&api.work("POST", &path, &Value::Null), 409);
    assert_eq!(api.read(&format!("/quarantine/{id}"))["status"], "discarded");
}

#[test]
fn a_day_of_the_ledger_says_whether_it_balances() {
    let api = Api::open();
    api.register("Ana", "ana@example.com", "web");
    api.ask("vip", "a question", "ana@example.com");
    api.mumble();
    let day = api.read("/ledger/2026-01-01");
    says(&day, &json!({ "day": "2026-01-01", "received": 3, "balanced": true, "missing": [] }));
    says(&day["outcomes"], &json!({ "registered": 1, "ticketed": 1, "invalid": 1, "replayed": 0 }));
    assert_eq!(day["made"], json!({ "users": 1, "tickets": 1, "notifications": 3 }));
    assert_eq!(day["found"], day["made"]);
    assert_eq!(api.read("/ledger/2026-01-02")["received"], 0);
}
