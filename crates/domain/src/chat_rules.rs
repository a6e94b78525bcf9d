//! What a topic does in the chats that its tickets were opened from: fields that the flow can read, and where it goes on.

use std::{fmt, str::FromStr};

use crate::{notification::Purpose, ticket::TicketStatus};

/// More than any name that a person types into the builder.
const FIELD_NAME_MAX: usize = 100;

/// Blocks are named by nine letters and digits; longer names are taken in case that changes.
const BLOCK_ID_MAX: usize = 64;

/// What is done in the chat of a ticket. Nothing unless set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChatRules {
    /// This field is given the ticket's reference.
    pub reference_field: Option<FieldName>,
    /// This field is given the ticket's status, each time that it moves.
    pub status_field: Option<FieldName>,
    /// Once the ticket is resolved, the chat goes on here.
    pub resume_at: Option<ResumePoint>,
}

impl ChatRules {
    /// What the chat is owed when the ticket is opened.
    pub fn at_opening(&self) -> Option<Purpose> {
        let writes = self.reference_field.is_some() || self.status_field.is_some();
        writes.then_some(Purpose::ChatFields)
    }

    /// What the chat is owed when the ticket becomes `status`.
    pub fn after_change(&self, status: TicketStatus) -> Option<Purpose> {
        match status {
            TicketStatus::Resolved if self.resume_at.is_some() => Some(Purpose::ChatResumed),
            _ => self.status_field.as_ref().map(|_| Purpose::ChatFields),
        }
    }
}

/// The name of a field in Landbot, which flows read as `@name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName(String);

/// A text cannot be the name of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a Landbot field has letters, digits and underscores, at most {FIELD_NAME_MAX}")]
pub struct FieldNameError;

impl FieldName {
    /// The name, without an `@`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FieldName {
    type Err = FieldNameError;

    /// Reads a name with or without the `@` before it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim().trim_start_matches('@');
        let is_name = (1..=FIELD_NAME_MAX).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_name { Ok(Self(name.to_owned())) } else { Err(FieldNameError) }
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a chat goes on: in a bot, at one of its blocks or at its beginning. Written `1010178/Nkqgn6xkf` or `1010178`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumePoint {
    /// Landbot's number of the bot, which stands in the builder's address.
    pub bot: u64,
    /// The id of the block, which the block's menu copies; none: the beginning.
    pub block: Option<String>,
}

/// A text names no place in a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write the number of the Landbot bot, and the id of a block after a slash, such as 1010178/Nkqgn6xkf"
)]
pub struct ResumePointError;

impl FromStr for ResumePoint {
    type Err = ResumePointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (bot, block) = match text.trim().split_once('/') {
            Some((bot, block)) => (bot, Some(block)),
            None => (text.trim(), None),
        };
        let is_number = bot.bytes().all(|byte| byte.is_ascii_digit());
        let is_id = |block: &str| {
            (1..=BLOCK_ID_MAX).contains(&block.len())
                && block.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        match bot.parse() {
            Ok(bot) if is_number && block.is_none_or(is_id) => {
                Ok(Self { bot, block: block.map(str::to_owned) })
            }
            _ => Err(ResumePointError),
        }
    }
}

impl fmt::Display for ResumePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.block {
            Some(block) => write!(f, "{}/{block}", self.bot),
            None => write!(f, "{}", self.bot),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_named_as_flows_name_it() {
        for text in ["ticket_ref", "@ticket_ref", " ticket_ref "] {
            assert_eq!(text.parse(), Ok(FieldName("ticket_ref".to_owned())), "{text}");
        }
        for text in ["", "@", "a b", "../x", "a/b", "é", &"x".repeat(101)] {
            assert_eq!(text.parse::<FieldName>(), Err(FieldNameError), "{text}");
        }
    }

    #[test]
    fn a_place_in_a_flow_reads_back_as_it_was_written() {
        for text in ["1010178", "1010178/Nkqgn6xkf", "7/a-b_c"] {
            assert_eq!(text.parse::<ResumePoint>().map(|point| point.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "/", "bot", "+7", "-7", "7/", "7/a b", "7/a/b", "7/é", "99999999999999999999999"] {
            assert_eq!(text.parse::<ResumePoint>(), Err(ResumePointError), "{text}");
        }
    }

    #[test]
    fn a_chat_is_owed_what_its_topic_asks_for() {
        use TicketStatus::{Closed, Open, Pending, Resolved};
        let none = ChatRules::default();
        assert_eq!((none.at_opening(), none.after_change(Resolved)), (None, None));

        let referred = ChatRules { reference_field: "ref".parse().ok(), ..ChatRules::default() };
        assert_eq!(
            (referred.at_opening(), referred.after_change(Pending)),
            (Some(Purpose::ChatFields), None)
        );

        let watched = ChatRules { status_field: "status".parse().ok(), ..ChatRules::default() };
        assert_eq!(watched.at_opening(), Some(Purpose::ChatFields));
        for status in [Open, Pending, Resolved, Closed] {
            assert_eq!(watched.after_change(status), Some(Purpose::ChatFields), "{status}");
        }

        let resumed = ChatRules { resume_at: "7".parse().ok(), ..watched };
        assert_eq!(resumed.after_change(Resolved), Some(Purpose::ChatResumed));
        assert_eq!(resumed.after_change(Closed), Some(Purpose::ChatFields));
        let only_resumed = ChatRules { status_field: None, ..resumed };
        assert_eq!((only_resumed.at_opening(), only_resumed.after_change(Closed)), (None, None));
    }
}
