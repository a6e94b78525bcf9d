//! What lists are searched by.

use application::ports::{Changed, Noted, SearchRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::{
    search::{TicketEntry, UserEntry},
    ticket::Ticket,
    user::User,
};

use crate::{
    columns::{Id, Ids},
    entries::{delete_user_entry, note, put_ticket_entry, put_user_entry},
    error::Failure,
    rows::{TicketRow, UserRow, origin},
    schema::{search_notes, tickets, users},
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl SearchRepository for SqliteUnitOfWork {
    async fn note(&mut self, changed: &Changed) -> Result<(), StorageError> {
        let changed = changed.clone();
        self.run(move |connection| Ok(note(connection, &changed)?)).await
    }

    async fn take(&mut self, about: u16) -> Result<Noted, StorageError> {
        self.run(move |connection| {
            let (notes, user_ids, ticket_ids) = taken(connection, about.into())?;
            Ok(Noted {
                notes,
                users: users_noted(connection, sorted(user_ids))?,
                tickets: tickets_noted(connection, sorted(ticket_ids))?,
            })
        })
        .await
    }

    async fn put(&mut self, users: &[UserEntry], tickets: &[TicketEntry]) -> Result<(), StorageError> {
        let (users, tickets) = (users.to_vec(), tickets.to_vec());
        self.run(move |connection| {
            users.iter().try_for_each(|entry| put_user_entry(connection, entry))?;
            tickets.iter().try_for_each(|entry| put_ticket_entry(connection, entry))?;
            Ok(())
        })
        .await
    }
}

/// Takes notes until they name as many ids, but one note at least.
fn taken(connection: &mut SqliteConnection, about: usize) -> QueryResult<(usize, Vec<Id>, Vec<Id>)> {
    let oldest: Vec<(i64, Ids, Ids)> = search_notes::table
        .order(search_notes::position)
        .limit(i64::try_from(about).unwrap_or(i64::MAX))
        .load(connection)?;
    let (mut notes, mut users, mut tickets) = (0, Vec::new(), Vec::new());
    for (position, user_ids, ticket_ids) in oldest {
        if users.len() + tickets.len() >= about {
            break;
        }
        users.extend(user_ids.0);
        tickets.extend(ticket_ids.0);
        notes += diesel::delete(search_notes::table.find(position)).execute(connection)?;
    }
    Ok((notes, users, tickets))
}

fn sorted(mut ids: Vec<Id>) -> Vec<Id> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Those that there are; entries of the others are deleted.
fn users_noted(connection: &mut SqliteConnection, ids: Vec<Id>) -> Result<Vec<User>, Failure> {
    let mut noted = Vec::with_capacity(ids.len());
    for id in ids {
        let user = users::table.find(id).select(UserRow::as_select()).get_result(connection).optional()?;
        match user {
            Some(row) => noted.push(User::try_from(row)?),
            None => delete_user_entry(connection, id)?,
        }
    }
    Ok(noted)
}

fn tickets_noted(
    connection: &mut SqliteConnection,
    ids: Vec<Id>,
) -> Result<Vec<(Ticket, Option<String>)>, Failure> {
    let mut noted = Vec::with_capacity(ids.len());
    for id in ids {
        let ticket =
            tickets::table.find(id).select(TicketRow::as_select()).get_result(connection).optional()?;
        let Some(ticket) = ticket.map(Ticket::try_from).transpose()? else { continue };
        let source = match ticket.user_id {
            Some(user) => source_of(connection, user.into())?,
            None => None,
        };
        noted.push((ticket, source));
    }
    Ok(noted)
}

fn source_of(connection: &mut SqliteConnection, user: Id) -> Result<Option<String>, Failure> {
    let first: Option<Option<String>> =
        users::table.find(user).select(users::first_origin).get_result(connection).optional()?;
    Ok(origin(first.flatten().as_deref())?.source)
}
