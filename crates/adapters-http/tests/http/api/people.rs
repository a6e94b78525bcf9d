//! Users and tickets.

use serde_json::{Value, json};

use super::{Api, members, refused};
use crate::client::says;

#[test]
fn a_user_is_shown_as_it_was_registered() {
    let api = Api::open();
    let id = api.register("Ana García", "ana@example.com", "landing");
    let user = api.read(&format!("/users/{id}"));
    says(&user, &json!({ "id": id, "name": "Ana García", "email": "ana@example.com", "phone": null }));
    assert_eq!(user["first_origin"]["source"], "landing");
    assert_eq!(user["created_at"], "2026-01-01T00:00:00Z");
}

#[test]
fn a_user_is_found_by_a_part_of_its_name() {
    let api = Api::open();
    let ana = api.register("Ana García", "ana@example.com", "landing");
    api.register("Bob", "bob@example.com", "shop");
    for query in ["q=garcia", "q=ANA%40", "q=an", "origin=landing", "q=example&origin=landing"] {
        assert_eq!(members(&api.read(&format!("/users?{query}")), "id"), [&json!(ana)], "{query}");
    }
    assert_eq!(api.read("/users?q=nobody"), json!({ "items": [], "next_cursor": null }));
    assert_eq!(members(&api.read("/users?q=example"), "name"), [&json!("Bob"), &json!("Ana García")]);
}

#[test]
fn the_timeline_and_the_export_tell_everything() {
    let api = Api::open();
    let id = api.register("Ana", "ana@example.com", "landing");
    let reference = api.ask("sales", "What does it cost?", "ana@example.com");
    let timeline = api.read(&format!("/users/{id}/timeline"));
    let kinds = members(&timeline, "kind");
    for kind in ["registered", "identified", "ticket_opened", "notification_planned"] {
        assert!(kinds.contains(&&json!(kind)), "{kind}: {timeline}");
    }
    let export = api.read(&format!("/users/{id}/export"));
    assert_eq!(export["user"]["email"], "ana@example.com");
    assert_eq!(export["identities"][0]["value"], "ana@example.com");
    assert_eq!(export["tickets"][0]["description"], "What does it cost?");
    assert_eq!(export["notifications"].as_array().expect("a list").len(), 2);
    let of_ticket = api.read(&format!("/tickets/{reference}/timeline"));
    assert_eq!(members(&of_ticket, "kind"), [&json!("ticket_opened"), &json!("notification_planned")]);
}

#[test]
fn two_users_who_are_one_person_are_merged() {
    let api = Api::open();
    let home = api.register("Ana", "ana@example.com", "landing");
    let work = api.register("Ana at work", "ana@work.example", "fair");
    api.ask("sales", "What does it cost?", "ana@work.example");
    let path = format!("/users/{home}/merge");
    let expected = json!({ "given_up": work, "identities": 1, "tickets": 1, "welcome_cancelled": true });
    let dry = api.send("POST", &path, &json!({ "user_id": work, "dry_run": true }));
    says(&dry.json(), &expected);
    assert_eq!(members(&api.read("/users"), "id").len(), 2, "nothing changed yet");

    let merged = api.send("POST", &path, &json!({ "user_id": work }));
    assert_eq!(merged.status, 200);
    says(&merged.json(), &expected);
    says(&merged.json()["user"], &json!({ "id": home, "name": "Ana", "email": "ana@example.com" }));
    assert_eq!(members(&api.read("/users"), "id"), [&json!(home)]);
    assert_eq!(members(&api.read(&format!("/tickets?user={home}")), "topic"), [&json!("sales")]);
    for id in [&work, &home] {
        let refusal = refused(&api.send("POST", &path, &json!({ "user_id": id })), 422);
        assert_eq!(refusal["errors"][0]["field"], "user_id");
    }
    refused(&api.work("POST", &path, &json!({ "user_id": work })), 403);
}

#[test]
fn an_erased_user_leaves_a_receipt_and_nothing_else() {
    let api = Api::open();
    let id = api.register("Ana", "ana@example.com", "landing");
    api.ask("sales", "What does it cost?", "ana@example.com");
    let path = format!("/users/{id}");
    let erased = api.send("DELETE", &path, &Value::Null);
    assert_eq!(erased.status, 200);
    says(&erased.json(), &json!({ "user_id": id, "identities": 1, "tickets": 1, "notifications": 2 }));
    refused(&api.get(&path), 404);
    refused(&api.send("DELETE", &path, &Value::Null), 404);
    assert_eq!(members(&api.read("/users?q=ana"), "id").len(), 0);
}

