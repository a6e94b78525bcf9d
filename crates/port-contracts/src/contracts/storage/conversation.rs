//! What people and teams write to each other.

use std::slice::from_ref;

use application::ports::{Page, Whose};
use domain::{
    channel::{CHAT_CHANNEL_ID, ChannelKind, PERSON_CHANNEL_ID},
    conversation::{Author, ChatId, ConversationMessage, Echo, MessageKey, OwnReply, reply::LastHeard},
    identity::{CustomerId, EmailAddress, Identity},
    ids::{AgentId, BotId, MessageId, NotificationId, TicketId, uuid_of_moment},
    intake::NewIdentity,
    message::{Content, ReplyFacts},
    notification::{NewNotification, NotificationStatus, OutcomeKind, Purpose},
    ticket::{Chat, Reference, Ticket, TicketStatus},
    user::User,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    desk::{Desk, TICK},
    paging::assert_pages,
};

impl Desk<'_> {
    pub(super) fn chat(&self, customer: &str) -> ChatId {
        ChatId { bot: self.bot.id, customer: CustomerId::restore(customer.to_owned()) }
    }

    /// What a person wrote in a chat, not stored yet.
    pub(super) fn said(&self, chat: &ChatId, sent_at: Timestamp) -> ConversationMessage {
        ConversationMessage {
            id: MessageId::from_uuid(uuid_of_moment(sent_at, self.id())),
            key: MessageKey::restore(self.digest()),
            chat: Some(chat.clone()),
            ticket_id: None,
            author: Author::Person,
            agent_id: None,
            kind: "text".to_owned(),
            text: "שלום 👋🏽\nquote?".to_owned(),
            channel: Some("whatsapp".to_owned()),
            notification_id: None,
            sent_at,
        }
    }

    /// An agent's answer to a ticket in a chat and what delivers it, not stored yet.
    pub(super) fn answer(
        &self,
        ticket: &Ticket,
        chat: Option<&ChatId>,
    ) -> (ConversationMessage, NewNotification) {
        let over = if chat.is_some() { CHAT_CHANNEL_ID } else { PERSON_CHANNEL_ID };
        let planned = NewNotification { purpose: Purpose::Reply, ..self.alert(ticket, over, self.now()) };
        let message = ConversationMessage {
            chat: chat.cloned(),
            ticket_id: Some(ticket.id),
            author: Author::Agent,
            agent_id: Some(AgentId::from_uuid(self.id())),
            channel: None,
            notification_id: Some(planned.id),
            text: "¡Hola! ✅\n50 €".to_owned(),
            ..self.said(&self.chat("nobody"), self.now())
        };
        (message, planned)
    }

    pub(super) async fn record(&self, messages: &[ConversationMessage]) -> Vec<MessageId> {
        self.write(async |tx| tx.conversation().record(messages).await).await
    }

    async fn answered(&self, ticket: &Ticket, chat: &ChatId) -> ConversationMessage {
        let (message, planned) = self.answer(ticket, Some(chat));
        self.plan(from_ref(&planned)).await;
        assert_eq!(self.record(from_ref(&message)).await, [message.id]);
        message
    }

    async fn conversation(&self, whose: Whose) -> Vec<ConversationMessage> {
        self.read(async |tx| tx.conversation().page(whose, Page::first(100)).await).await
    }

    /// Stores a ticket in a chat that stands here.
    async fn ticket_in(&self, chat: &ChatId, status: TicketStatus) -> Ticket {
        self.write(async |tx| {
            let number = tx.tickets().take_numbers(1).await?;
            let chat = Chat { customer: Some(chat.customer.to_string()), uuid: None };
            let ticket = Ticket { status, chat, ..self.ticket(number, None) };
            tx.tickets().insert(from_ref(&ticket)).await?;
            Ok(ticket)
        })
        .await
    }
}

/// Field by field, as `Debug` says nothing of what is personal.
fn assert_same(found: &ConversationMessage, expected: &ConversationMessage) {
    assert_eq!((found.id, found.key, &found.chat), (expected.id, expected.key, &expected.chat));
    assert_eq!((found.ticket_id, found.author), (expected.ticket_id, expected.author));
    assert_eq!((found.agent_id, &found.kind), (expected.agent_id, &expected.kind));
    assert_eq!((&found.text, &found.channel), (&expected.text, &expected.channel));
    assert_eq!((found.notification_id, found.sent_at), (expected.notification_id, expected.sent_at));
}

