//! What people and teams write to each other.

use async_trait::async_trait;
use domain::{
    conversation::{ChatId, ConversationMessage, Echo, MessageKey, OwnReply, reply::LastHeard},
    ids::{MessageId, TicketId, UserId},
    ticket::{Reference, Ticket},
};
use jiff::Timestamp;

use super::{Page, StorageError};

/// Which conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// All that was written in the chats that a user is known by, and on its tickets.
    User(UserId),
    /// All that was written on a ticket, and in the chat that it was opened from.
    Ticket(TicketId),
}

/// Conversations, and what they do to tickets.
#[async_trait]
pub trait ConversationRepository: Send {
    /// Writes messages whose keys are not known yet. Says which those are.
    async fn record(&mut self, messages: &[ConversationMessage]) -> Result<Vec<MessageId>, StorageError>;

    /// A page of a conversation, by when messages were sent.
    async fn page(&mut self, whose: Whose, page: Page) -> Result<Vec<ConversationMessage>, StorageError>;

    /// The message with this key.
    async fn by_key(&mut self, key: MessageKey) -> Result<Option<ConversationMessage>, StorageError>;

    /// The replies that were written for these chats since then, the oldest first.
    async fn own_replies(
        &mut self,
        chats: &[ChatId],
        since: Timestamp,
    ) -> Result<Vec<OwnReply>, StorageError>;

    /// Writes that replies were heard: see [`NotificationRepository::confirm`](super::NotificationRepository::confirm).
    async fn note_heard(&mut self, echoes: &[Echo]) -> Result<(), StorageError>;

    /// What the person of a chat wrote last.
    async fn last_heard(&mut self, chat: &ChatId) -> Result<Option<LastHeard>, StorageError>;

    /// The tickets that were opened from these chats and are pending or resolved. Nobody else changes them until the end of
    /// the unit of work.
    async fn hold_waiting(&mut self, chats: &[ChatId]) -> Result<Vec<Ticket>, StorageError>;

    /// A ticket, which nobody else changes until the end of the unit of work.
    async fn hold(&mut self, reference: Reference) -> Result<Option<Ticket>, StorageError>;
}
