//! Calls that ask for something.

use serde_json::{Value, json};

use crate::{client::says, desk::Desk};

fn get(desk: &Desk, target: &str) -> Value {
    let response = desk.get(target).send();
    assert_eq!(response.status, 200, "{target}");
    response.answer()
}

fn without_id(mut answer: Value) -> Value {
    answer["request_id"] = Value::Null;
    answer
}

#[test]
fn a_person_is_found_by_what_identifies_it() {
    let desk = Desk::open();
    let body = r#"{"name": "Ana", "email": "ana@example.com", "phone": "+34600111222", "customer_id": 42}"#;
    let user_id = desk.post("/bot/v1/users", body).send().answer()["user_id"].clone();
    for query in ["email=ANA@example.com", "phone=%2B34600111222", "customer_id=42", "landbot_id=42"] {
        let answer = get(&desk, &format!("/bot/v1/users?{query}"));
        says(&answer, &json!({ "result": "ok", "created": false }));
        says(&answer, &json!({ "user_id": user_id, "name": "Ana" }));
    }
    for query in ["", "?email=ben@example.com", "?email=nonsense", "?name=Ana"] {
        let answer = get(&desk, &format!("/bot/v1/users{query}"));
        says(&answer, &json!({ "result": "ok", "user_id": null, "name": null }));
    }
}

#[test]
fn a_ticket_is_shown_to_its_person() {
    let desk = Desk::open();
    let body =
        json!({ "topic": "vip", "description": "How much?", "email": "ana@example.com", "lang": "es" });
    let opened = desk.post("/bot/v1/tickets", body.to_string()).send().answer();
    let reference = opened["reference"].as_str().expect("a reference");
    for spelled in [reference.to_owned(), reference.to_lowercase(), format!("{reference}/")] {
        let answer = get(&desk, &format!("/bot/v1/tickets/{spelled}?email=ana@example.com"));
        says(&answer, &json!({ "result": "ok", "reference": reference }));
        says(&answer, &json!({ "status": "open", "topic": "vip" }));
        assert_eq!(answer["message"], format!("Nuestro equipo está trabajando en tu consulta {reference}."));
    }
}

#[test]
fn without_proof_all_tickets_look_equally_unknown() {
    let desk = Desk::open();
    let opened = |email| {
        let body = json!({ "description": "How much?", "email": email }).to_string();
        desk.post("/bot/v1/tickets", body).send().answer()["reference"]
            .as_str()
            .expect("a reference")
            .to_owned()
    };
    let (anas, _) = (opened("ana@example.com"), opened("ben@example.com"));
    let unknown = without_id(get(&desk, "/bot/v1/tickets/T-999999?email=ana@example.com"));
    says(&unknown, &json!({ "result": "invalid", "reference": null }));
    for target in [
        format!("/bot/v1/tickets/{anas}"),
        format!("/bot/v1/tickets/{anas}?email=ben@example.com"),
        format!("/bot/v1/tickets/{anas}?email=nobody@example.com"),
        format!("/bot/v1/tickets/{anas}?phone=nonsense"),
        "/bot/v1/tickets/@reference?email=ana@example.com".to_owned(),
        "/bot/v1/tickets/?email=ana@example.com".to_owned(),
        "/bot/v1/tickets?email=ana@example.com".to_owned(),
    ] {
        assert_eq!(without_id(get(&desk, &target)), unknown, "{target}");
    }
}

#[test]
fn topics_come_as_buttons() {
    let desk = Desk::open();
    for target in ["/bot/v1/topics", "/bot/v1/topics/", "/bot/v1/topics?language=es"] {
        let response = desk.get(target).send();
        assert_eq!(response.status, 200);
        assert_eq!(
            response.text(),
            concat!(
                r#"{"result":"ok","topics":[{"slug":"sales","title":"Sales"},"#,
                r#"{"slug":"pricing","title":"Pricing"},{"slug":"support","title":"Support"},"#,
                r#"{"slug":"vip","title":"VIP sales"}],"#,
                r#""titles":["Sales","Pricing","Support","VIP sales"]}"#
            )
        );
    }
}

#[test]
fn a_long_query_is_not_read() {
    let desk = Desk::open();
    let status = |length| desk.get(&format!("/bot/v1/users?x={}", "y".repeat(length))).send();
    assert_eq!(status(8_000).status, 200);
    let response = status(9_000);
    assert_eq!(response.status, 414);
    says(&response.answer(), &json!({ "result": "invalid" }));
}
