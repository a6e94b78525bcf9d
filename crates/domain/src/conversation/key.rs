//! What makes two messages the same.

use sha2::{Digest, Sha256};

use crate::ids::{AgentId, BotId, TicketId};

/// SHA-256 of what a message is known by, so that one that is delivered or sent again is stored once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey([u8; 32]);

impl MessageKey {
    /// A key read from storage.
    pub const fn restore(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Of the message at this `position` in a delivery that has this `sentry-trace`: one per message and the same when it is
    /// delivered again, says Landbot (<https://dev.landbot.io/api-reference/message-hooks/webhook-payload>).
    pub(super) fn of_trace(bot: BotId, trace: &str, position: usize) -> Self {
        Self::of("trace", &[bot.as_uuid().as_bytes(), trace.as_bytes(), &place(position)])
    }

    /// Of the message with this `_raw.uuid`.
    pub(super) fn of_uuid(bot: BotId, uuid: &str) -> Self {
        Self::of("uuid", &[bot.as_uuid().as_bytes(), uuid.as_bytes()])
    }

    /// Of the message at this `position` in a delivery that names nothing else.
    pub(super) fn of_body(bot: BotId, body: &[u8], position: usize) -> Self {
        Self::of("body", &[bot.as_uuid().as_bytes(), body, &place(position)])
    }

    /// Of the reply for which an agent's client made up this `key`: a double click sends it twice.
    pub fn of_reply(agent: AgentId, ticket: TicketId, key: &str) -> Self {
        Self::of("reply", &[agent.as_uuid().as_bytes(), ticket.as_uuid().as_bytes(), key.as_bytes()])
    }

    /// Each part is preceded by its length, so that none can run into its neighbour.
    fn of(kind: &str, parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new_with_prefix(kind);
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }
}

const fn place(position: usize) -> [u8; 8] {
    (position as u64).to_be_bytes()
}
