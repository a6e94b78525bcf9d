//! What the templates of reminders may say, beside what those of news may.

use domain::{
    message::{DigestFacts, Message, Person, TicketFacts},
    reminder::{WaitingTicket, waited},
    ticket::TicketStatus,
};
use jiff::Timestamp;
use serde::Serialize;

use crate::facts::TicketOpened;

/// The facts of `escalation`: those of `ticket_opened`, and how long the ticket has waited.
#[derive(Serialize)]
pub(crate) struct Escalation<'a> {
    #[serde(flatten)]
    pub(crate) news: TicketOpened<'a>,
    waited: String,
}

impl<'a> Escalation<'a> {
    pub(crate) fn new(
        message: &Message,
        ticket: &'a TicketFacts,
        person: Option<&'a Person>,
        sender: &'a str,
    ) -> Self {
        let waited = waited(ticket.opened_at, message.due_at);
        Self { news: TicketOpened::new(ticket, person, sender), waited }
    }

    pub(crate) fn samples() -> [Escalation<'static>; 3] {
        TicketOpened::samples().map(|news| Escalation { news, waited: "4 h".to_owned() })
    }
}

/// The facts of `digest`.
#[derive(Serialize)]
pub(crate) struct Digest<'a> {
    topic: &'a str,
    open: u64,
    pending: u64,
    oldest: Vec<Waiting>,
    tickets_url: Option<String>,
    sender: &'a str,
}

/// A ticket that is not done.
#[derive(Serialize)]
struct Waiting {
    reference: String,
    waited: String,
    is_open: bool,
    ticket_url: Option<String>,
}

impl<'a> Digest<'a> {
    pub(crate) fn new(
        message: &Message,
        digest: &'a DigestFacts,
        public_url: Option<&str>,
        sender: &'a str,
    ) -> Self {
        let backlog = &digest.backlog;
        let waiting = |ticket: &WaitingTicket| Waiting::new(ticket, message.due_at, public_url);
        Self {
            topic: &digest.topic,
            open: backlog.open,
            pending: backlog.pending,
            oldest: backlog.oldest.iter().map(waiting).collect(),
            tickets_url: public_url.map(|url| format!("{url}/admin/tickets")),
            sender,
        }
    }

    /// With links and without.
    pub(crate) fn samples() -> [Digest<'static>; 2] {
        [Some("https://desk.example.com"), None].map(|public_url| Digest {
            topic: "Sales",
            open: 2,
            pending: 1,
            oldest: vec![Waiting {
                reference: "T-000042".to_owned(),
                waited: "3 d 4 h".to_owned(),
                is_open: true,
                ticket_url: public_url.map(str::to_owned),
            }],
            tickets_url: public_url.map(str::to_owned),
            sender: "Frontdesk",
        })
    }
}

impl Waiting {
    fn new(ticket: &WaitingTicket, now: Timestamp, public_url: Option<&str>) -> Self {
        Self {
            reference: ticket.reference.to_string(),
            waited: waited(ticket.opened_at, now),
            is_open: ticket.status == TicketStatus::Open,
            ticket_url: public_url.map(|url| format!("{url}/admin/tickets/{}", ticket.id)),
        }
    }
}
