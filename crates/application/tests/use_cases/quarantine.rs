//! `ReleaseCall` and `DiscardCall`: a human looks at what could not be understood.

use application::{
    ports::{HeldCall, HeldStatus},
    quarantine::{DiscardCall, QuarantineError, ReleaseCall},
};
use domain::{
    answer::{Answer, Verdict},
    bot_call::Field,
    ids::RequestId,
    intake::{IntakeOutcome, PendingCall, RawCall},
    notification::Purpose,
};
use port_contracts::{Fault, Operation};
use serde_json::{Value, json};

use crate::desk::{BEGIN, Desk, WELCOME_DELAY, seconds};

/// A desk at which a bot called in vain.
async fn desk_with_held(call: impl Fn(&Desk) -> PendingCall) -> (Desk, RequestId) {
    let desk = Desk::open().await;
    let call = call(&desk);
    let id = call.request_id;
    assert_eq!(desk.take(call).await.result, Verdict::Invalid);
    (desk, id)
}

async fn desk_with_held_person(body: &Value) -> (Desk, RequestId) {
    desk_with_held(|desk| desk.users_call(body)).await
}

async fn release(desk: &Desk, id: RequestId, corrected: &[(&str, &str)]) -> Result<Answer, QuarantineError> {
    let corrected: Vec<_> =
        corrected.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect();
    ReleaseCall { audit: desk.audit(), take_calls: desk.take_calls() }.execute(id, &corrected).await
}

async fn discard(desk: &Desk, id: RequestId) -> Result<(), QuarantineError> {
    DiscardCall { audit: desk.audit(), storage: desk.storage(), clock: desk.clock() }.execute(id).await
}

async fn held(desk: &Desk, id: RequestId) -> HeldCall {
    desk.look(async |snapshot| snapshot.quarantine().find(id).await).await.expect("it stays readable")
}

#[tokio::test]
async fn a_mended_call_is_taken_as_if_it_arrived_now() {
    let (desk, id) =
        desk_with_held_person(&json!({"name": "Ana", "email": "ana@", "origin": "spring"})).await;
    desk.clock.advance(seconds(3_600));
    let answer = release(&desk, id, &[("email", "ana@example.com")]).await.expect("it can be understood now");

    assert_eq!(
        (answer.result, answer.created, answer.name.as_deref()),
        (Verdict::Ok, Some(true), Some("Ana"))
    );
    let [user] = &desk.users().await[..] else { panic!("one user") };
    assert_eq!(user.first_origin.source.as_deref(), Some("spring"), "what was right is kept");
    let mail = desk.notifications().await.remove(0);
    assert_eq!((mail.purpose, mail.due_at), (Purpose::Welcome, BEGIN + seconds(3_600) + WELCOME_DELAY));
    assert_eq!(held(&desk, id).await.status, HeldStatus::Released(answer.request_id));
    assert_eq!(desk.held().await, []);
    let outcomes: Vec<_> =
        desk.storage.intake_rows().iter().map(|row| (row.request_id, row.outcome)).collect();
    let registered = (answer.request_id, IntakeOutcome::Registered);
    assert_eq!(outcomes, [(id, IntakeOutcome::Invalid), registered]);
}

#[tokio::test]
async fn a_released_ticket_is_rung_for() {
    let (desk, id) = desk_with_held(|desk| desk.tickets_call(&json!({"topic": "pricing"}))).await;
    let answer = release(&desk, id, &[("description", "How much?")]).await.expect("it can be understood now");
    assert_eq!(answer.topic.as_deref(), Some("pricing"));
    assert_eq!(desk.queue.rings(), 1);
    assert_eq!(desk.hand_over().await.len(), 1);
}

#[tokio::test]
async fn what_could_not_be_read_at_all_is_replaced_by_the_corrections() {
    let (desk, id) = desk_with_held(|desk| PendingCall {
        raw: RawCall { query: String::new(), body: b"{\"email\": \"ana@exam".to_vec() },
        ..desk.users_call(&json!({}))
    })
    .await;
    let answer = release(&desk, id, &[("name", "Ana"), ("email", "ana@example.com")]).await;
    assert_eq!(answer.expect("it can be understood now").name.as_deref(), Some("Ana"));
}

