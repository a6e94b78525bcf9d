//! Calls that change something.

use application::ports::{Page, QuarantineFilter, consult};
use domain::language::Language;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{client::says, desk::Desk};

const ANA: &str = r#"{"name": "Ana", "email": "ana@example.com"}"#;

fn register(desk: &Desk, body: &str) -> Value {
    let response = desk.post("/bot/v1/users", body).send();
    assert_eq!(response.status, 200);
    response.answer()
}

fn open_ticket(desk: &Desk, body: &str) -> Value {
    let response = desk.post("/bot/v1/tickets", body).send();
    assert_eq!(response.status, 200);
    response.answer()
}

#[test]
fn a_person_is_registered_and_later_recognised() {
    let desk = Desk::open();
    let first = register(&desk, ANA);
    assert_eq!(first["result"], "ok");
    says(&first, &json!({ "created": true, "replayed": false }));
    says(&first, &json!({ "name": "Ana", "message": "Thank you, Ana! We have your details." }));
    let again = register(&desk, r#"{"email": "ANA@example.com", "phone": "+34600111222"}"#);
    says(&again, &json!({ "created": false, "user_id": first["user_id"] }));
    assert_eq!(again["name"], "Ana");
}

#[test]
fn an_equal_call_within_a_minute_is_a_replay() {
    let desk = Desk::open();
    let first = register(&desk, ANA);
    let again = register(&desk, r#"{"mail": " ana@example.com ", "full-name": "Ana"}"#);
    says(&again, &json!({ "replayed": true, "created": true }));
    assert_eq!(again["user_id"], first["user_id"]);
    assert_ne!(again["request_id"], first["request_id"]);
    desk.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(register(&desk, ANA)["replayed"], false);
}

#[test]
fn an_idempotency_key_is_bound_to_one_body() {
    let desk = Desk::open();
    let call = |body: &str, key: &str| {
        desk.post("/bot/v1/users", body).header("Idempotency-Key", key).send().answer()
    };
    let first = call(ANA, "one");
    assert_eq!(call(ANA, "one")["user_id"], first["user_id"]);
    assert_eq!(call(ANA, " one ")["replayed"], true);
    let other = call(r#"{"email": "ben@example.com"}"#, "one");
    says(&other, &json!({ "result": "invalid", "field": "idempotency_key" }));
    assert_eq!(call(ANA, &"k".repeat(256))["field"], "idempotency_key");
    // A field that the bot did not fill is no key.
    let ben = call(r#"{"email": "ben@example.com"}"#, "@key");
    says(&ben, &json!({ "result": "ok", "created": true }));
    assert_eq!(call(r#"{"email": "eva@example.com"}"#, "@key")["created"], true);
}

#[test]
fn a_ticket_names_its_topic_and_its_channels() {
    let desk = Desk::open();
    let answer =
        open_ticket(&desk, r#"{"topic": " vip SALES", "question": "How much?", "email": "ana@example.com"}"#);
    let reference = answer["reference"].as_str().expect("a reference");
    assert!(reference.starts_with("T-"), "{reference}");
    says(&answer, &json!({ "created": true, "status": "open" }));
    says(&answer, &json!({ "topic": "vip", "channels": "slack, email" }));
    assert!(answer["message"].as_str().expect("a sentence").contains(reference));
    assert!(answer["user_id"].is_string());
}

#[test]
fn a_ticket_needs_a_description_and_no_person() {
    let desk = Desk::open();
    let answer = open_ticket(&desk, r#"{"topic": "vip", "description": "@question"}"#);
    says(&answer, &json!({ "result": "invalid", "field": "description" }));
    assert_eq!(answer["reference"], Value::Null);
    let answer = open_ticket(&desk, r#"{"topic": "refunds", "description": "Where is it?"}"#);
    says(&answer, &json!({ "result": "ok", "topic": "support", "user_id": null }));
}

#[test]
fn what_must_be_asked_again_is_named_in_an_answer_with_status_200() {
    let desk = Desk::open();
    for (body, field) in [
        (r#"{"name": "Ana"}"#, json!("email")),
        (r#"{"email": "ana at example"}"#, json!("email")),
        (r#"{"phone": "call me"}"#, json!("phone")),
    ] {
        let answer = register(&desk, body);
        assert_eq!(answer["result"], "invalid", "{body}");
        // Without anything that identifies a person, which of the three is asked for is the domain's choice.
        assert!(answer["field"] == field || body.contains("name"), "{answer}");
        assert_eq!(answer["user_id"], Value::Null);
    }
}

#[test]
fn a_body_that_cannot_be_read_is_kept_raw_in_quarantine() {
    let desk = Desk::open();
    for body in ["{\"name\": ", "[1, 2]", "\u{feff}{broken"] {
        let answer = register(&desk, body);
        says(&answer, &json!({ "result": "invalid", "field": null }));
    }
    let held = consult(&*desk.storage, async |snapshot| {
        snapshot.quarantine().page(QuarantineFilter::default(), Page::first(9)).await
    });
    let held = desk.wait(held).expect("a page");
    assert_eq!(held.len(), 3);
    assert!(held.iter().any(|held| held.call.raw.body == b"[1, 2]"));
}

#[test]
fn a_person_is_answered_in_its_own_language() {
    let desk = Desk::open();
    let answer = register(&desk, r#"{"name": "Ana", "email": "ana@example.com", "language": "es-ES"}"#);
    assert_eq!(answer["message"], "¡Gracias, Ana! Ya tenemos tus datos.");
    let basque = register(&desk, r#"{"name": "Itziar", "email": "itziar@example.com", "language": "eu"}"#);
    assert_eq!(basque["message"], "Thank you, Itziar! We have your details.");
}

#[test]
fn a_bot_of_another_language_is_refused_in_it() {
    let desk = Desk::open();
    let key = desk.add_bot("tienda", Language::parse("es").expect("a language"));
    let answer = desk.request("POST", "/bot/v1/users").bearer(&key).body("{").send().answer();
    assert!(answer["message"].as_str().expect("a sentence").starts_with("Lo sentimos"), "{answer}");
}
