//! Everything that storage can know of a person, left there and looked for.

use std::slice::from_ref;

use application::ports::{ClosedAttempt, Page, UserFilter};
use domain::{
    answer::Answer,
    conversation::ConversationMessage,
    identity::{CustomerId, EmailAddress, Identity, PhoneNumber},
    ids::{NotificationId, WorkerId},
    intake::{BoundAnswer, NewIdentity},
    notification::{NewNotification, OutcomeKind},
    ticket::{Chat, Ticket},
    user::{Consent, Origin, User},
};
use serde_json::json;

use super::{delivering::after, desk::Desk, samples::fields};

/// Every text of the person has it, in one case or another.
pub(super) const MARK: &str = "zzmarta";

/// The digits of the person's phone number, as they are dialled in its country.
pub(super) const PHONE: &str = "600987654";

/// Everything that storage can know of a person.
pub(super) struct Traces {
    pub(super) user: User,
    pub(super) ticket: Ticket,
    pub(super) answers: [BoundAnswer; 2],
    /// Its attempt is closed.
    pub(super) welcomed: NotificationId,
    /// Claimed, and due.
    pub(super) waiting: NotificationId,
    /// Its attempt is open.
    pub(super) sending: NotificationId,
    /// What the person wrote, and what it was answered.
    pub(super) messages: [ConversationMessage; 2],
}

/// Leaves all of it, by the hands of `worker`.
pub(super) async fn leave_traces(desk: &Desk<'_>, worker: WorkerId) -> Traces {
    let user = marta(desk);
    let ticket = marked_ticket(desk, &user).await;
    let bound = || {
        let bound = desk.bound_answer(Some(&user));
        BoundAnswer { answer: Answer { name: user.name.clone(), ..bound.answer }, ..bound }
    };
    let answers = [bound(), bound()];
    let alert = |over| desk.alert(&ticket, over, desk.now());
    let [slack, team] = [desk.channel("sales-slack").await.id, desk.channel("team-email").await.id];
    let (messages, reply) = conversation(desk, &ticket);
    let planned = [desk.welcome(user.id, desk.now()), alert(slack), alert(team)];
    desk.write(async |tx| {
        tx.users().insert(from_ref(&user)).await?;
        tx.users().add_identities(&identities(desk, &user)).await?;
        tx.tickets().insert(from_ref(&ticket)).await?;
        tx.notifications().insert(&planned).await?;
        tx.notifications().insert(&[reply]).await?;
        tx.conversation().record(&messages).await?;
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
    Traces { user, ticket, answers, welcomed, waiting, sending, messages }
}

/// A message of the person, and an answer by mail.
fn conversation(desk: &Desk<'_>, ticket: &Ticket) -> ([ConversationMessage; 2], NewNotification) {
    let chat = desk.chat(&format!("tg:{MARK}"));
    let said = ConversationMessage { text: format!("I am {MARK}"), ..desk.said(&chat, desk.now()) };
    let (answer, planned) = desk.answer(ticket, None);
    ([said, ConversationMessage { text: format!("Hello {MARK}"), ..answer }], planned)
}

pub(super) fn marta(desk: &Desk<'_>) -> User {
    let mark = |what: &str| Some(format!("{what} {MARK}"));
    let origin = Origin {
        source: mark("source"),
        page: mark("page"),
        utm_campaign: mark("campaign"),
        ..Origin::default()
    };
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

pub(super) fn identities(desk: &Desk<'_>, user: &User) -> [NewIdentity; 3] {
    let customer = CustomerId::restore(format!("tg:{MARK}"));
    let [_, email, phone] = desk.identities(user);
    [
        NewIdentity { identity: Identity::Customer { bot: desk.bot.id, customer }, ..email.clone() },
        email,
        phone,
    ]
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

/// Every text that the repositories give, in lower case.
pub(super) async fn readable(desk: &Desk<'_>, traces: &Traces) -> String {
    let mut texts = readable_of_people(desk, traces).await;
    texts.extend(readable_of_notifications(desk, traces).await);
    texts.join("\n").to_lowercase()
}

async fn readable_of_people(desk: &Desk<'_>, traces: &Traces) -> Vec<String> {
    let named = identities(desk, &traces.user).map(|new| new.identity);
    let slots = traces.answers.clone().map(|bound| bound.replay.slot);
    desk.read(async |tx| {
        let mut texts = Vec::new();
        for user in tx
            .users()
            .page(&UserFilter::default(), Page::first(100))
            .await?
            .into_iter()
            .chain(tx.users().find(traces.user.id).await?)
        {
            let contact =
                (user.name, user.email.map(|it| it.to_string()), user.phone.map(|it| it.to_string()));
            texts.push(format!("{contact:?} {:?} {:?}", user.first_origin, user.last_origin));
            texts.push(format!("{:?} {:?}", user.consent, user.fields));
        }
        let known =
            tx.users().by_identities(&named).await?.identities.into_iter().map(|(identity, _)| identity);
        let of_user = tx.users().identities_of(traces.user.id).await?.into_iter().map(|new| new.identity);
        texts.extend(known.chain(of_user).map(|identity| identity.value()));
        let of_user = tx.tickets().of_user(traces.user.id, Page::first(100)).await?;
        for ticket in of_user.into_iter().chain(tx.tickets().by_reference(traces.ticket.reference).await?) {
            let reply_to = ticket.reply_to.map(|it| it.to_string());
            texts.push(format!("{:?} {} {:?}", ticket.topic_asked, ticket.description, ticket.chat));
            texts.push(format!("{reply_to:?} {:?}", ticket.fields));
        }
        for key in traces.messages.clone().map(|message| message.key) {
            let message = tx.conversation().by_key(key).await?;
            texts.extend(message.map(|message| {
                format!("{:?} {}", message.chat.map(|it| it.customer.to_string()), message.text)
            }));
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
            texts.push(format!(
                "{} {} {}",
                mail.recipient,
                mail.subject,
                String::from_utf8_lossy(&mail.message)
            ));
        }
        Ok(texts)
    })
    .await
}
