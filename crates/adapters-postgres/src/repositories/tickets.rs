//! Tickets.

use application::ports::{Page, StorageError, TicketFilter, TicketRepository};
use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Json, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    ids::{TicketId, UserId},
    ticket::{Reference, Ticket},
};

use crate::{
    columns::Id,
    error::{Failure, inserted},
    lists::ticket_ids,
    rows::TicketRow,
    schema::tickets,
    statement::{Statement, column, statement},
    unit_of_work::PgUnitOfWork,
};

#[derive(QueryableByName)]
struct Counter {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[async_trait]
impl TicketRepository for PgUnitOfWork {
    async fn take_numbers(&mut self, count: usize) -> Result<u64, StorageError> {
        self.run(async |connection| take_numbers(connection, count).await).await
    }

    async fn insert(&mut self, new: &[Ticket]) -> Result<(), StorageError> {
        self.run(async |connection| insert(connection, new).await).await
    }

    async fn find(&mut self, id: TicketId) -> Result<Option<Ticket>, StorageError> {
        self.run(async |connection| {
            let ticket = tickets::table.find(Id::from(id)).select(TicketRow::as_select());
            ticket.get_result(connection).await.optional()?.map(Ticket::try_from).transpose()
        })
        .await
    }

    async fn by_reference(&mut self, reference: Reference) -> Result<Option<Ticket>, StorageError> {
        let number = reference.number().cast_signed();
        self.run(async |connection| {
            let ticket = tickets::table.filter(tickets::number.eq(number)).select(TicketRow::as_select());
            ticket.get_result(connection).await.optional()?.map(Ticket::try_from).transpose()
        })
        .await
    }

    async fn page(&mut self, filter: &TicketFilter, page: Page) -> Result<Vec<Ticket>, StorageError> {
        self.run(async |connection| {
            let ids = ticket_ids(connection, filter, page).await?;
            let rows: Vec<TicketRow> = tickets::table
                .filter(tickets::id.eq_any(ids))
                .order(tickets::id.desc())
                .select(TicketRow::as_select())
                .load(connection)
                .await?;
            rows.into_iter().map(Ticket::try_from).collect()
        })
        .await
    }

    async fn of_user(&mut self, user_id: UserId, page: Page) -> Result<Vec<Ticket>, StorageError> {
        self.run(async |connection| {
            let rows: Vec<TicketRow> = tickets::table
                .filter(tickets::user_id.eq(Id::from(user_id)))
                .filter(tickets::id.lt(Id::before(page.before)))
                .order(tickets::id.desc())
                .limit(page.limit.into())
                .select(TicketRow::as_select())
                .load(connection)
                .await?;
            rows.into_iter().map(Ticket::try_from).collect()
        })
        .await
    }
}

/// Whoever else takes numbers waits for the end of this unit of work.
pub(crate) async fn take_numbers(mut connection: &AsyncPgConnection, count: usize) -> Result<u64, Failure> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let take = statement("UPDATE counters SET value = value + $1 WHERE name = 'tickets' RETURNING value");
    let last: Counter = take.bind::<BigInt, _>(count).get_result(&mut connection).await?;
    Ok((last.value - count + 1).cast_unsigned())
}

pub(crate) async fn insert(mut connection: &AsyncPgConnection, new: &[Ticket]) -> Result<(), Failure> {
    if new.is_empty() {
        return Ok(());
    }
    let rows = column(new, TicketRow::from);
    let insert = statement(
        "INSERT INTO tickets (id, number, user_id, bot_id, topic, topic_asked, description, status,
                              chat_customer, chat_uuid, reply_to, language, fields, created_at)
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT DO NOTHING",
    );
    inserted(bind(insert, &rows).execute(&mut connection).await?, rows.len(), "tickets_number_key")
}

/// Binds the columns of new tickets.
fn bind<'f>(statement: Statement<'f>, rows: &'f [TicketRow]) -> Statement<'f> {
    statement
        .bind::<Array<Uuid>, _>(column(rows, |row| row.id))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.number))
        .bind::<Array<Nullable<Uuid>>, _>(column(rows, |row| row.user_id))
        .bind::<Array<Uuid>, _>(column(rows, |row| row.bot_id))
        .bind::<Array<Text>, _>(column(rows, |row| row.topic.as_str()))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.topic_asked.as_deref()))
        .bind::<Array<Text>, _>(column(rows, |row| row.description.as_str()))
        .bind::<Array<Text>, _>(column(rows, |row| row.status))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.chat_customer.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.chat_uuid.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.reply_to.as_deref()))
        .bind::<Array<Text>, _>(column(rows, |row| row.language.as_str()))
        .bind::<Array<Json>, _>(column(rows, |row| &row.fields))
        .bind::<Array<Timestamptz>, _>(column(rows, |row| row.created_at))
}
