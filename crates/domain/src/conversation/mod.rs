//! What people and teams write to each other: messages heard through Landbot's hooks, and the replies of agents.
//!
//! A message belongs to a chat, to a ticket, or to both; whose it is follows from these. A person who registers later has
//! the conversation that its chat had before, and no message ever has to be moved.
//!
//! [`Delivery::read`] reads what a hook delivers, [`take_down`] decides what follows from it, [`reply`] decides which way an
//! answer goes.

mod echo;
mod hook;
mod key;
mod moment;
mod parts;
pub mod reply;
mod taking;

use std::fmt;

use jiff::Timestamp;

pub use echo::{ECHO_WITHIN, Echo, OwnReply};
pub use hook::{Delivery, Heard};
pub use key::MessageKey;
pub use parts::{PART_CHARS, parts};
pub use taking::{Taken, take_down};

use crate::{
    identity::{CustomerId, Identity, IdentityError, IdentityKind},
    ids::{AgentId, BotId, MessageId, NotificationId, TicketId},
    names::named,
    ticket::Ticket,
};

/// A chat in Landbot: one customer of one bot. It is the person's [`Identity::Customer`] as well.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChatId {
    /// The bot that the customer wrote to.
    pub bot: BotId,
    /// Landbot's id of the customer.
    pub customer: CustomerId,
}

impl ChatId {
    /// The chat that a ticket was opened from.
    pub fn of(ticket: &Ticket) -> Option<Self> {
        let customer = CustomerId::restore(ticket.chat.customer.clone()?);
        Some(Self { bot: ticket.bot_id, customer })
    }

    /// The text to store: that of the identity.
    pub fn value(&self) -> String {
        Identity::from(self.clone()).value()
    }

    /// A chat read from storage: the inverse of [`value`](Self::value).
    pub fn restore(value: String) -> Result<Self, IdentityError> {
        match Identity::restore(IdentityKind::Customer, value)? {
            Identity::Customer { bot, customer } => Ok(Self { bot, customer }),
            Identity::Email(_) | Identity::Phone(_) => Err(IdentityError),
        }
    }
}

impl From<ChatId> for Identity {
    fn from(ChatId { bot, customer }: ChatId) -> Self {
        Self::Customer { bot, customer }
    }
}

named! {
    /// Who wrote a message of a conversation. What bots and Landbot itself say is no part of it.
    Author {
        /// The person.
        Person = "person",
        /// A member of staff, here or in Landbot's inbox.
        Agent = "agent",
    }
}

/// One message of a conversation.
#[derive(Clone, PartialEq, Eq)]
pub struct ConversationMessage {
    /// Its id, which sorts by when it was sent.
    pub id: MessageId,
    /// What it is known by when it is delivered or sent again.
    pub key: MessageKey,
    /// The chat that it was written in; none for a reply by mail.
    pub chat: Option<ChatId>,
    /// The ticket that it answers, for a reply.
    pub ticket_id: Option<TicketId>,
    /// Who wrote it.
    pub author: Author,
    /// Which agent, for a reply.
    pub agent_id: Option<AgentId>,
    /// What Landbot calls messages like this: `text`, `image` and so on.
    pub kind: String,
    /// What it says; of a picture its address.
    pub text: String,
    /// What Landbot calls the channel of the chat, lower-case.
    pub channel: Option<String>,
    /// What delivers it, for a reply.
    pub notification_id: Option<NotificationId>,
    /// When it was sent, as far as that is known.
    pub sent_at: Timestamp,
}

impl fmt::Debug for ConversationMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConversationMessage")
            .field("id", &self.id)
            .field("author", &self.author)
            .field("kind", &self.kind)
            .field("ticket_id", &self.ticket_id)
            .field("sent_at", &self.sent_at)
            .finish_non_exhaustive()
    }
}
