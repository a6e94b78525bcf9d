//! Bots, topics and channels.

use application::ports::Receipt;
use domain::retry::Outcome;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Api, members, refused};
use crate::client::says;

#[test]
fn a_new_bot_calls_with_the_key_that_is_shown_once() {
    let api = Api::open();
    let body = json!({ "name": "lead bot", "default_language": "es", "default_country": "ES" });
    let added = api.send("POST", "/bots", &body);
    assert_eq!(added.status, 201);
    let (bot, key) = (&added.json()["bot"], added.json()["key"].as_str().expect("a key").to_owned());
    says(
        bot,
        &json!({ "name": "lead bot", "default_language": "es", "default_country": "ES", "has_key": true }),
    );
    let call = |key: &str| api.desk.request("GET", "/bot/v1/topics").bearer(key).send().status;
    assert_eq!(call(&key), 200);

    let id = bot["id"].as_str().expect("an id");
    let shown = api.get(&format!("/bots/{id}"));
    assert!(!shown.text().contains(&key), "it is not shown again");
    let rotated = api.send("POST", &format!("/bots/{id}/rotate"), &Value::Null).json();
    assert_eq!(rotated["bot"]["has_previous_key"], true);
    let newer = rotated["key"].as_str().expect("a key").to_owned();
    assert_eq!([call(&key), call(&newer)], [200, 200]);
    let revoke = |keys: &str| api.send("POST", &format!("/bots/{id}/revoke"), &json!({ "keys": keys }));
    assert_eq!(revoke("previous").status, 204);
    refused(&revoke("previous"), 409);
    refused(&revoke("some"), 422);
    assert_eq!(revoke("all").status, 204);
    assert_eq!(api.read(&format!("/bots/{id}"))["has_key"], false);
}

#[test]
fn a_bot_that_cannot_be_is_refused() {
    let api = Api::open();
    refused(&api.send("POST", "/bots", &json!({ "name": "web" })), 409);
    for (body, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "name": "x", "default_language": "!" }), "default_language"),
        (json!({ "name": "x", "default_country": "Spain" }), "default_country"),
    ] {
        assert_eq!(refused(&api.send("POST", "/bots", &body), 422)["errors"][0]["field"], field);
    }
    assert_eq!(members(&api.read("/bots"), "name"), [&json!("web")]);
}

#[test]
fn a_topic_is_added_and_routed_anew() {
    let api = Api::open();
    let body =
        json!({ "slug": "returns", "title": "Returns", "aliases": ["refunds"], "channels": ["team-email"] });
    let added = api.send("POST", "/topics", &body);
    assert_eq!(added.status, 201);
    says(&added.json(), &json!({ "slug": "returns", "channels": ["team-email"], "digest_at": null }));
    refused(&api.send("POST", "/topics", &body), 409);

    let patch = |body: Value| api.send("PATCH", "/topics/returns", &body);
    let changed = patch(json!({ "channels": ["sales-slack", "team-email"], "digest_at": "08:30" })).json();
    says(&changed, &json!({ "channels": ["sales-slack", "team-email"], "digest_at": "08:30" }));
    let changed = patch(json!({ "escalate_after_minutes": 90 })).json();
    says(&changed, &json!({ "digest_at": "08:30", "escalate_after_minutes": 90, "title": "Returns" }));
    let changed = patch(json!({ "digest_at": null })).json();
    says(&changed, &json!({ "digest_at": null, "escalate_after_minutes": 90 }));
    let chat = json!({ "landbot_reference_field": "@ref", "landbot_resume_at": "7/Nkqgn6xkf" });
    says(
        &patch(chat).json(),
        &json!({ "landbot_reference_field": "ref", "landbot_resume_at": "7/Nkqgn6xkf" }),
    );
    let changed = patch(json!({ "landbot_reference_field": null, "landbot_status_field": "status" })).json();
    says(
        &changed,
        &json!({ "landbot_reference_field": null, "landbot_status_field": "status",
            "landbot_resume_at": "7/Nkqgn6xkf" }),
    );
    for field in ["landbot_reference_field", "landbot_resume_at"] {
        let refusal = refused(&patch(json!({ field: "no place" })), 422);
        assert_eq!(refusal["errors"][0]["field"], field);
    }
    for (body, field) in [
        (json!({ "channels": [] }), "channels"),
        (json!({ "channels": ["nowhere"] }), "channels"),
        (json!({ "channels": ["person"] }), "channels"),
        (json!({ "digest_at": "noon" }), "digest_at"),
    ] {
        assert_eq!(refused(&patch(body), 422)["errors"][0]["field"], field);
    }
    assert_eq!(api.read("/topics/returns"), changed, "what is refused changes nothing");
}

