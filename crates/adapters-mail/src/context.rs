//! What templates may say: plain facts under the names that templates use.

use domain::{
    message::{Person, TicketFacts},
    user::Origin,
};
use serde::Serialize;
use uuid::Uuid;

/// Where Landbot shows a chat (landbot.io's inbox).
const LANDBOT_CHATS: &str = "https://app.landbot.io/gui/chats_v4";

/// The facts of `welcome`.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Welcome<'a> {
    pub(crate) name: Option<&'a str>,
}

/// The facts of `ticket_opened`.
#[derive(Debug, Default, Serialize)]
pub(crate) struct TicketOpened<'a> {
    pub(crate) reference: String,
    pub(crate) topic: &'a str,
    pub(crate) topic_asked: Option<&'a str>,
    pub(crate) description: &'a str,
    pub(crate) person: Option<PersonFacts<'a>>,
    pub(crate) bot: &'a str,
    pub(crate) opened_at: String,
    pub(crate) chat_url: Option<String>,
    pub(crate) ticket_url: Option<String>,
    pub(crate) stands_in_for: Option<StandIn<'a>>,
}

/// A person, as a team reads it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct PersonFacts<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    pub(crate) phone: Option<&'a str>,
    pub(crate) origin: String,
}

/// The channel that mail stands in for.
#[derive(Debug, Serialize)]
pub(crate) struct StandIn<'a> {
    pub(crate) channel: &'a str,
    pub(crate) kind: &'static str,
}

impl<'a> Welcome<'a> {
    pub(crate) fn new(person: &'a Person) -> Self {
        Self { name: person.name.as_deref() }
    }
}

impl<'a> TicketOpened<'a> {
    pub(crate) fn new(
        ticket: &'a TicketFacts,
        person: Option<&'a Person>,
        public_url: Option<&str>,
        stands_in_for: Option<StandIn<'a>>,
    ) -> Self {
        Self {
            reference: ticket.reference.to_string(),
            topic: &ticket.topic,
            topic_asked: ticket.topic_asked.as_deref().filter(|asked| !asked.eq_ignore_ascii_case(&ticket.topic)),
            description: &ticket.description,
            person: person.map(PersonFacts::new),
            bot: &ticket.bot,
            opened_at: ticket.opened_at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            chat_url: chat_url(ticket),
            ticket_url: public_url.map(|url| format!("{url}/admin/tickets/{}", ticket.id)),
            stands_in_for,
        }
    }
}

impl<'a> PersonFacts<'a> {
    fn new(person: &'a Person) -> Self {
        Self {
            name: person.name.as_deref(),
            email: person.email.as_deref(),
            phone: person.phone.as_deref(),
            origin: origin(&person.origin),
        }
    }
}

/// A link is made of what the chat's page claims only if it is what Landbot gives out: a UUID.
fn chat_url(ticket: &TicketFacts) -> Option<String> {
    let uuid = ticket.chat.uuid.as_deref()?.parse::<Uuid>().ok()?;
    Some(format!("{LANDBOT_CHATS}/{uuid}"))
}

fn origin(origin: &Origin) -> String {
    let parts = [
        &origin.source,
        &origin.page,
        &origin.utm_source,
        &origin.utm_medium,
        &origin.utm_campaign,
        &origin.referrer,
    ];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" · ")
}
