//! `SubmitCall`: how calls are read and told from their equals.

use application::intake::{IntakeLane, SubmitCall};
use domain::{
    answer::{Answer, Verdict},
    bot_call::Field,
    intake::{CallPath, RawCall},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::desk::{Desk, seconds};

/// A desk whose lane runs.
struct Window {
    desk: Desk,
    submit: SubmitCall,
}

impl Window {
    async fn open(replay_window: SignedDuration) -> Self {
        let desk = Desk::open().await;
        let (lane, runner) = IntakeLane::new(desk.take_calls());
        tokio::spawn(runner.run());
        let submit = SubmitCall { lane, clock: desk.clock(), replay_window };
        Self { desk, submit }
    }

    async fn call(&self, path: CallPath, raw: RawCall, key: Option<&str>) -> Answer {
        self.submit.execute(&self.desk.bot, self.desk.request_id(), path, raw, key).await
    }

    async fn users(&self, body: &Value, key: Option<&str>) -> Answer {
        self.call(CallPath::Users, raw(body), key).await
    }

    async fn tickets(&self, body: &Value, key: Option<&str>) -> Answer {
        self.call(CallPath::Tickets, raw(body), key).await
    }
}

fn raw(body: &Value) -> RawCall {
    RawCall { query: String::new(), body: body.to_string().into_bytes() }
}

fn ana() -> Value {
    json!({"name": "Ana", "email": "ana@example.com"})
}

#[tokio::test]
async fn query_and_body_are_read_together() {
    let window = Window::open(seconds(60)).await;
    let raw =
        RawCall { query: "name=Ana&origin=spring".to_owned(), body: b"email=ana%40example.com".to_vec() };
    let answer = window.call(CallPath::Users, raw, None).await;
    assert_eq!((answer.result, answer.name.as_deref()), (Verdict::Ok, Some("Ana")));
    assert_eq!(window.desk.users().await[0].last_origin.source.as_deref(), Some("spring"));
}

#[tokio::test]
async fn what_cannot_be_read_is_invalid_and_kept_as_it_arrived() {
    let window = Window::open(seconds(60)).await;
    let broken = RawCall { query: "a=1".to_owned(), body: b"{\"email\": \"ana@".to_vec() };
    let answer = window.call(CallPath::Users, broken.clone(), None).await;
    assert_eq!((answer.result, answer.field), (Verdict::Invalid, None));
    let id = answer.request_id;
    let held = window.desk.look(async |snapshot| snapshot.quarantine().find(id).await).await;
    assert_eq!(held.expect("it is held").call.raw, broken);
}

#[tokio::test]
async fn an_equal_call_within_the_replay_window_is_answered_like_the_first() {
    let window = Window::open(seconds(60)).await;
    let first = window.users(&ana(), None).await;
    window.desk.clock.advance(seconds(59));
    let second = window.users(&json!({"email": "ANA@example.com ", "full_name": "Ana"}), None).await;
    assert_eq!((second.created, second.replayed, second.user_id), (Some(true), Some(true), first.user_id));
    assert_ne!(second.request_id, first.request_id);
    window.desk.clock.advance(seconds(1));
    let third = window.users(&ana(), None).await;
    assert_eq!((third.created, third.replayed), (Some(false), Some(false)));
}

#[tokio::test]
async fn without_a_replay_window_an_equal_call_counts() {
    let window = Window::open(SignedDuration::ZERO).await;
    let ticket = json!({"description": "How?", "email": "ana@example.com"});
    let (first, second) = (window.tickets(&ticket, None).await, window.tickets(&ticket, None).await);
    assert_eq!((first.replayed, second.replayed), (Some(false), Some(false)));
    assert_ne!(first.reference, second.reference);
}

#[tokio::test]
async fn a_ticket_from_nobody_is_never_a_replay_unless_it_has_a_key() {
    let window = Window::open(seconds(60)).await;
    let ticket = json!({"description": "How?"});
    assert_ne!(window.tickets(&ticket, None).await.reference, window.tickets(&ticket, None).await.reference);
    let first = window.tickets(&ticket, Some("42")).await;
    let again = window.tickets(&ticket, Some("42")).await;
    assert_eq!((again.reference, again.replayed), (first.reference, Some(true)));
}

#[tokio::test]
async fn a_key_binds_an_answer_for_a_day() {
    let window = Window::open(SignedDuration::ZERO).await;
    let first = window.users(&ana(), Some("call 1")).await;
    window.desk.clock.advance(SignedDuration::from_hours(24) - SignedDuration::from_micros(1));
    let again = window.users(&ana(), Some("call 1")).await;
    assert_eq!((again.created, again.replayed, again.user_id), (Some(true), Some(true), first.user_id));
    window.desk.clock.advance(SignedDuration::from_micros(1));
    let late = window.users(&ana(), Some("call 1")).await;
    assert_eq!((late.created, late.replayed), (Some(false), Some(false)));
}

#[tokio::test]
async fn a_key_used_for_another_body_is_invalid_and_changes_nothing() {
    let window = Window::open(seconds(60)).await;
    window.users(&ana(), Some("call 1")).await;
    let other = window.users(&json!({"name": "Bea", "email": "bea@example.com"}), Some("call 1")).await;
    assert_eq!((other.result, other.field), (Verdict::Invalid, Some(Field::IdempotencyKey)));
    assert_eq!(window.desk.users().await.len(), 1);
    let same = window.users(&ana(), Some("call 1")).await;
    assert_eq!(same.replayed, Some(true), "the first answer stays bound");
}

#[tokio::test]
async fn a_key_counts_for_one_path_only() {
    let window = Window::open(seconds(60)).await;
    window.users(&json!({"email": "ana@example.com"}), Some("call 1")).await;
    let ticket =
        window.tickets(&json!({"email": "ana@example.com", "description": "How?"}), Some("call 1")).await;
    assert_eq!((ticket.result, ticket.replayed), (Verdict::Ok, Some(false)));
}

#[tokio::test]
async fn an_invalid_call_binds_no_key() {
    let window = Window::open(seconds(60)).await;
    assert_eq!(window.users(&json!({"name": "Ana"}), Some("call 1")).await.result, Verdict::Invalid);
    let mended = window.users(&ana(), Some("call 1")).await;
    assert_eq!((mended.result, mended.created), (Verdict::Ok, Some(true)));
}

#[tokio::test]
async fn a_key_that_is_too_long_is_invalid() {
    let window = Window::open(seconds(60)).await;
    let longest = "k".repeat(255);
    assert_eq!(window.users(&ana(), Some(&longest)).await.result, Verdict::Ok);
    let too_long = window.users(&ana(), Some(&format!("{longest}k"))).await;
    assert_eq!((too_long.result, too_long.field), (Verdict::Invalid, Some(Field::IdempotencyKey)));
    assert_eq!(window.desk.held().await, [too_long.request_id]);
}
