//! Erasing a user, with everything personal that hangs on it.

use std::slice::from_ref;

use application::ports::{ClosedAttempt, ErasureReceipt, HeldStatus, NotificationFilter, Page, QuarantineFilter};
use domain::{
    answer::Answer,
    bot_call::RefusalCode,
    channel::PERSON_CHANNEL_ID,
    identity::{CustomerId, EmailAddress, Identity, IdentityKind, PhoneNumber},
    ids::{NotificationId, RequestId, UserId},
    intake::{BoundAnswer, CallPath, IdentityClash, NewIdentity, QuarantineReason, Quarantined, RawCall},
    notification::OutcomeKind,
    ticket::{Chat, Ticket},
    user::{Consent, Origin, User},
};
use serde_json::json;

use super::{delivering::after, desk::Desk, samples::fields};

/// Every text of the person has it, in one case or another.
const MARK: &str = "zzmarta";

/// The digits of the person's phone number, as they are dialled in its country.
const PHONE: &str = "600987654";

/// Everything that storage can know of a person.
struct Traces {
    user: User,
    ticket: Ticket,
    answers: [BoundAnswer; 2],
    /// Its attempt is closed.
    welcomed: NotificationId,
    /// Claimed, and due.
    waiting: NotificationId,
    /// Its attempt is open.
    sending: NotificationId,
}

/// Leaves all of it, by the hands of `worker`.
async fn leave_traces(desk: &Desk<'_>, worker: domain::ids::WorkerId) -> Traces {
    let user = marta(desk);
    let ticket = marked_ticket(desk, &user).await;
    let bound = || {
        let bound = desk.bound_answer(Some(&user));
        BoundAnswer { answer: Answer { name: user.name.clone(), ..bound.answer }, ..bound }
    };
    let answers = [bound(), bound()];
    let alert = |over| desk.alert(&ticket, over, desk.now());
    let [slack, team] = [desk.channel("sales-slack").await.id, desk.channel("team-email").await.id];
    let planned = [desk.welcome(user.id, desk.now()), alert(slack), alert(team)];
    desk.write(async |tx| {
        tx.users().insert(from_ref(&user)).await?;
        tx.users().add_identities(&identities(desk, &user)).await?;
        tx.tickets().insert(from_ref(&ticket)).await?;
        tx.notifications().insert(&planned).await?;
        tx.intake().keep(&answers, desk.now()).await?;
        tx.captured_mails().capture(&desk.mail(planned[0].id, "ZZMarta@example.com")).await
    })
    .await;
    desk.claim(worker).await;
    let [welcomed, sending, waiting] = planned.map(|planned| planned.id);
    desk.open(worker, &[welcomed, sending]).await;
    let rejected = format!("550 <{MARK}@example.com> is not known here");
    let next = after(OutcomeKind::Permanent, None);
    let ended = desk.ended(worker, welcomed, 1, OutcomeKind::Permanent, next);
    desk.close(&[ClosedAttempt { answer: Some(rejected), ..ended }]).await;
    Traces { user, ticket, answers, welcomed, waiting, sending }
}

fn marta(desk: &Desk<'_>) -> User {
    let mark = |what: &str| Some(format!("{what} {MARK}"));
    let origin = Origin { source: mark("source"), page: mark("page"), utm_campaign: mark("campaign"), ..Origin::default() };
    User {
        name: Some("ZZMarta Gómez".to_owned()),
        email: Some(EmailAddress::restore(format!("{MARK}@example.com"))),
        phone: Some(PhoneNumber::restore(format!("+34{PHONE}"))),
        first_origin: origin.clone(),
        last_origin: origin,
        consent: Some(Consent { given: true, text: mark("consent"), at: desk.now() }),
        fields: fields(json!({ "company": "ZZMarta & Co" })),
        ..desk.person()
    }
}

fn identities(desk: &Desk<'_>, user: &User) -> [NewIdentity; 3] {
    let customer = CustomerId::restore(format!("tg:{MARK}"));
    let [_, email, phone] = desk.identities(user);
    [NewIdentity { identity: Identity::Customer { bot: desk.bot.id, customer }, ..email.clone() }, email, phone]
}

