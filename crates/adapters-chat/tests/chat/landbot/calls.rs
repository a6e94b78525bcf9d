//! What else Landbot can be asked to do.

use adapters_chat::LandbotClient;
use serde_json::json;

use super::{ANA, PATIENT};
use crate::support::{
    landbot::{FakeLandbot, Resumed, TOKEN},
    service::{Reply, Service},
};

fn client(url: &str, token: &str) -> LandbotClient {
    super::client(url, token, PATIENT)
}

#[tokio::test]
async fn a_field_is_made_and_then_changed() {
    let landbot = FakeLandbot::with(&[ANA]).await;
    let client = client(&landbot.url(), TOKEN);
    let (ana, field) = (ANA.to_string().parse().expect("a number"), "@ticket_ref".parse().expect("a field"));
    for value in ["T-000042", "T-000043"] {
        client.write_field(ana, &field, value).await.expect("written");
        assert_eq!(landbot.field(ANA, "ticket_ref"), Some(json!(value)));
    }
}

#[tokio::test]
async fn a_field_of_nobody_is_refused() {
    let landbot = FakeLandbot::with(&[]).await;
    let client = client(&landbot.url(), TOKEN);
    let (ana, field) = (ANA.to_string().parse().expect("a number"), "ticket_ref".parse().expect("a field"));
    let refusal = client.write_field(ana, &field, "T-000042").await.expect_err("there is no such customer");
    assert_eq!(refusal.status(), Some(404));
}

#[tokio::test]
async fn a_bot_goes_on_at_a_block_or_from_the_beginning() {
    let landbot = FakeLandbot::with(&[ANA]).await;
    let client = client(&landbot.url(), TOKEN);
    let ana = ANA.to_string().parse().expect("a number");
    for point in ["1010178/Nkqgn6xkf", "1010178"] {
        client.assign_bot(ana, &point.parse().expect("a place")).await.expect("resumed");
    }
    let resumed =
        |node: Option<&str>| Resumed { customer: ANA, bot: 1_010_178, node: node.map(str::to_owned) };
    assert_eq!(landbot.resumed(), [resumed(Some("Nkqgn6xkf")), resumed(None)]);
}

#[tokio::test]
async fn a_check_tells_a_good_token_from_a_bad_one_and_touches_no_customer() {
    let landbot = FakeLandbot::with(&[ANA]).await;
    client(&landbot.url(), TOKEN).check().await.expect("the token is right");
    client(landbot.url().trim_end_matches('/'), TOKEN).check().await.expect("the slash does not matter");
    let refusal = client(&landbot.url(), "another-token").check().await.expect_err("the token is wrong");
    assert_eq!(refusal.to_string(), r#"Landbot answered 401: {"errors":{"detail":["Invalid token."]}}"#);
    assert!(landbot.calls().iter().all(|call| call == "GET /v1/channels/?limit=1"), "{:?}", landbot.calls());
}

#[tokio::test]
async fn calls_are_json_with_the_token_and_the_word_before_it() {
    let service = Service::that(Reply::new(200, "")).await;
    let client = client(&service.url("/v1/"), TOKEN);
    client.send_text("7".parse().expect("a number"), "Hello").await.expect("an empty answer is no refusal");
    let received = service.wait_for(1).await;
    assert_eq!(received[0].header("authorization"), Some(format!("Token {TOKEN}").as_str()));
    assert_eq!(received[0].header("content-type"), Some("application/json"));
    assert_eq!(received[0].json(), json!({"message": "Hello"}));
}
