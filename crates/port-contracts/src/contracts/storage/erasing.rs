//! Erasing a user, with everything personal that hangs on it.

use std::slice::from_ref;

use application::ports::{
    ErasureReceipt, HeldStatus, NotificationFilter, Page, QuarantineFilter, UserFilter,
};
use domain::{
    bot_call::RefusalCode,
    channel::PERSON_CHANNEL_ID,
    identity::IdentityKind,
    ids::{RequestId, UserId},
    intake::{CallPath, IdentityClash, QuarantineReason, Quarantined, RawCall},
    notification::OutcomeKind,
    user::User,
};

use super::{
    delivering::after,
    desk::Desk,
    traces::{MARK, PHONE, identities, leave_traces, marta, readable},
};

fn held(desk: &Desk<'_>, query: &str, body: &str) -> Quarantined {
    Quarantined {
        request_id: RequestId::from_uuid(desk.id()),
        bot_id: desk.bot.id,
        path: CallPath::Tickets,
        reason: QuarantineReason { code: RefusalCode::DescriptionMissing, field: None },
        raw: RawCall { query: query.to_owned(), body: body.as_bytes().to_vec() },
        received_at: desk.now(),
    }
}

pub async fn erasing_a_user_leaves_nothing_personal(desk: &Desk<'_>) {
    let traces = leave_traces(desk, desk.worker()).await;
    let before = readable(desk, &traces).await;
    assert!(before.matches(MARK).count() > 15, "the search finds what is there:\n{before}");
    erase(desk, traces.user.id).await.expect("the user was known");
    let after = readable(desk, &traces).await;
    for personal in [MARK, PHONE] {
        assert!(!after.contains(personal), "{personal} is left in\n{after}");
    }
    let bare = desk.read(async |tx| tx.tickets().by_reference(traces.ticket.reference).await).await;
    let bare = bare.expect("the bare ticket stays");
    assert_eq!(
        (bare.id, bare.topic, bare.status),
        (traces.ticket.id, traces.ticket.topic, traces.ticket.status)
    );
    assert_eq!(bare.created_at, traces.ticket.created_at);
}

pub async fn the_receipt_says_what_was_deleted(desk: &Desk<'_>) {
    let traces = leave_traces(desk, desk.worker()).await;
    let expected = ErasureReceipt {
        identities: 3,
        tickets: 1,
        notifications: 4,
        captured_mails: 1,
        answers: 2,
        quarantined: 0,
        messages: 2,
    };
    assert_eq!(erase(desk, traces.user.id).await, Some(expected));
    assert_eq!(erase(desk, traces.user.id).await, None, "it is gone");
    for id in [traces.welcomed, traces.waiting, traces.sending] {
        assert_eq!(desk.read(async |tx| tx.notifications().find(id).await).await, None);
    }
    let stranger = desk.stranger();
    desk.write(async |tx| tx.users().insert(from_ref(&stranger)).await).await;
    assert_eq!(erase(desk, stranger.id).await, Some(ErasureReceipt::default()));
}