async fn marked_ticket(desk: &Desk<'_>, user: &User) -> Ticket {
    let number = desk.write(async |tx| tx.tickets().take_numbers(1).await).await;
    Ticket {
        topic_asked: Some(format!("the topic of {MARK}")),
        description: "call me, ZZMarta".to_owned(),
        chat: Chat { customer: Some(format!("tg:{MARK}")), uuid: Some(format!("chat-{MARK}")) },
        reply_to: user.email.clone(),
        fields: fields(json!({ "street": "ZZMarta road" })),
        ..desk.ticket(number, Some(user))
    }
}

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
    assert_eq!((bare.id, bare.topic, bare.status), (traces.ticket.id, traces.ticket.topic, traces.ticket.status));
    assert_eq!(bare.created_at, traces.ticket.created_at);
}

/// Every text that the repositories give, in lower case.
async fn readable(desk: &Desk<'_>, traces: &Traces) -> String {
    let mut texts = readable_of_people(desk, traces).await;
    texts.extend(readable_of_notifications(desk, traces).await);
    texts.join("\n").to_lowercase()
}

async fn readable_of_people(desk: &Desk<'_>, traces: &Traces) -> Vec<String> {
    let named = identities(desk, &traces.user).map(|new| new.identity);
    let slots = traces.answers.clone().map(|bound| bound.replay.slot);
    desk.read(async |tx| {
        let mut texts = Vec::new();
        for user in tx.users().page(Page::first(100)).await?.into_iter().chain(tx.users().find(traces.user.id).await?) {
            let contact = (user.name, user.email.map(|it| it.to_string()), user.phone.map(|it| it.to_string()));
            texts.push(format!("{contact:?} {:?} {:?}", user.first_origin, user.last_origin));
            texts.push(format!("{:?} {:?}", user.consent, user.fields));
        }
        let known = tx.users().by_identities(&named).await?.identities.into_iter().map(|(identity, _)| identity);
        let of_user = tx.users().identities_of(traces.user.id).await?.into_iter().map(|new| new.identity);
        texts.extend(known.chain(of_user).map(|identity| identity.value()));
        let of_user = tx.tickets().of_user(traces.user.id, Page::first(100)).await?;
        for ticket in of_user.into_iter().chain(tx.tickets().by_reference(traces.ticket.reference).await?) {
            let reply_to = ticket.reply_to.map(|it| it.to_string());
            texts.push(format!("{:?} {} {:?}", ticket.topic_asked, ticket.description, ticket.chat));
            texts.push(format!("{reply_to:?} {:?}", ticket.fields));
        }
        let answers = tx.intake().kept_answers(&slots, desk.now()).await?;
        texts.extend(answers.into_iter().map(|bound| format!("{:?}", bound.answer.name)));
        Ok(texts)
    })
    .await
}

async fn readable_of_notifications(desk: &Desk<'_>, traces: &Traces) -> Vec<String> {
    desk.read(async |tx| {
        let mut texts = Vec::new();
        for id in [traces.welcomed, traces.waiting, traces.sending] {
            texts.push(format!("{:?}", tx.notifications().attempts(id).await?));
        }
        for mail in tx.captured_mails().page(Page::first(100)).await? {
            texts.push(format!("{} {} {}", mail.recipient, mail.subject, String::from_utf8_lossy(&mail.message)));
        }
        Ok(texts)
    })
    .await
}

pub async fn the_receipt_says_what_was_deleted(desk: &Desk<'_>) {
    let traces = leave_traces(desk, desk.worker()).await;
    let expected =
        ErasureReceipt { identities: 3, tickets: 1, notifications: 3, captured_mails: 1, answers: 2, quarantined: 0 };
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
    let calls = [
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
    assert_eq!(left, [calls[5].request_id]);
    assert_eq!(receipt.quarantined, 5);
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
        assert_eq!(tx.users().page(Page::first(9)).await?, from_ref(&other));
        assert_eq!(tx.users().identities_of(other.id).await?.len(), 3);
        assert_eq!(tx.tickets().by_reference(ticket.reference).await?, Some(ticket));
        assert_eq!(tx.notifications().page(NotificationFilter::default(), Page::first(9)).await?.len(), planned.len());
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
