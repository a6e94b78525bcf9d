//! What a channel is asked to deliver: typed facts, from which each channel makes its own text.

use std::fmt;

use jiff::Timestamp;

use crate::{
    bot::Bot,
    channel::{ChannelKind, Target},
    chat_rules::{ChatRules, FieldName, ResumePoint},
    ids::{NotificationId, RequestId, TicketId, UserId},
    language::Language,
    notification::Purpose,
    reminder::Backlog,
    ticket::{Chat, Reference, Ticket, TicketStatus},
    topic::Topic,
    user::{Origin, User},
};

/// A notification, ready to be delivered over one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which notification it is. The same in every attempt, so that a receiving side can tell copies apart.
    pub id: NotificationId,
    /// The call that made it, for logs.
    pub request_id: RequestId,
    /// The kind of the channel that was meant.
    pub kind: ChannelKind,
    /// The name of the channel.
    pub channel: String,
    /// Where the channel leads.
    pub target: Target,
    /// When it was due.
    pub due_at: Timestamp,
    /// Whether an earlier attempt may have reached its target.
    pub possible_duplicate: bool,
    /// What it says.
    pub content: Content,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Greets a person.
    Welcome {
        /// Whom.
        person: Person,
    },
    /// Tells a team that a ticket was opened.
    TicketOpened {
        /// Which ticket.
        ticket: Box<TicketFacts>,
        /// Whose it is.
        person: Option<Person>,
    },
    /// Tells a team once more that a ticket waits for an answer.
    Escalation {
        /// Which ticket.
        ticket: Box<TicketFacts>,
        /// Whose it is.
        person: Option<Person>,
    },
    /// Answers a person about a ticket, in its chat or by mail.
    Reply {
        /// The answer.
        reply: Box<ReplyFacts>,
        /// Whom it answers.
        person: Option<Person>,
    },
    /// Tells a team which tickets on a topic wait.
    Digest {
        /// What waits.
        digest: Box<DigestFacts>,
    },
    /// Brings a chat up to date with its ticket.
    ChatUpdate {
        /// With what.
        update: Box<ChatUpdateFacts>,
    },
}

impl Content {
    /// The person whom the message is about.
    pub const fn person(&self) -> Option<&Person> {
        match self {
            Self::Welcome { person } => Some(person),
            Self::TicketOpened { person, .. }
            | Self::Escalation { person, .. }
            | Self::Reply { person, .. } => person.as_ref(),
            Self::Digest { .. } | Self::ChatUpdate { .. } => None,
        }
    }
}

/// What messages may say about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Who it is.
    pub id: UserId,
    /// Its name.
    pub name: Option<String>,
    /// Its mail address.
    pub email: Option<String>,
    /// Its phone number, E.164.
    pub phone: Option<String>,
    /// The language it is spoken to in.
    pub language: Language,
    /// Where it came from last.
    pub origin: Origin,
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            name: user.name.clone(),
            email: user.email.as_ref().map(ToString::to_string),
            phone: user.phone.as_ref().map(ToString::to_string),
            language: user.language.clone(),
            origin: user.last_origin.clone(),
        }
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What messages may say about a ticket.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketFacts {
    /// Which ticket.
    pub id: TicketId,
    /// What people call it.
    pub reference: Reference,
    /// The title of its topic.
    pub topic: String,
    /// What the bot asked for, if that was something else.
    pub topic_asked: Option<String>,
    /// What the person wrote.
    pub description: String,
    /// The chat it was opened from.
    pub chat: Chat,
    /// The name of the bot.
    pub bot: String,
    /// The language that the team is written to in: the bot's.
    pub team_language: Language,
    /// When it was opened.
    pub opened_at: Timestamp,
}

