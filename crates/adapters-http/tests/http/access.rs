//! Who is let in.

use domain::language::Language;
use jiff::SignedDuration;

use serde_json::json;

use crate::{client::says, desk::Desk};

const ANA: &str = r#"{"name": "Ana", "email": "ana@example.com"}"#;

#[test]
fn a_key_is_accepted_in_three_forms() {
    let desk = Desk::open();
    let call = || desk.request("GET", "/bot/v1/topics");
    for request in [
        call().header("Authorization", &format!("Bearer {}", desk.key)),
        call().header("authorization", &format!("TOKEN {}", desk.key)),
        call().header("x-api-key", &desk.key),
    ] {
        assert_eq!(request.send().status, 200);
    }
}

#[test]
fn without_a_key_or_with_a_wrong_one_the_call_is_denied_and_nothing_is_stored() {
    let desk = Desk::open();
    let call = || desk.request("POST", "/bot/v1/users").body(ANA);
    for request in [call(), call().bearer("fd_wrong"), call().header("X-Api-Key", "")] {
        let response = request.send();
        assert_eq!(response.status, 401);
        let answer = response.answer();
        says(&answer, &json!({ "result": "denied", "created": null }));
    }
    let broken = desk.request("POST", "/bot/v1/users").bearer("fd_wrong").body("{");
    assert_eq!(broken.send().status, 401);
    assert!(desk.storage.intake_rows().is_empty());
    says(&desk.get("/bot/v1/users?email=ana@example.com").send().answer(), &json!({ "user_id": null }));
}

#[test]
fn a_revoked_key_is_denied_within_five_seconds() {
    let desk = Desk::open();
    assert_eq!(desk.post("/bot/v1/users", ANA).send().status, 200);
    desk.revoke_keys("web");
    desk.clock.advance(SignedDuration::from_secs(5));
    let response = desk.post("/bot/v1/users", ANA).send();
    assert_eq!(response.status, 403);
    assert_eq!(response.answer()["result"], "denied");
}

#[test]
fn a_new_key_works_at_once() {
    let desk = Desk::open();
    let key = desk.add_bot("another", Language::ENGLISH);
    assert_eq!(desk.request("GET", "/bot/v1/topics").bearer(&key).send().status, 200);
}

#[test]
fn paths_and_methods_that_do_not_exist_are_answered_flat() {
    let desk = Desk::open();
    for target in ["/bot/v1", "/bot/v1/", "/bot/v1/unknown", "/bot/v1/users/1/2"] {
        let response = desk.get(target).send();
        assert_eq!(response.status, 404, "{target}");
        says(&response.answer(), &json!({ "result": "invalid" }));
    }
    let response = desk.request("DELETE", "/bot/v1/users").send();
    assert_eq!((response.status, response.header("allow")), (405, Some("GET, POST")));
    assert_eq!(response.answer()["message"], "This path is called with GET or POST.");
}
