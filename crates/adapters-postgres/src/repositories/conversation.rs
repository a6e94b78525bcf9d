//! What people and teams write to each other.

use application::ports::{ConversationRepository, Page, StorageError, Whose};
use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_types::{Array, Binary, Text, Uuid},
};
use diesel_async::RunQueryDsl;
use domain::{
    conversation::{Author, ChatId, ConversationMessage, Echo, MessageKey, OwnReply, reply::LastHeard},
    ids::{MessageId, TicketId, first_uuid_at},
    ticket::{Reference, Ticket, TicketStatus},
};
use jiff::Timestamp;

use crate::{
    columns::{At, Digest, Id, Named},
    conversations,
    rows::{MessageRow, OwnReplyRow, TicketRow},
    schema::{messages, tickets},
    statement::{column, statement},
    unit_of_work::PgUnitOfWork,
};

/// A row of which only the id is asked for.
#[derive(QueryableByName)]
struct Changed {
    #[diesel(sql_type = Uuid)]
    id: Id,
}

#[async_trait]
impl ConversationRepository for PgUnitOfWork {
    async fn record(&mut self, new: &[ConversationMessage]) -> Result<Vec<MessageId>, StorageError> {
        self.run(async |connection| conversations::record(connection, new).await).await
    }

    async fn page(&mut self, whose: Whose, page: Page) -> Result<Vec<ConversationMessage>, StorageError> {
        self.run(async |connection| conversations::page(connection, whose, page).await).await
    }

    async fn by_key(&mut self, key: MessageKey) -> Result<Option<ConversationMessage>, StorageError> {
        self.run(async |connection| {
            let message = messages::table.filter(messages::key.eq(Digest(*key.as_bytes())));
            let row = message.select(MessageRow::as_select()).get_result(connection).await.optional()?;
            row.map(ConversationMessage::try_from).transpose()
        })
        .await
    }

    async fn own_replies(
        &mut self,
        chats: &[ChatId],
        since: Timestamp,
    ) -> Result<Vec<OwnReply>, StorageError> {
        self.run(async |connection| {
            let sent = messages::table
                .filter(messages::chat.eq_any(column(chats, ChatId::value)))
                .filter(messages::id.ge(Id::from(first_uuid_at(since))))
                .filter(messages::sent_at.ge(At(since)))
                .filter(messages::notification_id.is_not_null())
                .order(messages::id);
            let rows: Vec<OwnReplyRow> = sent.select(OwnReplyRow::as_select()).load(connection).await?;
            rows.into_iter().map(OwnReply::try_from).collect()
        })
        .await
    }

    async fn note_heard(&mut self, echoes: &[Echo]) -> Result<(), StorageError> {
        self.run(async |connection| {
            statement(
                "UPDATE messages SET heard_as = echo.heard_as FROM unnest($1, $2) AS echo (id, heard_as)
                 WHERE messages.id = echo.id",
            )
            .bind::<Array<Uuid>, _>(column(echoes, |echo| Id::from(echo.id)))
            .bind::<Array<Binary>, _>(column(echoes, |echo| Digest(*echo.heard_as.as_bytes())))
            .execute(connection)
            .await?;
            Ok(())
        })
        .await
    }

    async fn last_heard(&mut self, chat: &ChatId) -> Result<Option<LastHeard>, StorageError> {
        self.run(async |connection| {
            let last = messages::table
                .filter(messages::chat.eq(chat.value()))
                .filter(messages::author.eq(Named(Author::Person)))
                .order(messages::id.desc())
                .select((messages::sent_at, messages::channel));
            let last: Option<(At, Option<String>)> = last.first(connection).await.optional()?;
            Ok(last.map(|(at, channel)| LastHeard { at: at.0, channel }))
        })
        .await
    }

    async fn reopen(&mut self, chats: &[ChatId]) -> Result<Vec<TicketId>, StorageError> {
        self.run(async |connection| {
            // In the order of their ids, so that two units of work cannot wait for each other.
            let reopened: Vec<Changed> = statement(
                "UPDATE tickets SET status = $3
                 WHERE id = ANY (ARRAY(
                     SELECT tickets.id FROM tickets
                     JOIN unnest($1, $2) AS chat (bot_id, customer)
                         ON tickets.bot_id = chat.bot_id AND tickets.chat_customer = chat.customer
                     WHERE status IN ('pending', 'resolved')
                     ORDER BY tickets.id FOR UPDATE OF tickets
                 ))
                 RETURNING id",
            )
            .bind::<Array<Uuid>, _>(column(chats, |chat| Id::from(chat.bot)))
            .bind::<Array<Text>, _>(column(chats, |chat| chat.customer.as_str()))
            .bind::<Text, _>(Named(TicketStatus::Open))
            .load(connection)
            .await?;
            Ok(reopened.into_iter().map(|ticket| ticket.id.into()).collect())
        })
        .await
    }

    async fn await_answer(&mut self, reference: Reference) -> Result<Option<Ticket>, StorageError> {
        let number = reference.number().cast_signed();
        self.run(async |connection| {
            let ticket = tickets::table.filter(tickets::number.eq(number));
            let row = ticket.select(TicketRow::as_select()).for_update().get_result(connection).await;
            let Some(mut row) = row.optional()? else { return Ok(None) };
            if row.status.0 == TicketStatus::Open {
                row.status = Named(TicketStatus::Pending);
                let pending = tickets::status.eq(row.status);
                diesel::update(tickets::table.find(row.id)).set(pending).execute(connection).await?;
            }
            Ticket::try_from(row).map(Some)
        })
        .await
    }
}