#[test]
fn a_channel_is_added_paused_and_resumed() {
    let api = Api::open();
    let body = json!({ "name": "vip", "kind": "slack", "target": "env:SLACK_VIP_WEBHOOK_URL" });
    let added = api.send("POST", "/channels", &body);
    assert_eq!(added.status, 201);
    let channel = added.json();
    says(&channel, &json!({ "name": "vip", "kind": "slack", "interval_ms": 1000, "paused_at": null }));
    refused(&api.send("POST", "/channels", &body), 409);
    for (field, body) in [
        ("kind", json!({ "name": "x", "kind": "pigeon", "target": "team" })),
        ("target", json!({ "name": "x", "kind": "slack", "target": "env:lower" })),
    ] {
        assert_eq!(refused(&api.send("POST", "/channels", &body), 422)["errors"][0]["field"], field);
    }
    let id = channel["id"].as_str().expect("an id");
    let act = |what: &str| api.send("POST", &format!("/channels/{id}/{what}"), &Value::Null).json();
    assert_eq!(act("pause")["paused_at"], "2026-01-01T00:00:00Z");
    assert_eq!(api.read(&format!("/channels/{id}"))["paused_at"], "2026-01-01T00:00:00Z");
    assert_eq!(act("resume")["paused_at"], Value::Null);
}

#[test]
fn a_channel_is_tried_and_what_the_other_side_says_is_answered() {
    let api = Api::open();
    let channels = api.read("/channels");
    let [person, slack] = [0, 1].map(|at| members(&channels, "id")[at].as_str().expect("an id").to_owned());
    let test = |id: &str| api.send("POST", &format!("/channels/{id}/test"), &Value::Null);
    let tried = test(&slack);
    assert_eq!(tried.status, 200);
    says(&tried.json(), &json!({ "outcome": "sent", "code": null, "mimicked": false }));
    let gone = Receipt { code: Some(410), ..Receipt::new(Outcome::Permanent) };
    api.desk.channel.answer_next(gone);
    says(&test(&slack).json(), &json!({ "outcome": "permanent", "code": 410 }));
    refused(&test(&person), 409);
    assert_eq!(api.desk.channel.messages().len(), 2);
    assert_eq!(members(&api.read("/notifications"), "id").len(), 0, "it is in no list");
}

#[test]
fn a_preview_shows_what_would_become_of_a_call_and_changes_nothing() {
    let api = Api::open();
    let user = api.register("Ana", "ana@example.com", "web");
    let preview = |body: Value| api.work("POST", "/routing/preview", &body);
    let asked =
        json!({ "topic": "ventas", "question": "What does it cost?", "mail": "ANA@example.com", "x": 1 });
    let shown = preview(json!({ "bot": "web", "body": asked })).json();
    says(&shown, &json!({ "result": "ok", "refused": null, "extra": { "x": 1 } }));
    says(&shown["person"], &json!({ "user_id": user, "name": "Ana", "matched_by": "email" }));
    says(&shown["topic"], &json!({ "slug": "sales", "asked": "ventas", "matched_by": "alias" }));
    says(&shown["notifications"][0], &json!({ "channel": "sales-slack", "is_secret_set": false }));
    let text = shown["notifications"][0]["wording"]["text"].as_str().expect("a text");
    assert!(text.contains("What does it cost?"), "{text}");

    let form = preview(json!({ "bot": "web", "path": "users", "body": "email=ana%40" })).json();
    says(&form["refused"], &json!({ "field": "email", "code": "email_unreadable" }));
    for (body, field) in [
        (json!({ "bot": "nobody" }), "bot"),
        (json!({ "bot": "web", "path": "messages" }), "path"),
        (json!({ "bot": "web", "path": "letters" }), "path"),
    ] {
        assert_eq!(refused(&preview(body), 422)["errors"][0]["field"], field);
    }
    assert_eq!(members(&api.read("/tickets"), "id").len(), 0);
    assert_eq!(members(&api.read("/quarantine"), "id").len(), 0);
    assert_eq!(api.desk.channel.messages(), []);
}

#[test]
fn of_two_programs_that_change_a_topic_the_later_is_refused() {
    let api = Api::open();
    let seen = api.get("/topics/sales");
    let tag = seen.header("etag").expect("a tag").to_owned();
    let change = |title: &str| {
        let path = "/api/v1/topics/sales";
        let body = json!({ "title": title }).to_string();
        let request = api.desk.request("PATCH", path).bearer(&api.admin).header("if-match", &tag);
        request.header("content-type", "application/json").body(body).send()
    };
    let first = change("Buying");
    assert_eq!(first.status, 200);
    assert_ne!(first.header("etag"), Some(tag.as_str()));
    refused(&change("Shopping"), 412);
    assert_eq!(api.read("/topics/sales")["title"], "Buying");
}

