//! What templates may say: plain facts under the names that templates use. The front page of the crate lists them.

use domain::message::{ChatUpdateFacts, Message, Person, ReplyFacts, TicketFacts};
use serde::Serialize;

/// The facts of `welcome`.
#[derive(Serialize)]
pub(crate) struct Welcome<'a> {
    name: Option<&'a str>,
    sender: &'a str,
}

/// The facts of `reply`.
#[derive(Serialize)]
pub(crate) struct Reply<'a> {
    name: Option<&'a str>,
    reference: String,
    text: &'a str,
    sender: &'a str,
}

impl<'a> Reply<'a> {
    pub(crate) fn new(reply: &'a ReplyFacts, person: Option<&'a Person>, sender: &'a str) -> Self {
        let name = person.and_then(name_to_greet_by);
        Self { name, reference: reply.reference.to_string(), text: &reply.text, sender }
    }

    /// To somebody with and to somebody without a name.
    pub(crate) fn samples() -> [Reply<'static>; 2] {
        [Some("Ana"), None].map(|name| Reply {
            name,
            reference: "T-000042".to_owned(),
            text: "It is 50 € a month.\n\nShall we begin?",
            sender: "Frontdesk",
        })
    }
}

/// The facts of `chat_fields` and `chat_resumed`: only mail that stands in for a chat says them.
#[derive(Serialize)]
pub(crate) struct ChatUpdate<'a> {
    reference: String,
    fields: Vec<FieldFacts<'a>>,
    resume_at: Option<String>,
    pub(crate) stands_in_for: Option<StandIn<'a>>,
    sender: &'a str,
}

/// A field, and what is written into it.
#[derive(Serialize)]
struct FieldFacts<'a> {
    name: &'a str,
    value: &'a str,
}

impl<'a> ChatUpdate<'a> {
    pub(crate) fn new(update: &'a ChatUpdateFacts, sender: &'a str) -> Self {
        let written = update.writes.iter();
        Self {
            reference: update.reference.to_string(),
            fields: written.map(|(name, value)| FieldFacts { name: name.as_str(), value }).collect(),
            resume_at: update.resume_at.as_ref().map(ToString::to_string),
            stands_in_for: None,
            sender,
        }
    }

    /// With and without each part.
    pub(crate) fn samples() -> [ChatUpdate<'static>; 2] {
        let stands_in_for = StandIn { channel: "person-chat", kind: "landbot" };
        let fields = vec![FieldFacts { name: "ticket_ref", value: "T-000042" }];
        [(fields, None, None), (Vec::new(), Some("1010178/Nkqgn6xkf".to_owned()), Some(stands_in_for))].map(
            |(fields, resume_at, stands_in_for)| ChatUpdate {
                reference: "T-000042".to_owned(),
                fields,
                resume_at,
                stands_in_for,
                sender: "Frontdesk",
            },
        )
    }
}

/// The facts of `ticket_opened`.
#[derive(Serialize)]
pub(crate) struct TicketOpened<'a> {
    reference: String,
    topic: &'a str,
    topic_asked: Option<&'a str>,
    description: &'a str,
    bot: &'a str,
    opened_at: String,
    chat_url: Option<String>,
    pub(crate) ticket_url: Option<String>,
    person: Option<PersonFacts<'a>>,
    pub(crate) reply_reaches_person: bool,
    pub(crate) stands_in_for: Option<StandIn<'a>>,
    sender: &'a str,
}

/// A person, as a team reads it.
#[derive(Default, Serialize)]
struct PersonFacts<'a> {
    name: Option<&'a str>,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    source: Option<&'a str>,
    page: Option<&'a str>,
    referrer: Option<&'a str>,
    campaign: Option<String>,
}

/// The channel that mail stands in for.
#[derive(Serialize)]
pub(crate) struct StandIn<'a> {
    channel: &'a str,
    kind: &'static str,
}

impl<'a> Welcome<'a> {
    pub(crate) fn new(person: &'a Person, sender: &'a str) -> Self {
        Self { name: name_to_greet_by(person), sender }
    }

    /// One with and one without everything that may be unknown.
    pub(crate) const fn samples() -> [Welcome<'static>; 2] {
        [Welcome { name: Some("Ana"), sender: "Frontdesk" }, Welcome { name: None, sender: "Frontdesk" }]
    }
}

/// The name of a person in mails to that person. Anybody can enter anybody's address, and a name with a link in it would
/// make our greeting their advertisement.
pub(crate) fn name_to_greet_by(person: &Person) -> Option<&str> {
    let has_link = |name: &str| name.contains("://") || name.to_lowercase().contains("www.");
    person.name.as_deref().filter(|name| !has_link(name))
}

impl<'a> TicketOpened<'a> {
    /// Without a link to the ticket, for the channel that was meant, and with answers that do not reach the person.
    pub(crate) fn new(ticket: &'a TicketFacts, person: Option<&'a Person>, sender: &'a str) -> Self {
        Self {
            reference: ticket.reference.to_string(),
            topic: &ticket.topic,
            topic_asked: ticket.topic_asked.as_deref(),
            description: &ticket.description,
            bot: &ticket.bot,
            opened_at: ticket.opened_at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            chat_url: ticket.chat.inbox_url(),
            ticket_url: None,
            person: person.map(PersonFacts::new),
            reply_reaches_person: false,
            stands_in_for: None,
            sender,
        }
    }

    /// With everything, with a person of whom nothing is known, and without anybody.
    pub(crate) fn samples() -> [TicketOpened<'static>; 3] {
        let nobodys = || TicketOpened {
            reference: "T-000042".to_owned(),
            topic: "Sales",
            topic_asked: None,
            description: "How much is it?\nAnd when?",
            bot: "lead bot",
            opened_at: "2026-01-01 12:00 UTC".to_owned(),
            chat_url: None,
            ticket_url: None,
            person: None,
            reply_reaches_person: false,
            stands_in_for: None,
            sender: "Frontdesk",
        };
        let whole = TicketOpened {
            topic_asked: Some("prices"),
            chat_url: Some("https://app.landbot.io/gui/chats_v4/1".to_owned()),
            ticket_url: Some("https://desk.example.com/admin/tickets/1".to_owned()),
            person: Some(PersonFacts::sample()),
            reply_reaches_person: true,
            stands_in_for: Some(StandIn { channel: "sales", kind: "slack" }),
            ..nobodys()
        };
        [whole, TicketOpened { person: Some(PersonFacts::default()), ..nobodys() }, nobodys()]
    }
}

impl<'a> PersonFacts<'a> {
    fn new(person: &'a Person) -> Self {
        Self {
            name: person.name.as_deref(),
            email: person.email.as_deref(),
            phone: person.phone.as_deref(),
            source: person.origin.source.as_deref(),
            page: person.origin.page.as_deref(),
            referrer: person.origin.referrer.as_deref(),
            campaign: person.origin.campaign(),
        }
    }

    fn sample() -> Self {
        Self {
            name: Some("Ana"),
            email: Some("ana@example.com"),
            phone: Some("+34600111222"),
            source: Some("landing"),
            page: Some("https://example.com/prices"),
            referrer: Some("https://search.example"),
            campaign: Some("newsletter / mail / spring".to_owned()),
        }
    }
}

impl<'a> StandIn<'a> {
    pub(crate) fn new(message: &'a Message) -> Self {
        Self { channel: &message.channel, kind: message.kind.as_str() }
    }
}