pub async fn erasing_takes_calls_from_quarantine_that_name_the_user(desk: &Desk<'_>) {
    let user = marta(desk);
    let delivered = r#"{"messages": [{"type": "?", "customer": {"id": "tg:zzmarta"}}]}"#;
    let calls = [
        Quarantined { path: CallPath::Messages, ..held(desk, "", delivered) },
        held(desk, "", r#"{"email": "ZZMarta@Example.com"}"#),
        held(desk, "name=M&email=zzmarta%40example.com", ""),
        held(desk, "", "phone=%2B34+600+98-76-54"),
        held(desk, "", r#"{"customer": {"id": "tg:zzmarta"}}"#),
        held(desk, "", r#"{"phone": "600 987 654"}"#),
        held(desk, "", r#"{"email": "xzzmarta@example.com", "phone": "+34600987655", "customer_id": "42"}"#),
    ];
    desk.write(async |tx| {
        tx.users().insert(from_ref(&user)).await?;
        tx.users().add_identities(&identities(desk, &user)).await?;
        tx.quarantine().hold(&calls).await?;
        tx.quarantine().close(calls[0].request_id, HeldStatus::Discarded, desk.now()).await
    })
    .await;
    let receipt = erase(desk, user.id).await.expect("the user was known");
    let everything = QuarantineFilter { bot_id: None, with_closed: true };
    let left = desk.read(async |tx| tx.quarantine().page(everything, Page::first(9)).await).await;
    let left: Vec<_> = left.iter().map(|held| held.call.request_id).collect();
    assert_eq!(left, [calls[6].request_id]);
    assert_eq!(receipt.quarantined, 6);
}

pub async fn erasing_one_user_leaves_the_others_alone(desk: &Desk<'_>) {
    let worker = desk.worker();
    let other = desk.registered().await;
    let ticket = desk.opened_ticket(Some(&other)).await;
    let bound = desk.bound_answer(Some(&other));
    let planned = [desk.welcome(other.id, desk.now()), desk.alert(&ticket, PERSON_CHANNEL_ID, desk.now())];
    let mail = desk.mail(planned[0].id, "other@example.com");
    desk.plan(&planned).await;
    desk.write(async |tx| {
        tx.intake().keep(from_ref(&bound), desk.now()).await?;
        tx.captured_mails().capture(&mail).await
    })
    .await;
    let traces = leave_traces(desk, worker).await;
    erase(desk, traces.user.id).await;

    desk.read(async |tx| {
        assert_eq!(tx.users().page(&UserFilter::default(), Page::first(9)).await?, from_ref(&other));
        assert_eq!(tx.users().identities_of(other.id).await?.len(), 3);
        assert_eq!(tx.tickets().by_reference(ticket.reference).await?, Some(ticket));
        assert_eq!(
            tx.notifications().page(NotificationFilter::default(), Page::first(9)).await?.len(),
            planned.len()
        );
        assert_eq!(tx.intake().kept_answers(&[bound.replay.slot], desk.now()).await?, [bound]);
        assert_eq!(tx.captured_mails().page(Page::first(9)).await?, [mail]);
        Ok(())
    })
    .await;
    let opened = desk.open(worker, &planned.map(|planned| planned.id)).await;
    assert_eq!(opened.len(), 2);
}

pub async fn an_erased_user_is_never_written_to(desk: &Desk<'_>) {
    let worker = desk.worker();
    let traces = leave_traces(desk, worker).await;
    erase(desk, traces.user.id).await;
    assert_eq!(desk.open(worker, &[traces.waiting]).await, []);
    // The attempt that was open ends in nothing, whatever came of it.
    let next = after(OutcomeKind::Temporary, Some(desk.now()));
    desk.close(&[desk.ended(worker, traces.sending, 1, OutcomeKind::Temporary, next)]).await;
    assert_eq!(desk.loads().await, []);
    assert_eq!(desk.read(async |tx| tx.deliveries().abandoned(&[worker]).await).await, []);
}

pub async fn an_erased_persons_identities_are_free_again(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let other = UserId::from_uuid(desk.id());
    let clash = IdentityClash {
        request_id: RequestId::from_uuid(desk.id()),
        user_id: other,
        other_user_id: user.id,
        kind: IdentityKind::Phone,
        at: desk.now(),
    };
    desk.write(async |tx| tx.timeline().record_clashes(&[clash]).await).await;
    erase(desk, user.id).await;
    assert_eq!(desk.read(async |tx| tx.timeline().clashes_of(user.id).await).await, []);
    let newcomer = User { id: UserId::from_uuid(desk.id()), ..user };
    desk.write(async |tx| {
        tx.users().insert(from_ref(&newcomer)).await?;
        tx.users().add_identities(&desk.identities(&newcomer)).await
    })
    .await;
}

async fn erase(desk: &Desk<'_>, id: UserId) -> Option<ErasureReceipt> {
    desk.write(async |tx| tx.users().erase(id, desk.now()).await).await
}
