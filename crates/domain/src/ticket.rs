//! Tickets: requests for help on a topic.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    identity::EmailAddress,
    ids::{BotId, TicketId, UserId},
    language::Language,
    names::named,
    topic::Slug,
};

named! {
    /// Where a ticket stands.
    TicketStatus {
        /// Somebody has to act.
        Open = "open",
        /// The person has to answer.
        Pending = "pending",
        /// Answered for good, unless the person writes again.
        Resolved = "resolved",
        /// Done for ever.
        Closed = "closed",
    }
}

/// What people call a ticket: `T-` and at least six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(u64);

/// A text is not the reference of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reference looks like T-000042")]
pub struct ReferenceError;

impl Reference {
    /// The reference of the ticket with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number behind the reference.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "T-{:06}", self.0)
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    /// Reads what a person typed: case, outer spaces, leading zeros and the `T-` may be left away.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let digits =
            text.strip_prefix(['T', 't']).map_or(text, |rest| rest.strip_prefix('-').unwrap_or(rest));
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            return Err(ReferenceError);
        }
        // Numbers are stored as signed 64-bit integers.
        match digits.parse::<i64>() {
            Ok(number) if number > 0 => Ok(Self(number.unsigned_abs())),
            _ => Err(ReferenceError),
        }
    }
}

/// The chat that a ticket was opened from, so that an answer finds its way back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chat {
    /// The Landbot customer id, as the bot gave it.
    pub customer: Option<String>,
    /// The chat's uuid in Landbot's inbox.
    pub uuid: Option<String>,
}

/// Where Landbot shows a chat in its inbox (<https://github.com/landbot-org/landbot-ai-skills>).
const LANDBOT_INBOX: &str = "https://app.landbot.io/gui/chats_v4";

impl Chat {
    /// The page that shows the chat in Landbot's inbox. A link is made of what the page with the chat claims only if it is
    /// what Landbot gives out.
    pub fn inbox_url(&self) -> Option<String> {
        let uuid: Uuid = self.uuid.as_deref()?.parse().ok()?;
        Some(format!("{LANDBOT_INBOX}/{uuid}"))
    }
}

/// A request for help on a topic.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// What people call it.
    pub reference: Reference,
    /// Whose it is; nobody's if the bot named no person.
    pub user_id: Option<UserId>,
    /// The bot that opened it.
    pub bot_id: BotId,
    /// What it is about.
    pub topic: Slug,
    /// What the bot asked for, word for word.
    pub topic_asked: Option<String>,
    /// What the person wrote.
    pub description: String,
    /// Where it stands.
    pub status: TicketStatus,
    /// The chat it was opened from.
    pub chat: Chat,
    /// The address given in the call that opened it: where an answer by mail goes.
    pub reply_to: Option<EmailAddress>,
    /// The language of the person.
    pub language: Language,
    /// Everything else that the bot sent.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// When it was opened.
    pub created_at: Timestamp,
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket")
            .field("id", &self.id)
            .field("reference", &self.reference)
            .field("topic", &self.topic)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_has_at_least_six_digits() {
        assert_eq!(Reference::new(42).to_string(), "T-000042");
        assert_eq!(Reference::new(12_345_678).to_string(), "T-12345678");
    }

    #[test]
    fn a_reference_is_read_as_people_type_it() {
        for text in ["T-000042", "t-42", " T42 ", "000042", "42"] {
            assert_eq!(text.parse(), Ok(Reference::new(42)), "{text}");
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in ["", "T-", "T-0", "T--1", "-1", "T-1x", "99999999999999999999", "٤٢"] {
            assert_eq!(text.parse::<Reference>(), Err(ReferenceError), "{text}");
        }
    }
}
