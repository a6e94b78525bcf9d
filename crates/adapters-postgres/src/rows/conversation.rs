//! Messages of conversations.

use diesel::prelude::*;
use domain::conversation::{Author, ChatId, ConversationMessage, MessageKey, OwnReply};

use crate::{
    columns::{At, Digest, Id, Named},
    error::Failure,
    schema::messages,
};

#[derive(Queryable, QueryableByName, Selectable)]
#[diesel(table_name = messages)]
pub(crate) struct MessageRow {
    pub(crate) id: Id,
    pub(crate) key: Digest,
    pub(crate) chat: Option<String>,
    pub(crate) ticket_id: Option<Id>,
    pub(crate) agent_id: Option<Id>,
    pub(crate) notification_id: Option<Id>,
    pub(crate) author: Named<Author>,
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) channel: Option<String>,
    pub(crate) sent_at: At,
}

impl From<&ConversationMessage> for MessageRow {
    fn from(message: &ConversationMessage) -> Self {
        Self {
            id: message.id.into(),
            key: Digest(*message.key.as_bytes()),
            chat: message.chat.as_ref().map(ChatId::value),
            ticket_id: message.ticket_id.map(Id::from),
            agent_id: message.agent_id.map(Id::from),
            notification_id: message.notification_id.map(Id::from),
            author: Named(message.author),
            kind: message.kind.clone(),
            text: message.text.clone(),
            channel: message.channel.clone(),
            sent_at: At(message.sent_at),
        }
    }
}

impl TryFrom<MessageRow> for ConversationMessage {
    type Error = Failure;

    fn try_from(row: MessageRow) -> Result<Self, Failure> {
        Ok(Self {
            id: row.id.into(),
            key: MessageKey::restore(row.key.0),
            chat: row.chat.map(chat).transpose()?,
            ticket_id: row.ticket_id.map(Into::into),
            author: row.author.0,
            agent_id: row.agent_id.map(Into::into),
            kind: row.kind,
            text: row.text,
            channel: row.channel,
            notification_id: row.notification_id.map(Into::into),
            sent_at: row.sent_at.0,
        })
    }
}

/// A reply that was to be sent to a chat: a message that has all of this.
#[derive(Queryable, Selectable)]
#[diesel(table_name = messages)]
pub(crate) struct OwnReplyRow {
    id: Id,
    chat: Option<String>,
    notification_id: Option<Id>,
    text: String,
    heard_as: Option<Digest>,
}

impl TryFrom<OwnReplyRow> for OwnReply {
    type Error = Failure;

    fn try_from(row: OwnReplyRow) -> Result<Self, Failure> {
        Ok(Self {
            id: row.id.into(),
            chat: chat(row.chat.unwrap_or_default())?,
            notification_id: row
                .notification_id
                .ok_or(Failure::Unreadable("messages.notification_id"))?
                .into(),
            text: row.text,
            heard_as: row.heard_as.map(|key| MessageKey::restore(key.0)),
        })
    }
}

fn chat(value: String) -> Result<ChatId, Failure> {
    ChatId::restore(value).map_err(|_| Failure::Unreadable("messages.chat"))
}
