//! `frontdesk tickets show`

use application::ports::{NotificationFilter, Page, StorageError, Transaction, Whose, consult};
use domain::{
    ids::UserId,
    ticket::{Reference, Ticket, TicketStatus},
    user::User,
};
use jiff::Timestamp;
use serde::Serialize;

use super::timeline::{DeliveryRecord, Event, What, timeline};
use crate::{
    cli::{
        Format,
        output::{or_dash, printable, say, say_json},
    },
    wiring::App,
};

/// More notifications than a ticket ever has.
const NOTIFICATIONS: u16 = 500;

#[derive(Serialize)]
struct ShownTicket {
    reference: String,
    status: TicketStatus,
    topic: String,
    person: Option<PersonRecord>,
    customer_id: Option<String>,
    reply_to: Option<String>,
    opened_at: Timestamp,
    timeline: Vec<Event>,
}

#[derive(Serialize)]
struct PersonRecord {
    id: UserId,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

impl From<User> for PersonRecord {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            name: user.name,
            email: user.email.map(|email| email.to_string()),
            phone: user.phone.map(|phone| phone.to_string()),
        }
    }
}

pub async fn run(app: &App, reference: Reference, limit: u16, format: Format) -> anyhow::Result<()> {
    let found = consult(&*app.storage, async |snapshot| look(snapshot, reference, limit).await).await?;
    let shown = found.ok_or_else(|| anyhow::anyhow!("there is no ticket {reference}"))?;
    if format.json { say_json(&shown) } else { say_shown(&shown) }
}

async fn look(
    snapshot: &mut Transaction,
    reference: Reference,
    limit: u16,
) -> Result<Option<ShownTicket>, StorageError> {
    let Some(ticket) = snapshot.tickets().by_reference(reference).await? else { return Ok(None) };
    let user = match ticket.user_id {
        Some(id) => snapshot.users().find(id).await?,
        None => None,
    };
    let messages = snapshot.conversation().page(Whose::Ticket(ticket.id), Page::first(limit)).await?;
    let about = NotificationFilter { ticket_id: Some(ticket.id), ..NotificationFilter::default() };
    let notifications = snapshot.notifications().page(about, Page::first(NOTIFICATIONS)).await?;
    let timeline = timeline(&ticket, messages, &notifications);
    Ok(Some(shown(ticket, user, timeline)))
}

fn shown(ticket: Ticket, user: Option<User>, timeline: Vec<Event>) -> ShownTicket {
    ShownTicket {
        reference: ticket.reference.to_string(),
        status: ticket.status,
        topic: ticket.topic.to_string(),
        person: user.map(PersonRecord::from),
        customer_id: ticket.chat.customer,
        reply_to: ticket.reply_to.map(|address| address.to_string()),
        opened_at: ticket.created_at,
        timeline,
    }
}

fn say_shown(shown: &ShownTicket) -> anyhow::Result<()> {
    let person = shown.person.as_ref();
    let printed = |text: Option<&String>| or_dash(text.map(|text| printable(text)));
    let lines = [
        ("ticket", shown.reference.clone()),
        ("status", shown.status.to_string()),
        ("topic", shown.topic.clone()),
        ("name", printed(person.and_then(|person| person.name.as_ref()))),
        ("email", printed(person.and_then(|person| person.email.as_ref()))),
        ("phone", printed(person.and_then(|person| person.phone.as_ref()))),
        ("chat", printed(shown.customer_id.as_ref())),
    ];
    for (name, value) in lines {
        say(format_args!("{name:<6}  {value}"))?;
    }
    shown.timeline.iter().try_for_each(say_event)
}

fn say_event(Event { at, what }: &Event) -> anyhow::Result<()> {
    match what {
        What::Opened { text } => say(format_args!("\n{at:.0}  asked\n{}", indented(text))),
        What::Message { author, kind, text, delivery } => {
            let kind = if kind == "text" { String::new() } else { format!(" ({})", printable(kind)) };
            let over = delivery.as_ref().map(over).unwrap_or_default();
            say(format_args!("\n{at:.0}  {author}{kind}{over}\n{}", indented(text)))
        }
        What::Notification { purpose, delivery } => {
            say(format_args!("\n{at:.0}  {purpose}{}", over(delivery)))
        }
    }
}

fn over(delivery: &DeliveryRecord) -> String {
    format!(" over {}: {}", delivery.channel, delivery.status)
}

fn indented(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(|line| format!("  {}", printable(line))).collect();
    lines.join("\n")
}