impl TicketFacts {
    /// What messages may say about a ticket on `topic`, which may be gone, that `bot` opened.
    pub fn of(ticket: &Ticket, topic: Option<&Topic>, bot: &Bot) -> Self {
        let is_called = |asked: &String| topic.is_some_and(|topic| topic.is_called(asked));
        Self {
            id: ticket.id,
            reference: ticket.reference,
            topic: topic.map_or_else(|| ticket.topic.to_string(), |topic| topic.title.clone()),
            topic_asked: ticket.topic_asked.clone().filter(|asked| !is_called(asked)),
            description: ticket.description.clone(),
            chat: ticket.chat.clone(),
            bot: bot.name.clone(),
            team_language: bot.default_language.clone(),
            opened_at: ticket.created_at,
        }
    }
}

impl fmt::Debug for TicketFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketFacts").field("reference", &self.reference).finish_non_exhaustive()
    }
}

/// An agent's answer to a person.
#[derive(Clone, PartialEq, Eq)]
pub struct ReplyFacts {
    /// The ticket that it answers.
    pub ticket: TicketId,
    /// What people call that ticket.
    pub reference: Reference,
    /// The chat that the ticket was opened from. A reply over Landbot goes to its customer.
    pub chat: Chat,
    /// Where a reply by mail goes: the address given with the ticket, else the person's.
    pub email: Option<String>,
    /// What the agent wrote, lines and all. Untrusted like every text, and never cut.
    pub text: String,
    /// The language of the ticket.
    pub language: Language,
}

impl ReplyFacts {
    /// The answer `text` to a ticket of this person.
    pub fn of(ticket: &Ticket, person: Option<&Person>, text: String) -> Self {
        let given = ticket.reply_to.as_ref().map(ToString::to_string);
        Self {
            ticket: ticket.id,
            reference: ticket.reference,
            chat: ticket.chat.clone(),
            email: given.or_else(|| person.and_then(|person| person.email.clone())),
            text,
            language: ticket.language.clone(),
        }
    }
}

impl fmt::Debug for ReplyFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyFacts").field("reference", &self.reference).finish_non_exhaustive()
    }
}

/// What a chat is brought up to date with.
#[derive(Clone, PartialEq, Eq)]
pub struct ChatUpdateFacts {
    /// What people call the ticket.
    pub reference: Reference,
    /// The chat that the ticket was opened from.
    pub chat: Chat,
    /// Which fields are given which values.
    pub writes: Vec<(FieldName, String)>,
    /// Where the flow goes on after that, if it does.
    pub resume_at: Option<ResumePoint>,
    /// The language of those who read it where there is no chat to write to.
    pub team_language: Language,
}

impl ChatUpdateFacts {
    /// What the rules of its topic ask for a ticket as it is now; none if that is nothing any more. The flow goes on only
    /// while the ticket is resolved: the person may have written again.
    pub fn of(purpose: Purpose, ticket: &Ticket, rules: &ChatRules, team_language: Language) -> Option<Self> {
        let reference = (&rules.reference_field, ticket.reference.to_string());
        let status = (&rules.status_field, ticket.status.to_string());
        let written = |(field, value): (&Option<FieldName>, String)| Some((field.clone()?, value));
        let writes: Vec<_> = [reference, status].into_iter().filter_map(written).collect();
        let goes_on = purpose == Purpose::ChatResumed && ticket.status == TicketStatus::Resolved;
        let resume_at = rules.resume_at.clone().filter(|_| goes_on);
        let is_any = !writes.is_empty() || resume_at.is_some();
        is_any.then(|| Self {
            reference: ticket.reference,
            chat: ticket.chat.clone(),
            writes,
            resume_at,
            team_language,
        })
    }
}

impl fmt::Debug for ChatUpdateFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatUpdateFacts").field("reference", &self.reference).finish_non_exhaustive()
    }
}

/// What a digest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestFacts {
    /// The title of the topic.
    pub topic: String,
    /// What waits; at least one ticket is open.
    pub backlog: Backlog,
    /// The language that the team is written to in: that of the bot which opened the oldest ticket.
    pub team_language: Language,
}
