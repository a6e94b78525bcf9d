//! What people and teams write to each other.

use application::ports::{ConversationRepository, Page, StorageError, Whose};
use async_trait::async_trait;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
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
    unit_of_work::SqliteUnitOfWork,
};

/// Tells SQLite that a partial index has all rows that are asked for.
const IS_ANSWERED: &str = "status IN ('pending', 'resolved')";

#[async_trait]
impl ConversationRepository for SqliteUnitOfWork {
    async fn record(&mut self, new: &[ConversationMessage]) -> Result<Vec<MessageId>, StorageError> {
        let rows: Vec<_> = new.iter().map(MessageRow::from).collect();
        self.run(move |connection| {
            let mut recorded = Vec::new();
            for row in &rows {
                let insert =
                    diesel::insert_into(messages::table).values(row).on_conflict(messages::key).do_nothing();
                if insert.execute(connection)? > 0 {
                    recorded.push(row.id.into());
                }
            }
            Ok(recorded)
        })
        .await
    }

    async fn page(&mut self, whose: Whose, page: Page) -> Result<Vec<ConversationMessage>, StorageError> {
        self.run(move |connection| conversations::page(connection, whose, page)).await
    }

    async fn by_key(&mut self, key: MessageKey) -> Result<Option<ConversationMessage>, StorageError> {
        self.run(move |connection| {
            let message = messages::table.filter(messages::key.eq(Digest(*key.as_bytes())));
            let row = message.select(MessageRow::as_select()).get_result(connection).optional()?;
            row.map(ConversationMessage::try_from).transpose()
        })
        .await
    }

    async fn own_replies(
        &mut self,
        chats: &[ChatId],
        since: Timestamp,
    ) -> Result<Vec<OwnReply>, StorageError> {
        let chats: Vec<_> = chats.iter().map(ChatId::value).collect();
        self.run(move |connection| {
            let mut replies = Vec::new();
            for chat in chats {
                let sent = messages::table
                    .filter(messages::chat.eq(chat))
                    .filter(messages::id.ge(Id::from(first_uuid_at(since))))
                    .filter(messages::sent_at.ge(At(since)))
                    .filter(messages::notification_id.is_not_null())
                    .order(messages::id);
                let rows = sent.select(OwnReplyRow::as_select()).load(connection)?;
                for row in rows {
                    replies.push(OwnReply::try_from(row)?);
                }
            }
            Ok(replies)
        })
        .await
    }

    async fn note_heard(&mut self, echoes: &[Echo]) -> Result<(), StorageError> {
        let echoes = echoes.to_vec();
        self.run(move |connection| {
            for echo in echoes {
                let heard_as = messages::heard_as.eq(Some(Digest(*echo.heard_as.as_bytes())));
                diesel::update(messages::table.find(Id::from(echo.id))).set(heard_as).execute(connection)?;
            }
            Ok(())
        })
        .await
    }

    async fn last_heard(&mut self, chat: &ChatId) -> Result<Option<LastHeard>, StorageError> {
        let chat = chat.value();
        self.run(move |connection| {
            let last = messages::table
                .filter(messages::chat.eq(chat))
                .filter(messages::author.eq(Named(Author::Person)))
                .order(messages::id.desc())
                .select((messages::sent_at, messages::channel));
            let last: Option<(At, Option<String>)> = last.first(connection).optional()?;
            Ok(last.map(|(at, channel)| LastHeard { at: at.0, channel }))
        })
        .await
    }

    async fn hold_waiting(&mut self, chats: &[ChatId]) -> Result<Vec<Ticket>, StorageError> {
        let chats = chats.to_vec();
        self.run(move |connection| {
            let mut waiting = Vec::new();
            for ChatId { bot, customer } in chats {
                let theirs = tickets::table
                    .filter(tickets::bot_id.eq(Id::from(bot)))
                    .filter(tickets::chat_customer.eq(customer.as_str()))
                    .filter(sql::<Bool>(IS_ANSWERED));
                let rows: Vec<TicketRow> = theirs.select(TicketRow::as_select()).load(connection)?;
                waiting.extend(rows);
            }
            waiting.into_iter().map(Ticket::try_from).collect()
        })
        .await
    }

    async fn hold(&mut self, reference: Reference) -> Result<Option<Ticket>, StorageError> {
        let number = reference.number().cast_signed();
        self.run(move |connection| {
            let ticket = tickets::table.filter(tickets::number.eq(number));
            let row = ticket.select(TicketRow::as_select()).get_result(connection).optional()?;
            row.map(Ticket::try_from).transpose()
        })
        .await
    }
}