#[tokio::test]
async fn a_call_is_recognised_when_its_person_came_by_another_way_meanwhile() {
    let (desk, id) = desk_with_held_person(&json!({"name": "Ana", "email": "ana@"})).await;
    let ana = desk.register("Ana", "ana@example.com").await;
    let answer = release(&desk, id, &[("email", "ana@example.com")]).await.expect("it can be understood now");
    assert_eq!((answer.created, answer.user_id), (Some(false), ana.user_id));
    assert_eq!(desk.notifications().await.len(), 1, "no second welcome mail");
}

#[tokio::test]
async fn a_call_that_still_cannot_be_understood_stays() {
    let (desk, id) = desk_with_held_person(&json!({"email": "ana@"})).await;
    for corrected in [&[][..], &[("email", "ana")], &[("name", "Ana")]] {
        let outcome = release(&desk, id, corrected).await;
        assert!(matches!(outcome, Err(QuarantineError::StillInvalid(Some(Field::Email)))), "{outcome:?}");
    }
    assert_eq!(desk.held().await, [id]);
    assert_eq!((desk.users().await, desk.storage.intake_rows().len()), (vec![], 1));
}

#[tokio::test]
async fn what_was_released_or_discarded_is_over() {
    let (desk, id) = desk_with_held_person(&json!({"email": "ana@"})).await;
    let mended = [("email", "ana@example.com")];
    release(&desk, id, &mended).await.expect("it can be understood now");
    assert!(matches!(release(&desk, id, &mended).await, Err(QuarantineError::NotHeld(of)) if of == id));
    assert!(matches!(discard(&desk, id).await, Err(QuarantineError::NotHeld(of)) if of == id));
    assert_eq!(desk.users().await.len(), 1);
}

#[tokio::test]
async fn a_discarded_call_changes_nothing_and_stays_readable() {
    let (desk, id) = desk_with_held_person(&json!({"email": "ana@"})).await;
    discard(&desk, id).await.expect("it is held");
    let call = held(&desk, id).await;
    assert_eq!((call.status, call.call.raw.body), (HeldStatus::Discarded, br#"{"email":"ana@"}"#.to_vec()));
    let outcome = release(&desk, id, &[("email", "ana@example.com")]).await;
    assert!(matches!(outcome, Err(QuarantineError::NotHeld(_))));
    assert_eq!(desk.users().await, []);
}

#[tokio::test]
async fn a_call_that_was_never_held_is_unknown() {
    let desk = Desk::open().await;
    let id = RequestId::MAX;
    assert!(matches!(release(&desk, id, &[]).await, Err(QuarantineError::Unknown(of)) if of == id));
    assert!(matches!(discard(&desk, id).await, Err(QuarantineError::Unknown(of)) if of == id));
}

#[tokio::test]
async fn taking_a_call_and_closing_its_quarantine_is_all_or_nothing() {
    let steps =
        [Operation::UsersInsert, Operation::IntakeRecord, Operation::QuarantineClose, Operation::Commit];
    for step in steps {
        let (desk, id) = desk_with_held_person(&json!({"email": "ana@"})).await;
        desk.storage.fail_next(step, Fault::Unavailable);
        let outcome = release(&desk, id, &[("email", "ana@example.com")]).await;
        assert!(matches!(outcome, Err(QuarantineError::Storage(_))), "{step:?}");
        assert_eq!(
            (desk.users().await, desk.held().await, desk.queue.rings()),
            (vec![], vec![id], 0),
            "{step:?}"
        );
        assert_eq!(desk.storage.intake_rows().len(), 1, "{step:?}");
        release(&desk, id, &[("email", "ana@example.com")]).await.expect("it works now");
    }
}

#[tokio::test]
async fn two_humans_do_not_release_the_same_call() {
    let (desk, id) = desk_with_held_person(&json!({"email": "ana@"})).await;
    let mended = [("email", "ana@example.com")];
    let both = tokio::join!(release(&desk, id, &mended), release(&desk, id, &mended));
    assert!(both.0.is_ok() && matches!(both.1, Err(QuarantineError::NotHeld(_))), "{both:?}");
    assert_eq!((desk.users().await.len(), desk.storage.intake_rows().len()), (1, 2));
}
