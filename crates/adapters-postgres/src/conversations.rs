//! Which messages belong together.

use application::ports::{Page, Whose};
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{Array, BigInt, Binary, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    conversation::{ChatId, ConversationMessage},
    identity::{Identity, IdentityKind},
    ids::MessageId,
    ticket::Ticket,
};

use crate::{
    columns::{Id, Named},
    error::Failure,
    rows::{MessageRow, TicketRow},
    schema::{identities, messages, tickets},
    statement::{column, statement},
};

/// Where the messages of a conversation are.
struct Places {
    chats: Vec<String>,
    tickets: Vec<Id>,
}

/// The newest messages of each place, merged: what is in a chat and on a ticket is one message.
pub(crate) async fn page(
    connection: &mut AsyncPgConnection,
    whose: Whose,
    page: Page,
) -> Result<Vec<ConversationMessage>, Failure> {
    let Places { chats, tickets } = places(connection, whose).await?;
    let rows: Vec<MessageRow> = statement(
        "SELECT message.* FROM unnest($1) AS place (chat), LATERAL (
             SELECT * FROM messages WHERE messages.chat = place.chat AND id < $3 ORDER BY id DESC LIMIT $4
         ) AS message
         UNION
         SELECT message.* FROM unnest($2) AS place (ticket_id), LATERAL (
             SELECT * FROM messages WHERE messages.ticket_id = place.ticket_id AND id < $3 ORDER BY id DESC LIMIT $4
         ) AS message
         ORDER BY id DESC LIMIT $4",
    )
    .bind::<Array<Text>, _>(chats)
    .bind::<Array<Uuid>, _>(tickets)
    .bind::<Uuid, _>(Id::before(page.before))
    .bind::<BigInt, _>(i64::from(page.limit))
    .load(connection)
    .await?;
    rows.into_iter().map(ConversationMessage::try_from).collect()
}

async fn places(connection: &mut AsyncPgConnection, whose: Whose) -> Result<Places, Failure> {
    match whose {
        Whose::Ticket(id) => {
            let ticket = tickets::table.find(Id::from(id)).select(TicketRow::as_select());
            let ticket: Option<TicketRow> = ticket.get_result(connection).await.optional()?;
            let chat = ticket.map(Ticket::try_from).transpose()?.as_ref().and_then(ChatId::of);
            Ok(Places { chats: chat.iter().map(ChatId::value).collect(), tickets: vec![id.into()] })
        }
        Whose::User(id) => {
            let known = identities::table.filter(identities::user_id.eq(Id::from(id)));
            let chats = known.filter(identities::kind.eq(Named(IdentityKind::Customer)));
            let tickets = tickets::table.filter(tickets::user_id.eq(Id::from(id))).select(tickets::id);
            Ok(Places {
                chats: chats.select(identities::value).load(connection).await?,
                tickets: tickets.load(connection).await?,
            })
        }
    }
}

#[derive(QueryableByName)]
struct Recorded {
    #[diesel(sql_type = Uuid)]
    id: Id,
}

/// Writes messages whose keys are new, and says which those are.
pub(crate) async fn record(
    connection: &mut AsyncPgConnection,
    new: &[ConversationMessage],
) -> Result<Vec<MessageId>, Failure> {
    let mut rows = column(new, MessageRow::from);
    // So that two units of work cannot wait for each other.
    rows.sort_unstable_by_key(|row| row.key.0);
    let recorded: Vec<Recorded> = statement(
        "INSERT INTO messages (id, key, chat, ticket_id, agent_id, notification_id, author, kind, text, channel, sent_at)
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (key) DO NOTHING RETURNING id",
    )
    .bind::<Array<Uuid>, _>(column(&rows, |row| row.id))
    .bind::<Array<Binary>, _>(column(&rows, |row| row.key))
    .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.chat.as_deref()))
    .bind::<Array<Nullable<Uuid>>, _>(column(&rows, |row| row.ticket_id))
    .bind::<Array<Nullable<Uuid>>, _>(column(&rows, |row| row.agent_id))
    .bind::<Array<Nullable<Uuid>>, _>(column(&rows, |row| row.notification_id))
    .bind::<Array<Text>, _>(column(&rows, |row| row.author))
    .bind::<Array<Text>, _>(column(&rows, |row| row.kind.as_str()))
    .bind::<Array<Text>, _>(column(&rows, |row| row.text.as_str()))
    .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.channel.as_deref()))
    .bind::<Array<Timestamptz>, _>(column(&rows, |row| row.sent_at))
    .load(connection)
    .await?;
    Ok(recorded.into_iter().map(|row| row.id.into()).collect())
}

/// Deletes the messages on these tickets and in the chats among these identities, and says how many.
pub(crate) async fn erase(
    connection: &mut AsyncPgConnection,
    tickets: &[Id],
    known_as: &[Identity],
) -> QueryResult<usize> {
    let customers = known_as.iter().filter(|known| known.kind() == IdentityKind::Customer);
    let chats: Vec<_> = customers.map(Identity::value).collect();
    let on_tickets = messages::table.filter(messages::ticket_id.eq_any(tickets));
    let in_chats = messages::table.filter(messages::chat.eq_any(chats));
    let on_tickets = diesel::delete(on_tickets).execute(connection).await?;
    Ok(on_tickets + diesel::delete(in_chats).execute(connection).await?)
}
