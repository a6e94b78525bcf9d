//! Tickets.

use diesel::prelude::*;
use domain::{
    identity::EmailAddress,
    language::Language,
    ticket::{Chat, Reference, Ticket, TicketStatus},
    topic::Slug,
};

use super::{fields, fields_text};
use crate::{
    columns::{At, Id, JsonText, Named},
    error::Failure,
    schema::tickets,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = tickets)]
pub(crate) struct TicketRow {
    pub(crate) id: Id,
    pub(crate) number: i64,
    pub(crate) user_id: Option<Id>,
    pub(crate) bot_id: Id,
    pub(crate) topic: String,
    pub(crate) topic_asked: Option<String>,
    pub(crate) description: String,
    pub(crate) status: Named<TicketStatus>,
    pub(crate) chat_customer: Option<String>,
    pub(crate) chat_uuid: Option<String>,
    pub(crate) reply_to: Option<String>,
    pub(crate) language: String,
    pub(crate) fields: JsonText,
    pub(crate) created_at: At,
}

impl From<&Ticket> for TicketRow {
    fn from(ticket: &Ticket) -> Self {
        Self {
            id: ticket.id.into(),
            number: ticket.reference.number().cast_signed(),
            user_id: ticket.user_id.map(Id::from),
            bot_id: ticket.bot_id.into(),
            topic: ticket.topic.to_string(),
            topic_asked: ticket.topic_asked.clone(),
            description: ticket.description.clone(),
            status: Named(ticket.status),
            chat_customer: ticket.chat.customer.clone(),
            chat_uuid: ticket.chat.uuid.clone(),
            reply_to: ticket.reply_to.as_ref().map(ToString::to_string),
            language: ticket.language.to_string(),
            fields: fields_text(&ticket.fields),
            created_at: At(ticket.created_at),
        }
    }
}

impl TryFrom<TicketRow> for Ticket {
    type Error = Failure;

    fn try_from(row: TicketRow) -> Result<Self, Failure> {
        Ok(Self {
            id: row.id.into(),
            reference: Reference::new(row.number.cast_unsigned()),
            user_id: row.user_id.map(Into::into),
            bot_id: row.bot_id.into(),
            topic: Slug::restore(row.topic),
            topic_asked: row.topic_asked,
            description: row.description,
            status: row.status.0,
            chat: Chat { customer: row.chat_customer, uuid: row.chat_uuid },
            reply_to: row.reply_to.map(EmailAddress::restore),
            language: Language::parse(&row.language).ok_or(Failure::Unreadable("tickets.language"))?,
            fields: fields(&row.fields)?,
            created_at: row.created_at.0,
        })
    }
}
