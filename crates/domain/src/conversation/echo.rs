//! Own messages come back: what an agent's reply put into a chat, Landbot's hook delivers as an agent's message.

use jiff::SignedDuration;

use super::{MessageKey, parts};
use crate::{
    conversation::ChatId,
    ids::{MessageId, NotificationId},
};

/// A reply is looked for among those that were written within so long before its echo: longer than all its retries take.
pub const ECHO_WITHIN: SignedDuration = SignedDuration::from_hours(72);

/// A reply that was to be sent to a chat.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnReply {
    /// Its id.
    pub id: MessageId,
    /// The chat.
    pub chat: ChatId,
    /// What delivers it.
    pub notification_id: NotificationId,
    /// What it says.
    pub text: String,
    /// The key of the message as which its end came back.
    pub heard_as: Option<MessageKey>,
}

impl std::fmt::Debug for OwnReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnReply").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A reply came back whole: it did reach its chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Echo {
    /// Which reply.
    pub id: MessageId,
    /// What delivers it.
    pub notification_id: NotificationId,
    /// As which message.
    pub heard_as: MessageKey,
}

impl OwnReply {
    /// Whether the message that an agent is said to have written is this reply: it was heard as that before, or says the
    /// same and the reply still has something to be heard of.
    pub(super) fn is_heard_in(&self, chat: &ChatId, key: MessageKey, text: &str) -> bool {
        if self.chat != *chat {
            return false;
        }
        let parts = parts(&self.text);
        let has_more = self.heard_as.is_none() || parts.len() > 1;
        self.heard_as == Some(key) || has_more && parts.iter().any(|part| says_the_same(part, text))
    }

    /// Whether this is its last part.
    pub(super) fn ends_with(&self, text: &str) -> bool {
        parts(&self.text).last().is_some_and(|last| says_the_same(last, text))
    }
}

/// Landbot and messengers may change the space between words.
fn says_the_same(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}