#[test]
fn a_ticket_is_found_by_its_id_its_reference_and_its_words() {
    let api = Api::open();
    api.register("Ana", "ana@example.com", "landing");
    let reference = api.ask("sales", "What does it cost?", "ana@example.com");
    let other = api.ask("support", "It does not work", "bob@example.com");
    let ticket = api.read(&format!("/tickets/{reference}"));
    says(&ticket, &json!({ "reference": reference, "topic": "sales", "status": "open" }));
    let id = ticket["id"].as_str().expect("an id");
    assert_eq!(api.read(&format!("/tickets/{id}")), ticket);
    let user = ticket["user_id"].as_str().expect("a user");
    let by_user = format!("user={user}");
    for query in ["q=COST", "topic=sales", "topic=sales&status=open", "origin=landing", &by_user] {
        assert_eq!(members(&api.read(&format!("/tickets?{query}")), "id"), [&json!(id)], "{query}");
    }
    let all = api.read("/tickets?status=open");
    assert_eq!(members(&all, "reference"), [&json!(other), &json!(reference)]);
    assert_eq!(members(&api.read("/tickets?status=closed"), "id").len(), 0);
}

#[test]
fn a_program_registers_a_user_once_and_nobody_is_written_to() {
    let api = Api::open();
    let body = json!({ "bot": "web", "name": "Ana", "email": "ana@example.com", "origin": "fair" });
    let added = api.work("POST", "/users", &body);
    assert_eq!(added.status, 201);
    says(&added.json(), &json!({ "name": "Ana", "email": "ana@example.com" }));
    let again = api.work("POST", "/users", &json!({ "bot": "web", "email": "ANA@example.com", "name": "X" }));
    assert_eq!((again.status, &again.json()["id"]), (200, &added.json()["id"]));
    assert_eq!(again.json()["name"], "Ana", "what is known stays");
    assert_eq!(members(&api.read("/notifications"), "id").len(), 0);
    api.desk.index();
    assert_eq!(members(&api.read("/users?origin=fair"), "name"), [&json!("Ana")]);
    for (body, field) in [
        (json!({ "bot": "nobody", "email": "ana@example.com" }), "bot"),
        (json!({ "bot": "web", "email": "ana@" }), "email"),
        (json!({ "bot": "web", "name": "Ana" }), "email"),
    ] {
        let problem = refused(&api.work("POST", "/users", &body), 422);
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
}

#[test]
fn a_user_is_called_otherwise_and_found_by_its_new_name() {
    let api = Api::open();
    let id = api.register("Ann", "ana@example.com", "web");
    let patch = |body: Value| api.work("PATCH", &format!("/users/{id}"), &body);
    let changed = patch(json!({ "name": " Ana  María ", "language": "es" }));
    says(&changed.json(), &json!({ "name": "Ana  María", "language": "es", "email": "ana@example.com" }));
    assert_eq!(patch(json!({})).json()["name"], "Ana  María");
    api.desk.index();
    assert_eq!(members(&api.read("/users?q=maria"), "id"), [&json!(id)]);
    for (body, field) in [(json!({ "name": " " }), "name"), (json!({ "language": "!" }), "language")] {
        assert_eq!(refused(&patch(body), 422)["errors"][0]["field"], field);
    }
}

#[test]
fn a_ticket_is_worked_on_and_two_programs_do_not_overwrite_each_other() {
    let api = Api::open();
    api.register("Ana", "ana@example.com", "web");
    let reference = api.ask("sales", "What does it cost?", "ana@example.com");
    let path = format!("/tickets/{reference}");
    let seen = api.get(&path).header("etag").expect("a tag").to_owned();
    let change = |tag: &str, body: Value| {
        let request = api.desk.request("PATCH", &format!("/api/v1{path}")).bearer(&api.worker_token());
        let request = request.header("Content-Type", "application/json").header("If-Match", tag);
        request.body(body.to_string()).send()
    };
    let first = change(&seen, json!({ "status": "pending", "priority": "high", "assignee": "me" }));
    assert_eq!(first.status, 200, "{}", first.text());
    says(&first.json(), &json!({ "status": "pending", "priority": "high" }));
    let assignee = first.json()["assignee_id"].clone();
    assert!(assignee.is_string());
    refused(&change(&seen, json!({ "priority": "low" })), 412);
    let now = first.header("etag").expect("a tag").to_owned();
    refused(&change(&now, json!({ "status": "closed" })), 409);
    refused(&change(&now, json!({ "assignee": "somebody" })), 422);
    let noted = api.work("POST", &format!("{path}/notes"), &json!({ "text": "She called" }));
    assert_eq!((noted.status, &noted.json()["text"]), (201, &json!("She called")));
    let replied = api.work("POST", &format!("{path}/reply"), &json!({ "text": "Nothing" }));
    assert_eq!((replied.status, &replied.json()["over"]), (201, &json!("email")));
    let timeline = api.read(&format!("{path}/timeline"));
    for kind in ["status", "priority", "assignee", "note", "message"] {
        assert!(members(&timeline, "kind").contains(&&json!(kind)), "{kind}: {timeline}");
    }
    let own = format!("/tickets?assignee={}", assignee.as_str().expect("an id"));
    assert_eq!(members(&api.read(&own), "id").len(), 1);
}
