//! How often a bot may call.

use domain::language::Language;
use jiff::SignedDuration;

use serde_json::json;

use crate::{
    client::says,
    desk::{Desk, Wishes},
};

fn limited() -> Desk {
    Desk::with(&Wishes { rate_limit: 1, ..Wishes::default() })
}

#[test]
fn a_bot_that_calls_too_often_is_told_when_to_come_again() {
    let desk = limited();
    let body = r#"{"email": "ana@example.com"}"#;
    assert_eq!(desk.get("/bot/v1/topics").send().status, 200);
    assert!((0..3).all(|_| desk.post("/bot/v1/users", body).send().status == 200));
    let response = desk.post("/bot/v1/users", body).send();
    assert_eq!((response.status, response.header("retry-after")), (429, Some("1")));
    let answer = response.answer();
    says(&answer, &json!({ "result": "retry", "user_id": null }));
    assert_eq!(desk.get("/bot/v1/users").send().status, 429);
    desk.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(desk.post("/bot/v1/users", body).send().status, 200);
}

#[test]
fn one_bot_does_not_use_up_the_limit_of_another() {
    let desk = limited();
    while desk.get("/bot/v1/topics").send().status == 200 {}
    let key = desk.add_bot("another", Language::ENGLISH);
    assert_eq!(desk.request("GET", "/bot/v1/topics").bearer(&key).send().status, 200);
}
