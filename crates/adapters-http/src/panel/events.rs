//! What happened, in its order: the timelines of people and tickets.

use application::users::{ExportedNotification, UserExport};
use domain::{
    agent::StaffMember,
    conversation::{Author, ConversationMessage},
    ids::UserId,
    notification::{Attempt, Notification, OutcomeKind},
    ticket::Ticket,
    ticket_work::{Deed, TicketEvent},
};
use jiff::Timestamp;

/// Something that happened.
pub(super) struct Event {
    pub(super) at: Timestamp,
    pub(super) what: What,
}

/// What happened.
pub(super) enum What {
    /// A bot registered the person.
    Registered { source: Option<String>, campaign: Option<String> },
    /// The person became known by this.
    Identified { kind: &'static str, value: String },
    /// A call named this person and another one.
    Clash { other: UserId },
    /// A ticket was opened.
    TicketOpened { ticket: Box<Ticket> },
    /// Somebody wrote.
    Said { message: Box<ConversationMessage> },
    /// A member of staff changed the ticket.
    Worked { deed: &'static str, agent: Option<String>, before: Option<String>, after: Option<String> },
    /// A member of staff wrote a private note.
    Noted { agent: Option<String>, text: String },
    /// A message was planned.
    Planned { notification: Box<Notification> },
    /// It was tried to deliver it.
    Tried { notification: Box<Notification>, attempt: Attempt },
}

impl Event {
    /// Whether the event is one to look at.
    pub(super) fn is_bad(&self) -> bool {
        match &self.what {
            What::Clash { .. } => true,
            What::Tried { attempt, .. } => attempt.outcome.is_some_and(|outcome| outcome.as_str() != "sent"),
            _ => false,
        }
    }

    /// What about it may change later.
    pub(super) fn state(&self) -> Option<&'static str> {
        match &self.what {
            What::Planned { notification } => Some(notification.status.as_str()),
            What::Tried { attempt, .. } => attempt.outcome.map(OutcomeKind::as_str),
            _ => None,
        }
    }

    /// Whether a member of staff wrote it.
    pub(super) fn is_own(&self) -> bool {
        matches!(&self.what, What::Said { message } if message.author == Author::Agent)
    }
}

/// All that happened to a person, the newest first.
pub(super) fn of_user(known: &UserExport) -> Vec<Event> {
    let user = &known.user;
    let registered =
        What::Registered { source: user.first_origin.source.clone(), campaign: user.first_origin.campaign() };
    let mut events = vec![event(user.created_at, registered)];
    events.extend(known.identities.iter().map(|new| {
        let what = What::Identified { kind: new.identity.kind().as_str(), value: new.identity.value() };
        event(new.created_at, what)
    }));
    events.extend(known.clashes.iter().map(|clash| {
        let other = if clash.user_id == user.id { clash.other_user_id } else { clash.user_id };
        event(clash.at, What::Clash { other })
    }));
    events.extend(known.tickets.iter().map(opened));
    events.extend(known.messages.iter().map(said));
    events.extend(known.notifications.iter().flat_map(told));
    newest_first(events)
}

/// All that happened to a ticket.
pub(super) fn of_ticket(
    ticket: &Ticket,
    messages: &[ConversationMessage],
    notifications: &[ExportedNotification],
) -> Vec<Event> {
    let mut events = vec![opened(ticket)];
    events.extend(messages.iter().map(said));
    events.extend(notifications.iter().flat_map(told));
    events
}

/// What a member of staff did about a ticket.
pub(super) fn worked(done: &TicketEvent, members: &[StaffMember]) -> Event {
    let email = |id: String| {
        let member = members.iter().find(|member| member.id.to_string() == id);
        member.map_or(id, |member| member.email.clone())
    };
    let agent = done.agent_id.map(|id| email(id.to_string()));
    let (before, after) = (done.before.clone(), done.after.clone());
    let what = match done.deed {
        Deed::Note => What::Noted { agent, text: after.unwrap_or_default() },
        Deed::Assignee => What::Worked {
            deed: done.deed.as_str(),
            agent,
            before: before.map(email),
            after: after.map(email),
        },
        deed => What::Worked { deed: deed.as_str(), agent, before, after },
    };
    event(done.at, what)
}

fn opened(ticket: &Ticket) -> Event {
    event(ticket.created_at, What::TicketOpened { ticket: Box::new(ticket.clone()) })
}

fn said(message: &ConversationMessage) -> Event {
    event(message.sent_at, What::Said { message: Box::new(message.clone()) })
}

fn told(told: &ExportedNotification) -> Vec<Event> {
    let notification = || Box::new(told.notification.clone());
    let planned = event(told.notification.created_at, What::Planned { notification: notification() });
    let tried = told.attempts.iter().map(|attempt| {
        event(attempt.opened_at, What::Tried { notification: notification(), attempt: attempt.clone() })
    });
    [planned].into_iter().chain(tried).collect()
}

pub(super) fn newest_first(mut events: Vec<Event>) -> Vec<Event> {
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    events
}

fn event(at: Timestamp, what: What) -> Event {
    Event { at, what }
}