#[test]
fn what_is_deleted_is_in_no_list_and_what_is_needed_stays() {
    let api = Api::open();
    let delete = |path: &str| api.send("DELETE", path, &Value::Null);
    let channels = api.read("/channels");
    let id = |name: &str| {
        let all = channels["items"].as_array().expect("a list");
        let found = all.iter().find(|channel| channel["name"] == name).expect("it is there");
        format!("/channels/{}", found["id"].as_str().expect("an id"))
    };
    refused(&delete(&id("sales-slack")), 409);
    refused(&delete(&id("person")), 409);
    refused(&delete("/topics/support"), 409);
    assert_eq!(delete("/topics/sales").status, 204);
    refused(&delete("/topics/sales"), 404);
    let spare = json!({ "name": "spare", "kind": "slack", "target": "env:SPARE_WEBHOOK_URL" });
    let spare = api.send("POST", "/channels", &spare).json();
    let spare = format!("/channels/{}", spare["id"].as_str().expect("an id"));
    assert_eq!(delete(&spare).status, 204);
    refused(&api.get(&spare), 404);
    assert!(!api.read("/channels").to_string().contains("spare"));

    let bot = api.send("POST", "/bots", &json!({ "name": "old" })).json();
    let (path, key) = (format!("/bots/{}", bot["bot"]["id"].as_str().expect("an id")), bot["key"].clone());
    let call =
        || api.desk.request("GET", "/bot/v1/topics").bearer(key.as_str().expect("a key")).send().status;
    let patched = api.send("PATCH", &path, &json!({ "name": "older", "default_origin": "landing" })).json();
    says(&patched, &json!({ "name": "older", "default_origin": "landing", "default_language": "en" }));
    assert_eq!(call(), 200);
    assert_eq!(delete(&path).status, 204);
    api.desk.clock.advance(SignedDuration::from_secs(5));
    assert_eq!(call(), 403, "its keys are revoked");
    assert!(!api.read("/bots").to_string().contains("older"));
    assert!(api.read(&path)["archived_at"].is_string(), "what it did names it still");
    assert_eq!(api.send("POST", "/bots", &json!({ "name": "older" })).status, 201);
}

#[test]
fn a_channel_is_changed_as_far_as_is_given() {
    let api = Api::open();
    let channels = api.read("/channels");
    let [slack, team] = [1, 2].map(|at| members(&channels, "id")[at].as_str().expect("an id").to_owned());
    let patch = |body: Value| api.send("PATCH", &format!("/channels/{slack}"), &body);
    let changed = patch(json!({ "fallback_id": team, "quiet_hours": "20:00-08:00 Europe/Madrid" }));
    assert_eq!((changed.status, &changed.json()["fallback_id"]), (200, &json!(team)));
    let changed = patch(json!({ "fallback_id": null })).json();
    assert_eq!(changed["fallback_id"], Value::Null);
    assert!(changed["quiet_hours"].is_string());
    for (body, field) in [
        (json!({ "target": "env:lower" }), "target"),
        (json!({ "quiet_hours": "always" }), "quiet_hours"),
        (json!({ "fallback_id": "0199a7c2-0000-7000-8000-000000000000" }), "fallback_id"),
    ] {
        assert_eq!(refused(&patch(body), 422)["errors"][0]["field"], field);
    }
}

#[test]
fn members_of_staff_are_added_changed_and_shut_out() {
    let api = Api::open();
    let body = json!({ "email": "eva@example.com", "password": "correct horse battery", "role": "viewer" });
    let added = api.send("POST", "/agents", &body);
    assert_eq!(added.status, 201);
    assert!(added.json().get("password").is_none());
    refused(&api.send("POST", "/agents", &body), 409);
    let path = format!("/agents/{}", added.json()["id"].as_str().expect("an id"));
    assert_eq!(api.send("PATCH", &path, &json!({ "role": "agent" })).json()["role"], "agent");
    assert_eq!(api.send("DELETE", &path, &Value::Null).status, 204);
    let shut_out = api.send("GET", &path, &Value::Null).json();
    assert!(shut_out["deactivated_at"].is_string());
    let back = api.send("PATCH", &path, &json!({ "active": true })).json();
    assert_eq!(back["deactivated_at"], Value::Null);
    for (body, field) in [
        (json!({ "email": "eva", "password": "correct horse battery", "role": "viewer" }), "email"),
        (json!({ "email": "bo@example.com", "password": "short", "role": "viewer" }), "password"),
        (json!({ "email": "bo@example.com", "password": "correct horse battery", "role": "king" }), "role"),
    ] {
        assert_eq!(refused(&api.send("POST", "/agents", &body), 422)["errors"][0]["field"], field);
    }
}
