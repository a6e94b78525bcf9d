//! What a webhook says: an event as JSON. docs/operations.md describes it to those who receive it; fields are added, and
//! never renamed or taken away without another [`VERSION`].

use domain::{
    ids::{TicketId, UserId},
    message::{Content, DigestFacts, Message, Person, TicketFacts},
    reminder::WaitingTicket,
    ticket::TicketStatus,
};
use jiff::Timestamp;
use serde::Serialize;

/// The version of the shape of every event.
const VERSION: u8 = 1;

const WRITABLE: &str = "an event has text keys and finite numbers";

/// Something that happened.
#[derive(Serialize)]
pub(super) struct Event<'a> {
    #[serde(rename = "type")]
    name: &'static str,
    version: u8,
    /// When the ticket was opened; of a reminder, when it was due.
    timestamp: Timestamp,
    /// Whether an earlier attempt may have arrived.
    possible_duplicate: bool,
    data: Data<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    Ticket(Box<TicketNews<'a>>),
    Backlog(Backlog<'a>),
}

#[derive(Serialize)]
struct TicketNews<'a> {
    ticket: Ticket<'a>,
    /// Whose it is; null if nobody's.
    user: Option<User<'a>>,
}

#[derive(Serialize)]
struct Ticket<'a> {
    id: TicketId,
    reference: String,
    topic: &'a str,
    topic_asked: Option<&'a str>,
    description: &'a str,
    bot: &'a str,
    opened_at: Timestamp,
    url: Option<String>,
    chat_url: Option<String>,
}

#[derive(Serialize)]
struct User<'a> {
    id: UserId,
    name: Option<&'a str>,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    language: &'a str,
    origin: Origin<'a>,
}

#[derive(Serialize)]
struct Origin<'a> {
    source: Option<&'a str>,
    page: Option<&'a str>,
    referrer: Option<&'a str>,
    utm_source: Option<&'a str>,
    utm_medium: Option<&'a str>,
    utm_campaign: Option<&'a str>,
}

#[derive(Serialize)]
struct Backlog<'a> {
    topic: &'a str,
    open: u64,
    pending: u64,
    oldest: Vec<Waiting>,
    url: Option<String>,
}

#[derive(Serialize)]
struct Waiting {
    id: TicketId,
    reference: String,
    status: TicketStatus,
    opened_at: Timestamp,
    url: Option<String>,
}

impl<'a> Event<'a> {
    /// The event that a message tells of; none if it is for a person, and nobody else's business. Links need the
    /// `public_url` of this server.
    pub(super) fn of(message: &'a Message, public_url: Option<&str>) -> Option<Self> {
        let (name, timestamp, data) = match &message.content {
            Content::TicketOpened { ticket, person } => {
                ("ticket.opened", ticket.opened_at, Data::ticket(ticket, person.as_ref(), public_url))
            }
            Content::Escalation { ticket, person } => {
                ("ticket.escalated", message.due_at, Data::ticket(ticket, person.as_ref(), public_url))
            }
            Content::Digest { digest } => {
                ("tickets.digest", message.due_at, Data::Backlog(Backlog::new(digest, public_url)))
            }
            Content::Welcome { .. } | Content::Reply { .. } | Content::ChatUpdate { .. } => return None,
        };
        let possible_duplicate = message.possible_duplicate;
        Some(Self { name, version: VERSION, timestamp, possible_duplicate, data })
    }

    /// The body of the request.
    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect(WRITABLE)
    }

    /// The same for people.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).expect(WRITABLE)
    }
}

impl<'a> Data<'a> {
    fn ticket(ticket: &'a TicketFacts, person: Option<&'a Person>, public_url: Option<&str>) -> Self {
        let (ticket, user) = (Ticket::new(ticket, public_url), person.map(User::new));
        Self::Ticket(Box::new(TicketNews { ticket, user }))
    }
}

impl<'a> Ticket<'a> {
    fn new(ticket: &'a TicketFacts, public_url: Option<&str>) -> Self {
        Self {
            id: ticket.id,
            reference: ticket.reference.to_string(),
            topic: &ticket.topic,
            topic_asked: ticket.topic_asked.as_deref(),
            description: &ticket.description,
            bot: &ticket.bot,
            opened_at: ticket.opened_at,
            url: ticket_url(ticket.id, public_url),
            chat_url: ticket.chat.inbox_url(),
        }
    }
}

impl<'a> User<'a> {
    fn new(person: &'a Person) -> Self {
        let origin = &person.origin;
        Self {
            id: person.id,
            name: person.name.as_deref(),
            email: person.email.as_deref(),
            phone: person.phone.as_deref(),
            language: person.language.as_str(),
            origin: Origin {
                source: origin.source.as_deref(),
                page: origin.page.as_deref(),
                referrer: origin.referrer.as_deref(),
                utm_source: origin.utm_source.as_deref(),
                utm_medium: origin.utm_medium.as_deref(),
                utm_campaign: origin.utm_campaign.as_deref(),
            },
        }
    }
}

impl<'a> Backlog<'a> {
    fn new(digest: &'a DigestFacts, public_url: Option<&str>) -> Self {
        let backlog = &digest.backlog;
        Self {
            topic: &digest.topic,
            open: backlog.open,
            pending: backlog.pending,
            oldest: backlog.oldest.iter().map(|ticket| Waiting::new(ticket, public_url)).collect(),
            url: public_url.map(|url| format!("{url}/admin/tickets")),
        }
    }
}

impl Waiting {
    fn new(ticket: &WaitingTicket, public_url: Option<&str>) -> Self {
        Self {
            id: ticket.id,
            reference: ticket.reference.to_string(),
            status: ticket.status,
            opened_at: ticket.opened_at,
            url: ticket_url(ticket.id, public_url),
        }
    }
}

fn ticket_url(id: TicketId, public_url: Option<&str>) -> Option<String> {
    public_url.map(|url| format!("{url}/admin/tickets/{id}"))
}
