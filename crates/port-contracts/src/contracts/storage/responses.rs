//! What programs were answered.

use domain::{
    ids::AgentId,
    response::{BoundResponse, KeptResponse, ResponseSlot},
    user::User,
};
use jiff::{SignedDuration, Timestamp};

use super::desk::{Desk, TICK, is_conflict};

pub async fn a_response_is_given_until_it_expires(desk: &Desk<'_>) {
    let user = desk.registered().await;
    for bound in [done(desk, Some(&user)), done(desk, None), running(desk)] {
        put(desk, &bound).await;
        let [last, end] = [bound.expires_at - TICK, bound.expires_at];
        assert_eq!(find(desk, &bound.slot, desk.now()).await.as_ref(), Some(&bound));
        assert_eq!(find(desk, &bound.slot, last).await.as_ref(), Some(&bound));
        assert_eq!(find(desk, &bound.slot, end).await, None);
    }
}

pub async fn a_response_is_kept_for_its_agent_call_and_key_only(desk: &Desk<'_>) {
    let bound = done(desk, None);
    put(desk, &bound).await;
    let slot = &bound.slot;
    let others = [
        ResponseSlot { principal: AgentId::from_uuid(desk.id()), ..slot.clone() },
        ResponseSlot { scope: "POST /elsewhere".to_owned(), ..slot.clone() },
        ResponseSlot { digest: desk.digest(), ..slot.clone() },
    ];
    for other in others {
        assert_eq!(find(desk, &other, desk.now()).await, None);
        put(desk, &BoundResponse { slot: other, ..running(desk) }).await;
    }
    assert_eq!(find(desk, slot, desk.now()).await.as_ref(), Some(&bound));
}

pub async fn a_slot_of_a_running_call_is_taken_until_it_expires(desk: &Desk<'_>) {
    let bound = running(desk);
    put(desk, &bound).await;
    let next = BoundResponse { slot: bound.slot.clone(), ..running(desk) };
    let put_at = async |at: Timestamp| desk.try_write(async |tx| tx.responses().put(&next, at).await).await;
    assert!(is_conflict(&put_at(bound.expires_at - TICK).await));
    assert_eq!(find(desk, &bound.slot, desk.now()).await.as_ref(), Some(&bound));
    put_at(bound.expires_at).await.expect("what has expired is taken over");
}

pub async fn a_slot_that_is_released_is_free(desk: &Desk<'_>) {
    let (bound, other) = (running(desk), running(desk));
    put(desk, &bound).await;
    put(desk, &other).await;
    desk.write(async |tx| tx.responses().release(&bound.slot).await).await;
    assert_eq!(find(desk, &bound.slot, desk.now()).await, None);
    assert_eq!(find(desk, &other.slot, desk.now()).await.as_ref(), Some(&other));
    let response = BoundResponse { slot: bound.slot, ..done(desk, None) };
    put(desk, &response).await;
    assert_eq!(find(desk, &response.slot, desk.now()).await, Some(response));
}

pub async fn expired_responses_are_forgotten_with_the_answers(desk: &Desk<'_>) {
    let (answer, response) = (desk.bound_answer(None), done(desk, None));
    desk.write(async |tx| tx.intake().keep(std::slice::from_ref(&answer), desk.now()).await).await;
    put(desk, &response).await;
    let forget =
        async |limit| desk.write(async |tx| tx.intake().forget_expired(desk.now(), limit).await).await;
    assert_eq!(forget(9).await, 0, "nothing has expired yet");
    let begin = desk.now();
    desk.advance(SignedDuration::from_hours(2));
    assert_eq!([forget(1).await, forget(9).await], [1, 1]);
    assert_eq!(find(desk, &response.slot, begin).await, None, "it is gone, not just expired");
}

pub async fn erasing_a_user_takes_the_responses_about_it(desk: &Desk<'_>) {
    let (user, other) = (desk.registered().await, desk.registered().await);
    let (about, spared) = (done(desk, Some(&user)), done(desk, Some(&other)));
    put(desk, &about).await;
    put(desk, &spared).await;
    let receipt = desk.write(async |tx| tx.users().erase(user.id, desk.now()).await).await;
    assert_eq!(receipt.expect("there is such a user").answers, 1);
    assert_eq!(find(desk, &about.slot, desk.now()).await, None);
    assert_eq!(find(desk, &spared.slot, desk.now()).await, Some(spared));
}

/// A call that runs, and may do so for an hour.
pub(super) fn running(desk: &Desk<'_>) -> BoundResponse {
    let slot = ResponseSlot {
        principal: AgentId::from_uuid(desk.id()),
        scope: "POST /api/v1/users".to_owned(),
        digest: desk.digest(),
    };
    let expires_at = desk.now() + SignedDuration::from_hours(1);
    BoundResponse { slot, body: desk.digest(), expires_at, response: None }
}

/// A call that was done.
pub(super) fn done(desk: &Desk<'_>, user: Option<&User>) -> BoundResponse {
    let response = KeptResponse {
        status: 201,
        body: r#"{ "name": "Zoë 👋", "n": 1.50 }"#.to_owned(),
        user_id: user.map(|user| user.id),
    };
    BoundResponse { response: Some(response), ..running(desk) }
}

pub(super) async fn put(desk: &Desk<'_>, bound: &BoundResponse) {
    desk.write(async |tx| tx.responses().put(bound, desk.now()).await).await;
}

pub(super) async fn find(desk: &Desk<'_>, slot: &ResponseSlot, now: Timestamp) -> Option<BoundResponse> {
    desk.read(async |tx| tx.responses().find(slot, now).await).await
}
