//! The entries by which users and tickets are found: a row with a position, and at that position a text.

use application::ports::Changed;
use diesel::prelude::*;
use domain::search::{TicketEntry, UserEntry};

use crate::{
    columns::{Id, Ids},
    schema::{search_notes, ticket_search, user_search},
};

/// Notes what changed.
pub(crate) fn note(connection: &mut SqliteConnection, changed: &Changed) -> QueryResult<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let ids = (
        search_notes::user_ids.eq(Ids(changed.users.iter().map(|&id| id.into()).collect())),
        search_notes::ticket_ids.eq(Ids(changed.tickets.iter().map(|&id| id.into()).collect())),
    );
    diesel::insert_into(search_notes::table).values(ids).execute(connection)?;
    Ok(())
}

/// Writes the entry of a user. One that there is keeps its position.
pub(crate) fn put_user_entry(connection: &mut SqliteConnection, entry: &UserEntry) -> QueryResult<()> {
    let (id, origin) = (Id::from(entry.user_id), entry.origin.as_deref());
    let known: Option<(i64, Option<String>)> = user_search::table
        .filter(user_search::user_id.eq(id))
        .select((user_search::position, user_search::origin))
        .get_result(connection)
        .optional()?;
    let text = entry.text.as_str();
    let Some((position, known_origin)) = known else {
        let bot = user_search::bot_id.eq(Id::from(entry.bot_id));
        let row = (user_search::user_id.eq(id), bot, user_search::origin.eq(origin));
        let insert = diesel::insert_into(user_search::table).values(row);
        let position = insert.returning(user_search::position).get_result(connection)?;
        return user_texts::write(connection, position, text);
    };
    if known_origin.as_deref() != origin {
        let entry = diesel::update(user_search::table.find(position));
        entry.set(user_search::origin.eq(origin)).execute(connection)?;
    }
    user_texts::replace(connection, position, text)
}

/// Writes the entry of a ticket. One that there is keeps its position.
pub(crate) fn put_ticket_entry(connection: &mut SqliteConnection, entry: &TicketEntry) -> QueryResult<()> {
    let (id, origin) = (Id::from(entry.ticket_id), entry.origin.as_deref());
    let known: Option<(i64, Option<String>)> = ticket_search::table
        .filter(ticket_search::ticket_id.eq(id))
        .select((ticket_search::position, ticket_search::origin))
        .get_result(connection)
        .optional()?;
    let text = entry.text.as_str();
    let Some((position, known_origin)) = known else {
        let row = (ticket_search::ticket_id.eq(id), ticket_search::origin.eq(origin));
        let insert = diesel::insert_into(ticket_search::table).values(row);
        let position = insert.returning(ticket_search::position).get_result(connection)?;
        return ticket_texts::write(connection, position, text);
    };
    if known_origin.as_deref() != origin {
        let entry = diesel::update(ticket_search::table.find(position));
        entry.set(ticket_search::origin.eq(origin)).execute(connection)?;
    }
    ticket_texts::replace(connection, position, text)
}

/// Deletes the entry of a user.
pub(crate) fn delete_user_entry(connection: &mut SqliteConnection, id: Id) -> QueryResult<()> {
    let entry = user_search::table.filter(user_search::user_id.eq(id)).select(user_search::position);
    if let Some(position) = entry.get_result(connection).optional()? {
        user_texts::delete(connection, position)?;
        diesel::delete(user_search::table.find(position)).execute(connection)?;
    }
    Ok(())
}

/// Empties the entry of a ticket, which keeps its position.
pub(crate) fn empty_ticket_entry(connection: &mut SqliteConnection, id: Id) -> QueryResult<()> {
    let entry = ticket_search::table.filter(ticket_search::ticket_id.eq(id));
    if let Some(position) = entry.select(ticket_search::position).get_result(connection).optional()? {
        ticket_texts::replace(connection, position, "")?;
        let entry = diesel::update(ticket_search::table.find(position));
        entry.set(ticket_search::origin.eq(None::<String>)).execute(connection)?;
    }
    Ok(())
}

/// The texts at their positions. What is replaced is deleted first: so the index of texts knows what to take out.
macro_rules! texts {
    ($table:ident) => {
        mod $table {
            use diesel::prelude::*;

            use crate::schema::$table::{dsl, table};

            pub(super) fn write(
                connection: &mut SqliteConnection,
                position: i64,
                text: &str,
            ) -> QueryResult<()> {
                let row = (dsl::rowid.eq(position), dsl::text.eq(text));
                diesel::insert_into(table).values(row).execute(connection)?;
                Ok(())
            }

            pub(super) fn delete(connection: &mut SqliteConnection, position: i64) -> QueryResult<()> {
                diesel::delete(table.find(position)).execute(connection)?;
                Ok(())
            }

            /// Does nothing if it is the same text.
            pub(super) fn replace(
                connection: &mut SqliteConnection,
                position: i64,
                text: &str,
            ) -> QueryResult<()> {
                let known: String = table.find(position).select(dsl::text).get_result(connection)?;
                if known == text {
                    return Ok(());
                }
                delete(connection, position)?;
                write(connection, position, text)
            }
        }
    };
}

texts!(user_texts);
texts!(ticket_texts);