pub async fn a_message_reads_back_as_it_was_written(desk: &Desk<'_>) {
    let ticket = desk.opened_ticket(None).await;
    let said = desk.said(&desk.chat("tg:7"), desk.after(-1));
    let bare = ConversationMessage {
        channel: None,
        text: String::new(),
        kind: "image".to_owned(),
        ..desk.said(&desk.chat("tg:7"), desk.after(-2))
    };
    let (by_mail, planned) = desk.answer(&ticket, None);
    desk.plan(&[planned]).await;
    let all = [said, bare, by_mail];
    assert_eq!(desk.record(&all).await.len(), 3);
    for message in all {
        let found = desk.read(async |tx| tx.conversation().by_key(message.key).await).await;
        assert_same(&found.expect("the message is known"), &message);
    }
    let unknown = MessageKey::restore(desk.digest());
    assert_eq!(desk.read(async |tx| tx.conversation().by_key(unknown).await).await, None);
}

pub async fn a_message_that_is_delivered_again_is_stored_once(desk: &Desk<'_>) {
    let chat = desk.chat("tg:42");
    let ticket = desk.ticket_in(&chat, TicketStatus::Open).await;
    let first = desk.said(&chat, desk.now());
    let again = ConversationMessage { key: first.key, ..desk.said(&chat, desk.after(1)) };
    let next = desk.said(&chat, desk.after(2));
    assert_eq!(desk.record(from_ref(&first)).await, [first.id]);
    assert_eq!(desk.record(&[again, next.clone()]).await, [next.id]);
    assert_eq!(desk.record(&[]).await, []);
    assert_eq!(desk.conversation(Whose::Ticket(ticket.id)).await, [next, first]);
}

pub async fn a_conversation_is_listed_by_when_its_messages_were_sent(desk: &Desk<'_>) {
    let chat = desk.chat("tg:42");
    let ticket = desk.ticket_in(&chat, TicketStatus::Open).await;
    let sent = |ticks: i32| desk.said(&chat, desk.now() + TICK * ticks);
    let [second, third, first] = [2, 3, 1].map(sent);
    desk.record(&[second.clone(), third.clone()]).await;
    desk.record(from_ref(&first)).await;
    desk.record(&[desk.said(&desk.chat("tg:43"), desk.now())]).await;
    let newest_first = [third.id, second.id, first.id].map(MessageId::as_uuid);
    assert_pages(&newest_first, async |page| {
        let whose = Whose::Ticket(ticket.id);
        let page = desk.read(async |tx| tx.conversation().page(whose, page).await).await;
        page.iter().map(|message| message.id.as_uuid()).collect()
    })
    .await;
}

pub async fn who_registers_later_has_the_conversation_of_its_chat(desk: &Desk<'_>) {
    let chat = desk.chat("tg:7");
    let before = desk.said(&chat, desk.now());
    desk.record(from_ref(&before)).await;
    let user = desk.registered().await;
    assert_eq!(desk.conversation(Whose::User(user.id)).await, []);
    let known =
        NewIdentity { identity: Identity::from(chat.clone()), user_id: user.id, created_at: desk.now() };
    desk.write(async |tx| tx.users().add_identities(&[known]).await).await;
    let elsewhere = ChatId { bot: BotId::from_uuid(desk.id()), ..chat };
    desk.record(&[desk.said(&elsewhere, desk.now())]).await;
    assert_eq!(desk.conversation(Whose::User(user.id)).await, [before]);
}

pub async fn a_conversation_has_replies_by_mail_too(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let ticket = desk.opened_ticket(Some(&user)).await;
    let other = desk.opened_ticket(None).await;
    let [mine, others] = [desk.answer(&ticket, None), desk.answer(&other, None)];
    desk.record(&[mine.0.clone(), others.0]).await;
    assert_eq!(desk.conversation(Whose::Ticket(ticket.id)).await, from_ref(&mine.0));
    assert_eq!(desk.conversation(Whose::User(user.id)).await, [mine.0]);
    assert_eq!(desk.conversation(Whose::Ticket(TicketId::from_uuid(desk.id()))).await, []);
}

pub async fn what_is_in_a_chat_and_on_a_ticket_is_listed_once(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let [known, ..] = desk.identities(&user);
    let Identity::Customer { customer, .. } = known.identity else { panic!("it is a customer") };
    let chat = desk.chat(customer.as_str());
    let number = desk.write(async |tx| tx.tickets().take_numbers(1).await).await;
    let in_chat = Chat { customer: Some(customer.to_string()), uuid: None };
    let ticket = Ticket { chat: in_chat, ..desk.ticket(number, Some(&user)) };
    desk.write(async |tx| tx.tickets().insert(from_ref(&ticket)).await).await;
    let reply = desk.answered(&ticket, &chat).await;
    for whose in [Whose::User(user.id), Whose::Ticket(ticket.id)] {
        assert_eq!(desk.conversation(whose).await, from_ref(&reply), "{whose:?}");
    }
}

