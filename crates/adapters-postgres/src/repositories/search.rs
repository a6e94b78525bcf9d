//! What lists are searched by.

use application::ports::{Changed, Noted, SearchRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use domain::{
    search::{SearchText, TicketEntry, UserEntry},
    ticket::Ticket,
    user::User,
};

use crate::{
    columns::{Id, JsonText},
    error::Failure,
    rows::{TicketRow, UserRow, origin},
    schema::{tickets, user_search, users},
    statement::{column, statement},
    unit_of_work::PgUnitOfWork,
};

/// Until the end of the unit of work nobody else writes entries: what is older cannot take the place of what is newer.
const ALONE: &str = "SELECT pg_advisory_xact_lock(hashtext('frontdesk search'), hashtext(current_schema()))";

/// The oldest notes, and of those no more than name so many ids, but one at least.
const TAKE: &str = "
    WITH oldest AS (
        SELECT position, cardinality(user_ids) + cardinality(ticket_ids) AS size
        FROM search_notes ORDER BY position LIMIT $1
    ), portion AS (
        SELECT position FROM (
            SELECT position, sum(size) OVER (ORDER BY position) - size AS before FROM oldest
        ) AS added_up
        WHERE before < $1
    )
    DELETE FROM search_notes USING portion WHERE search_notes.position = portion.position
    RETURNING user_ids, ticket_ids";

#[derive(QueryableByName)]
struct Note {
    #[diesel(sql_type = Array<Uuid>)]
    user_ids: Vec<Id>,
    #[diesel(sql_type = Array<Uuid>)]
    ticket_ids: Vec<Id>,
}

#[async_trait]
impl SearchRepository for PgUnitOfWork {
    async fn note(&mut self, changed: &Changed) -> Result<(), StorageError> {
        if changed.is_empty() {
            return Ok(());
        }
        self.run(async |connection| {
            statement("INSERT INTO search_notes (user_ids, ticket_ids) VALUES ($1, $2)")
                .bind::<Array<Uuid>, _>(column(&changed.users, |&id| Id::from(id)))
                .bind::<Array<Uuid>, _>(column(&changed.tickets, |&id| Id::from(id)))
                .execute(connection)
                .await?;
            Ok(())
        })
        .await
    }

    async fn take(&mut self, about: u16) -> Result<Noted, StorageError> {
        self.run(async |connection| {
            connection.batch_execute(ALONE).await?;
            let notes: Vec<Note> =
                statement(TAKE).bind::<BigInt, _>(i64::from(about)).load(connection).await?;
            let user_ids = notes.iter().flat_map(|note| note.user_ids.iter().copied()).collect();
            let ticket_ids = notes.iter().flat_map(|note| note.ticket_ids.iter().copied()).collect();
            Ok(Noted {
                notes: notes.len(),
                users: users_noted(connection, sorted(user_ids)).await?,
                tickets: tickets_noted(connection, sorted(ticket_ids)).await?,
            })
        })
        .await
    }

    async fn put(&mut self, users: &[UserEntry], tickets: &[TicketEntry]) -> Result<(), StorageError> {
        self.run(async |connection| {
            put_users(connection, users).await?;
            put_tickets(connection, tickets).await?;
            Ok(())
        })
        .await
    }
}

fn sorted(mut ids: Vec<Id>) -> Vec<Id> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Those that there are; entries of the others are deleted.
///
/// They are locked against erasing: it would not see the entries that are about to be written, and leave them behind.
async fn users_noted(connection: &mut AsyncPgConnection, ids: Vec<Id>) -> Result<Vec<User>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<UserRow> = users::table
        .filter(users::id.eq_any(&ids))
        .order(users::id)
        .select(UserRow::as_select())
        .for_key_share()
        .load(connection)
        .await?;
    let is_gone = |id: &Id| rows.binary_search_by_key(id, |row| row.id).is_err();
    let gone: Vec<Id> = ids.into_iter().filter(is_gone).collect();
    if !gone.is_empty() {
        let entries = user_search::table.filter(user_search::user_id.eq_any(gone));
        diesel::delete(entries).execute(connection).await?;
    }
    rows.into_iter().map(User::try_from).collect()
}

/// Locked against erasing too, which blanks them: a ticket may be noted when its user is not.
async fn tickets_noted(
    connection: &mut AsyncPgConnection,
    ids: Vec<Id>,
) -> Result<Vec<(Ticket, Option<String>)>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let noted = tickets::table.filter(tickets::id.eq_any(&ids)).order(tickets::id);
    noted.select(tickets::id).for_share().execute(connection).await?;
    let rows: Vec<(TicketRow, Option<JsonText>)> = tickets::table
        .left_join(users::table.on(users::id.nullable().eq(tickets::user_id)))
        .filter(tickets::id.eq_any(ids))
        .order(tickets::id)
        .select((TicketRow::as_select(), users::first_origin.nullable()))
        .load(connection)
        .await?;
    let noted = rows
        .into_iter()
        .map(|(ticket, first)| Ok((Ticket::try_from(ticket)?, origin(first.as_ref())?.source)));
    noted.collect()
}

async fn put_users(connection: &mut AsyncPgConnection, entries: &[UserEntry]) -> QueryResult<()> {
    if entries.is_empty() {
        return Ok(());
    }
    statement(
        "INSERT INTO user_search (user_id, bot_id, origin, text) SELECT * FROM unnest($1, $2, $3, $4)
         ON CONFLICT (user_id) DO UPDATE SET origin = excluded.origin, text = excluded.text
         WHERE (user_search.origin, user_search.text) IS DISTINCT FROM (excluded.origin, excluded.text)",
    )
    .bind::<Array<Uuid>, _>(column(entries, |entry| Id::from(entry.user_id)))
    .bind::<Array<Uuid>, _>(column(entries, |entry| Id::from(entry.bot_id)))
    .bind::<Array<Nullable<Text>>, _>(column(entries, |entry| entry.origin.as_deref()))
    .bind::<Array<Text>, _>(column(entries, |entry| SearchText::as_str(&entry.text)))
    .execute(connection)
    .await?;
    Ok(())
}

async fn put_tickets(connection: &mut AsyncPgConnection, entries: &[TicketEntry]) -> QueryResult<()> {
    if entries.is_empty() {
        return Ok(());
    }
    statement(
        "INSERT INTO ticket_search (ticket_id, origin, text) SELECT * FROM unnest($1, $2, $3)
         ON CONFLICT (ticket_id) DO UPDATE SET origin = excluded.origin, text = excluded.text
         WHERE (ticket_search.origin, ticket_search.text) IS DISTINCT FROM (excluded.origin, excluded.text)",
    )
    .bind::<Array<Uuid>, _>(column(entries, |entry| Id::from(entry.ticket_id)))
    .bind::<Array<Nullable<Text>>, _>(column(entries, |entry| entry.origin.as_deref()))
    .bind::<Array<Text>, _>(column(entries, |entry| SearchText::as_str(&entry.text)))
    .execute(connection)
    .await?;
    Ok(())
}
