//! Tickets.

use application::ports::{Page, StorageError, TicketFilter, TicketRepository};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::{
    ids::{TicketId, UserId},
    ticket::{Reference, Ticket},
};

use crate::{
    columns::Id,
    constant::returned,
    error::{Failure, inserted},
    lists::ticket_ids,
    rows::TicketRow,
    schema::{counters, tickets},
    unit_of_work::SqliteUnitOfWork,
};

/// The counter that numbers tickets.
const NUMBERS: &str = "tickets";

#[async_trait]
impl TicketRepository for SqliteUnitOfWork {
    async fn take_numbers(&mut self, count: usize) -> Result<u64, StorageError> {
        self.run(move |connection| take_numbers(connection, count)).await
    }

    async fn insert(&mut self, new: &[Ticket]) -> Result<(), StorageError> {
        if new.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = new.iter().map(TicketRow::from).collect();
        self.run(move |connection| insert(connection, &rows)).await
    }

    async fn find(&mut self, id: TicketId) -> Result<Option<Ticket>, StorageError> {
        self.run(move |connection| find(connection, id.into())).await
    }

    async fn by_reference(&mut self, reference: Reference) -> Result<Option<Ticket>, StorageError> {
        let number = reference.number().cast_signed();
        self.run(move |connection| {
            let by_number = tickets::table.filter(tickets::number.eq(number));
            let row = by_number.select(TicketRow::as_select()).get_result(connection).optional()?;
            row.map(Ticket::try_from).transpose()
        })
        .await
    }

    async fn page(&mut self, filter: &TicketFilter, page: Page) -> Result<Vec<Ticket>, StorageError> {
        let filter = filter.clone();
        self.run(move |connection| {
            let ids = ticket_ids(connection, &filter, page)?;
            ids.into_iter().filter_map(|id| find(connection, id).transpose()).collect()
        })
        .await
    }

    async fn of_user(&mut self, user_id: UserId, page: Page) -> Result<Vec<Ticket>, StorageError> {
        self.run(move |connection| {
            let rows = tickets::table
                .filter(tickets::user_id.eq(Id::from(user_id)))
                .filter(tickets::id.lt(Id::before(page.before)))
                .order(tickets::id.desc())
                .limit(page.limit.into())
                .select(TicketRow::as_select())
                .load(connection)?;
            rows.into_iter().map(Ticket::try_from).collect()
        })
        .await
    }
}

pub(crate) fn take_numbers(connection: &mut SqliteConnection, count: usize) -> Result<u64, Failure> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let advance =
        diesel::update(counters::table.find(NUMBERS)).set(counters::value.eq(counters::value + count));
    let last: Option<i64> = returned(connection, advance.returning(counters::value))?;
    let last = last.ok_or(Failure::Unreadable("counters.value"))?;
    Ok((last - count + 1).cast_unsigned())
}

pub(crate) fn insert(connection: &mut SqliteConnection, rows: &[TicketRow]) -> Result<(), Failure> {
    for row in rows {
        let insert = diesel::insert_into(tickets::table).values(row).on_conflict_do_nothing();
        inserted(insert.execute(connection)?, "tickets_number_key")?;
    }
    Ok(())
}

fn find(connection: &mut SqliteConnection, id: Id) -> Result<Option<Ticket>, Failure> {
    let row = tickets::table.find(id).select(TicketRow::as_select()).get_result(connection).optional()?;
    row.map(Ticket::try_from).transpose()
}
