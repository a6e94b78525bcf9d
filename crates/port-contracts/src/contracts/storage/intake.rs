//! Calls of bots and the answers kept for equal calls.

use std::slice::from_ref;

use domain::{
    ids::{RequestId, TicketId, UserId},
    intake::{AnswerSlot, BoundAnswer, CallPath, IntakeOutcome, IntakeRow, Replay},
};
use jiff::{SignedDuration, Timestamp};

use super::desk::{Desk, TICK, is_conflict};

pub async fn a_kept_answer_is_given_until_it_expires(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let bound = desk.bound_answer(Some(&user));
    keep(desk, &bound).await;
    let slot = bound.replay.slot;
    let last_moment = bound.replay.expires_at - TICK;
    assert_eq!(kept(desk, &[slot], desk.now()).await, from_ref(&bound));
    assert_eq!(kept(desk, &[slot], last_moment).await, from_ref(&bound));
    assert_eq!(kept(desk, &[slot], bound.replay.expires_at + TICK).await, []);
}

pub async fn an_answer_is_kept_in_its_own_slot_only(desk: &Desk<'_>) {
    let [bound, other] = [desk.bound_answer(None), desk.bound_answer(None)];
    let slot = bound.replay.slot;
    let in_other_scope = in_slot(&bound, AnswerSlot { scope: CallPath::Tickets, ..slot });
    keep(desk, &bound).await;
    let unused =
        [in_other_scope.replay.slot, other.replay.slot, AnswerSlot { digest: desk.digest(), ..slot }];
    assert_eq!(kept(desk, &unused, desk.now()).await, []);

    keep(desk, &in_other_scope).await;
    keep(desk, &other).await;
    let all = [slot, unused[0], unused[1], unused[2]];
    let mut found = kept(desk, &all, desk.now()).await;
    found.sort_by_key(|bound| bound.replay.slot);
    let mut expected = [bound, in_other_scope, other];
    expected.sort_by_key(|bound| bound.replay.slot);
    assert_eq!(found, expected);
}

pub async fn a_slot_whose_answer_is_alive_is_not_taken_over(desk: &Desk<'_>) {
    let bound = desk.bound_answer(None);
    keep(desk, &bound).await;
    let later = in_slot(&desk.bound_answer(None), bound.replay.slot);
    let fresh = desk.bound_answer(None);
    let outcome = desk
        .try_write(async |tx| tx.intake().keep(&[fresh.clone(), later], bound.replay.expires_at - TICK).await)
        .await;
    assert!(is_conflict(&outcome));
    let slots = [bound.replay.slot, fresh.replay.slot];
    assert_eq!(kept(desk, &slots, desk.now()).await, [bound]);
}

pub async fn a_slot_whose_answer_has_expired_is_taken_over(desk: &Desk<'_>) {
    let bound = desk.bound_answer(None);
    keep(desk, &bound).await;
    desk.advance(SignedDuration::from_hours(2));
    let next = in_slot(&desk.bound_answer(None), bound.replay.slot);
    keep(desk, &next).await;
    assert_eq!(kept(desk, &[bound.replay.slot], desk.now()).await, from_ref(&next));
    // What took over is as alive as any other.
    let third = in_slot(&desk.bound_answer(None), bound.replay.slot);
    assert!(is_conflict(&desk.try_write(async |tx| tx.intake().keep(&[third], desk.now()).await).await));
}

pub async fn a_slot_is_at_every_moment_either_answered_or_free(desk: &Desk<'_>) {
    for tick in [-1, 0, 1] {
        let bound = desk.bound_answer(None);
        keep(desk, &bound).await;
        let moment = bound.replay.expires_at + TICK * tick;
        let is_answered = !kept(desk, &[bound.replay.slot], moment).await.is_empty();
        let next = in_slot(&desk.bound_answer(None), bound.replay.slot);
        let outcome = desk.try_write(async |tx| tx.intake().keep(&[next], moment).await).await;
        assert_eq!(is_answered, is_conflict(&outcome), "{tick} ticks after it expires");
    }
}

pub async fn expired_answers_are_forgotten_in_portions(desk: &Desk<'_>) {
    let old: Vec<_> = (0..5).map(|_| desk.bound_answer(None)).collect();
    desk.write(async |tx| tx.intake().keep(&old, desk.now()).await).await;
    desk.advance(SignedDuration::from_mins(30));
    let young = desk.bound_answer(None);
    keep(desk, &young).await;
    assert_eq!(forget(desk, desk.now(), 9).await, 0, "nothing has expired yet");

    desk.advance(SignedDuration::from_mins(31));
    assert_eq!(forget(desk, desk.now(), 3).await, 3);
    assert_eq!(forget(desk, desk.now(), 3).await, 2);
    assert_eq!(forget(desk, desk.now(), 3).await, 0);
    assert_eq!(kept(desk, &[young.replay.slot], desk.now()).await, [young]);
    let begin = desk.now() - SignedDuration::from_hours(1);
    let slots: Vec<_> = old.iter().map(|bound| bound.replay.slot).collect();
    assert_eq!(kept(desk, &slots, begin).await, [], "they are gone, not just expired");
}

pub async fn every_outcome_of_a_call_can_be_recorded(desk: &Desk<'_>) {
    let rows: Vec<_> = IntakeOutcome::ALL.iter().map(|&outcome| row(desk, outcome)).collect();
    desk.write(async |tx| tx.intake().record(&rows).await).await;
}

pub async fn a_call_is_recorded_once(desk: &Desk<'_>) {
    let recorded = row(desk, IntakeOutcome::Ticketed);
    desk.write(async |tx| tx.intake().record(from_ref(&recorded)).await).await;
    let again = desk.try_write(async |tx| tx.intake().record(&[recorded]).await).await;
    assert!(is_conflict(&again));
}

fn row(desk: &Desk<'_>, outcome: IntakeOutcome) -> IntakeRow {
    IntakeRow {
        request_id: RequestId::from_uuid(desk.id()),
        bot_id: desk.bot.id,
        path: CallPath::Tickets,
        outcome,
        user_id: Some(UserId::from_uuid(desk.id())),
        ticket_id: Some(TicketId::from_uuid(desk.id())),
        users_made: 1,
        tickets_made: 1,
        notifications_made: 3,
        received_at: desk.now(),
    }
}

fn in_slot(bound: &BoundAnswer, slot: AnswerSlot) -> BoundAnswer {
    BoundAnswer { replay: Replay { slot, ..bound.replay }, answer: bound.answer.clone() }
}

async fn keep(desk: &Desk<'_>, bound: &BoundAnswer) {
    desk.write(async |tx| tx.intake().keep(from_ref(bound), desk.now()).await).await;
}

async fn kept(desk: &Desk<'_>, slots: &[AnswerSlot], now: Timestamp) -> Vec<BoundAnswer> {
    desk.read(async |tx| tx.intake().kept_answers(slots, now).await).await
}

async fn forget(desk: &Desk<'_>, now: Timestamp, limit: u16) -> usize {
    desk.write(async |tx| tx.intake().forget_expired(now, limit).await).await
}
