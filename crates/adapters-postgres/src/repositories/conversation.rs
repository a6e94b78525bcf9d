//! What people and teams write to each other.

use application::ports::{ConversationRepository, Page, StorageError, Whose};
use async_trait::async_trait;
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Array, Binary, Bool, Uuid},
};
use diesel_async::RunQueryDsl;
use domain::{
    conversation::{Author, ChatId, ConversationMessage, Echo, MessageKey, OwnReply, reply::LastHeard},
    ids::{MessageId, first_uuid_at},
    ticket::{Reference, Ticket},
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

/// Said so, a plan for every value may use the partial index.
const IS_ANSWERED: &str = "status IN ('pending', 'resolved')";

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

    async fn hold_waiting(&mut self, chats: &[ChatId]) -> Result<Vec<Ticket>, StorageError> {
        self.run(async |connection| {
            let mut waiting = Vec::new();
            for ChatId { bot, customer } in chats {
                let theirs = tickets::table
                    .filter(tickets::bot_id.eq(Id::from(*bot)))
                    .filter(tickets::chat_customer.eq(customer.as_str()))
                    .filter(sql::<Bool>(IS_ANSWERED))
                    .order(tickets::id);
                let held = theirs.select(TicketRow::as_select()).for_update();
                let rows: Vec<TicketRow> = held.load(connection).await?;
                waiting.extend(rows);
            }
            waiting.into_iter().map(Ticket::try_from).collect()
        })
        .await
    }

    async fn hold(&mut self, reference: Reference) -> Result<Option<Ticket>, StorageError> {
        let number = reference.number().cast_signed();
        self.run(async |connection| {
            let ticket = tickets::table.filter(tickets::number.eq(number));
            let row = ticket.select(TicketRow::as_select()).for_update().get_result(connection).await;
            row.optional()?.map(Ticket::try_from).transpose()
        })
        .await
    }
}
