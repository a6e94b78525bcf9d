//! `ClaimKey` and `SettleKey`: calls of programs that come again.

use application::responses::{Claim, ClaimKey, SettleKey};
use domain::{
    ids::AgentId,
    response::{KeptResponse, ResponseSlot},
};
use jiff::SignedDuration;
use port_contracts::{Fault, Operation};
use uuid::Uuid;

use crate::desk::Desk;

const BODY: [u8; 32] = [1; 32];
const OTHER_BODY: [u8; 32] = [2; 32];

fn slot(key: &str) -> ResponseSlot {
    ResponseSlot::new(AgentId::from_uuid(Uuid::from_u128(1)), "POST /topics".to_owned(), key)
}

fn response() -> KeptResponse {
    KeptResponse { status: 201, body: "{}".to_owned(), user_id: None }
}

async fn claim(desk: &Desk, key: &str, body: [u8; 32]) -> Claim {
    let claim = ClaimKey { storage: desk.storage(), clock: desk.clock() };
    claim.execute(&slot(key), body).await.expect("storage works")
}

async fn settle(desk: &Desk, key: &str, response: Option<KeptResponse>) {
    let settle = SettleKey { storage: desk.storage(), clock: desk.clock() };
    settle.execute(&slot(key), BODY, response).await.expect("storage works");
}

#[tokio::test]
async fn a_key_is_granted_once_and_says_then_what_became_of_the_call() {
    let desk = Desk::open().await;
    assert_eq!(claim(&desk, "key", BODY).await, Claim::Granted);
    assert_eq!(claim(&desk, "key", BODY).await, Claim::Running);
    assert_eq!(claim(&desk, "key", OTHER_BODY).await, Claim::OtherBody);
    assert_eq!(claim(&desk, "other", BODY).await, Claim::Granted);
    settle(&desk, "key", Some(response())).await;
    assert_eq!(claim(&desk, "key", BODY).await, Claim::Done(response()));
    assert_eq!(claim(&desk, "key", OTHER_BODY).await, Claim::OtherBody);
}

#[tokio::test]
async fn a_call_that_changed_nothing_leaves_its_key_free() {
    let desk = Desk::open().await;
    claim(&desk, "key", BODY).await;
    settle(&desk, "key", None).await;
    assert_eq!(claim(&desk, "key", OTHER_BODY).await, Claim::Granted);
}

#[tokio::test]
async fn a_response_is_kept_for_a_day_and_a_call_without_an_end_for_minutes() {
    let desk = Desk::open().await;
    claim(&desk, "done", BODY).await;
    settle(&desk, "done", Some(response())).await;
    claim(&desk, "lost", BODY).await;
    desk.clock.advance(SignedDuration::from_mins(6));
    assert_eq!(claim(&desk, "lost", BODY).await, Claim::Granted);
    assert_eq!(claim(&desk, "done", BODY).await, Claim::Done(response()));
    desk.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(claim(&desk, "done", BODY).await, Claim::Granted);
}

#[tokio::test]
async fn who_meets_a_key_that_was_taken_meanwhile_looks_again() {
    let desk = Desk::open().await;
    desk.storage.fail_next(Operation::ResponsesPut, Fault::Conflict);
    assert_eq!(claim(&desk, "key", BODY).await, Claim::Granted);
}