pub async fn replies_to_a_chat_are_found_the_oldest_first(desk: &Desk<'_>) {
    let (chat, other) = (desk.chat("tg:42"), desk.chat("tg:43"));
    let ticket = desk.ticket_in(&chat, TicketStatus::Open).await;
    desk.record(&[desk.said(&chat, desk.now())]).await;
    let long_ago = desk.answered(&ticket, &chat).await;
    desk.advance(SignedDuration::from_secs(60));
    let first = desk.answered(&ticket, &chat).await;
    desk.answered(&ticket, &other).await;
    desk.advance(SignedDuration::from_secs(1));
    let second = desk.answered(&ticket, &chat).await;
    let found = async |since: Timestamp| {
        desk.read(async |tx| tx.conversation().own_replies(from_ref(&chat), since).await).await
    };
    let own = |message: &ConversationMessage, heard_as| OwnReply {
        id: message.id,
        chat: chat.clone(),
        notification_id: message.notification_id.expect("a reply is delivered"),
        text: message.text.clone(),
        heard_as,
    };
    assert_eq!(found(first.sent_at).await, [own(&first, None), own(&second, None)]);
    assert_eq!(found(long_ago.sent_at).await.len(), 3);
    let echo = echo_of(desk, &first);
    desk.write(async |tx| tx.conversation().note_heard(&[echo]).await).await;
    let heard = [own(&first, Some(echo.heard_as)), own(&second, None)];
    assert_eq!(found(first.sent_at).await, heard);
    assert_eq!(desk.read(async |tx| tx.conversation().own_replies(&[], first.sent_at).await).await, []);
}

fn echo_of(desk: &Desk<'_>, reply: &ConversationMessage) -> Echo {
    let notification_id = reply.notification_id.expect("a reply is delivered");
    Echo { id: reply.id, notification_id, heard_as: MessageKey::restore(desk.digest()) }
}

/// Those of `ids` that are confirmed.
async fn confirm(desk: &Desk<'_>, ids: &[NotificationId]) -> Vec<NotificationId> {
    desk.write(async |tx| tx.notifications().confirm(ids).await).await
}

async fn hear(desk: &Desk<'_>, reply: &ConversationMessage) -> NotificationId {
    let echo = echo_of(desk, reply);
    desk.write(async |tx| tx.conversation().note_heard(&[echo]).await).await;
    echo.notification_id
}

pub async fn a_reply_that_was_heard_is_sent_whatever_was_thought_of_it(desk: &Desk<'_>) {
    let (worker, chat) = (desk.worker(), desk.chat("tg:42"));
    let ticket = desk.ticket_in(&chat, TicketStatus::Open).await;
    let later = Some(desk.after(3_600));
    for (outcome, again) in
        [(OutcomeKind::Unknown, None), (OutcomeKind::Temporary, later), (OutcomeKind::Permanent, None)]
    {
        let reply = desk.answered(&ticket, &chat).await;
        let id = reply.notification_id.expect("a reply is delivered");
        desk.try_once(worker, id, outcome, again).await;
        assert_eq!(confirm(desk, &[id]).await, [], "nobody has heard it yet");
        hear(desk, &reply).await;
        assert_eq!(confirm(desk, &[id]).await, [id]);
        assert_eq!(desk.status(id).await, NotificationStatus::Sent);
        assert_eq!(confirm(desk, &[id]).await, [], "it is already");
        desk.advance(SignedDuration::from_hours(2));
        assert_eq!(desk.open(worker, &[id]).await, [], "nothing more is to be done");
    }
    assert_eq!(desk.loads().await, []);
    assert_eq!(confirm(desk, &[]).await, []);
}

pub async fn a_reply_that_is_being_sent_or_was_cancelled_is_not_confirmed(desk: &Desk<'_>) {
    let (worker, chat) = (desk.worker(), desk.chat("tg:42"));
    let ticket = desk.ticket_in(&chat, TicketStatus::Open).await;
    let sending = hear(desk, &desk.answered(&ticket, &chat).await).await;
    desk.open_one(worker, sending).await;
    let cancelled = hear(desk, &desk.answered(&ticket, &chat).await).await;
    assert!(desk.write(async |tx| tx.notifications().cancel(cancelled).await).await);
    assert_eq!(confirm(desk, &[sending, cancelled]).await, []);
    assert_eq!(desk.status(sending).await, NotificationStatus::Sending);
    assert_eq!(desk.status(cancelled).await, NotificationStatus::Cancelled);
    let handed_over = hear(desk, &desk.answered(&ticket, &chat).await).await;
    desk.claim(worker).await;
    assert_eq!(confirm(desk, &[handed_over]).await, [handed_over], "its try had not begun");
    assert_eq!(desk.status(handed_over).await, NotificationStatus::Sent);
    assert_eq!(desk.open(worker, &[handed_over]).await, []);
}

pub async fn what_a_person_wrote_last_is_known(desk: &Desk<'_>) {
    let chat = desk.chat("tg:42");
    let last = async || desk.read(async |tx| tx.conversation().last_heard(&chat).await).await;
    assert_eq!(last().await, None);
    let by_agent = ConversationMessage { author: Author::Agent, ..desk.said(&chat, desk.after(9)) };
    let elsewhere = desk.said(&desk.chat("tg:43"), desk.after(9));
    desk.record(&[by_agent, elsewhere]).await;
    assert_eq!(last().await, None);
    desk.record(&[desk.said(&chat, desk.after(2)), desk.said(&chat, desk.after(1))]).await;
    let expected = LastHeard { at: desk.after(2), channel: Some("whatsapp".to_owned()) };
    assert_eq!(last().await, Some(expected));
}

pub async fn tickets_of_a_chat_that_are_pending_or_resolved_wait_for_its_person(desk: &Desk<'_>) {
    let (chat, other) = (desk.chat("tg:7"), desk.chat("tg:8"));
    let mut tickets = Vec::new();
    for &status in TicketStatus::ALL {
        tickets.push(desk.ticket_in(&chat, status).await);
    }
    desk.ticket_in(&other, TicketStatus::Pending).await;
    let mut waiting = desk.write(async |tx| tx.conversation().hold_waiting(from_ref(&chat)).await).await;
    waiting.sort_unstable_by_key(|ticket| ticket.id);
    assert_eq!(waiting, tickets[1..3]);
    assert_eq!(desk.write(async |tx| tx.conversation().hold_waiting(&[]).await).await, []);
}

pub async fn a_ticket_is_held_by_its_reference(desk: &Desk<'_>) {
    let ticket = desk.ticket_in(&desk.chat("tg:7"), TicketStatus::Open).await;
    let hold = async |reference| desk.write(async |tx| tx.conversation().hold(reference).await).await;
    assert_eq!(hold(ticket.reference).await, Some(ticket));
    assert_eq!(hold(Reference::new(123_456_789)).await, None);
}

pub async fn a_reply_is_delivered_as_it_was_written(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let ticket = desk.opened_ticket(Some(&user)).await;
    let content = reply_to(desk, &ticket).await;
    let expected = ReplyFacts {
        ticket: ticket.id,
        reference: ticket.reference,
        chat: ticket.chat.clone(),
        email: user.email.as_ref().map(ToString::to_string),
        text: "¡Hola! ✅\n50 €".to_owned(),
        language: ticket.language.clone(),
    };
    let Content::Reply { reply, person } = content else { panic!("it is a reply") };
    assert!(*reply == expected, "{reply:?}");
    assert_eq!(person.map(|person| person.id), Some(user.id));
}

pub async fn a_reply_by_mail_goes_to_the_address_of_the_ticket_else_of_the_person(desk: &Desk<'_>) {
    let user = desk.registered().await;
    let number = desk.write(async |tx| tx.tickets().take_numbers(3).await).await;
    let own = user.email.as_ref().map(ToString::to_string);
    let other = EmailAddress::restore("other@example.com".to_owned());
    let nobody: Option<&User> = None;
    for (number, of, reply_to_address, expected) in [
        (number, Some(&user), Some(other), Some("other@example.com".to_owned())),
        (number + 1, Some(&user), None, own),
        (number + 2, nobody, None, None),
    ] {
        let ticket = Ticket { reply_to: reply_to_address, ..desk.ticket(number, of) };
        desk.write(async |tx| tx.tickets().insert(from_ref(&ticket)).await).await;
        let Content::Reply { reply, person } = reply_to(desk, &ticket).await else { panic!("it is a reply") };
        assert_eq!((reply.email, person.is_some()), (expected, of.is_some()));
    }
}

async fn reply_to(desk: &Desk<'_>, ticket: &Ticket) -> Content {
    let (message, planned) = desk.answer(ticket, Some(&desk.chat("tg:42")));
    desk.plan(from_ref(&planned)).await;
    desk.record(&[message]).await;
    let opened = desk.open_one(desk.worker(), planned.id).await;
    assert_eq!(opened.message.kind, ChannelKind::Landbot);
    opened.message.content
}
