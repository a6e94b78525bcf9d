//! What members of staff do about tickets.

use application::ports::{Page, StorageError, TicketWorkRepository};
use async_trait::async_trait;
use diesel::{prelude::*, query_dsl::methods};
use diesel_async::RunQueryDsl;
use domain::{
    ids::TicketId,
    ticket::Ticket,
    ticket_work::{Changed, TicketEvent, TicketWork},
};

use crate::{
    columns::{Id, Named},
    error::Failure,
    rows::{TicketEventRow, TicketWorkRow},
    schema::{ticket_events, ticket_work, tickets},
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl TicketWorkRepository for PgUnitOfWork {
    async fn of_tickets(&mut self, ids: &[TicketId]) -> Result<Vec<(TicketId, TicketWork)>, StorageError> {
        let ids: Vec<_> = ids.iter().copied().map(Id::from).collect();
        self.run(async |connection| {
            let work = ticket_work::table.filter(ticket_work::ticket_id.eq_any(ids));
            let rows = work.select(TicketWorkRow::as_select()).load(connection).await?;
            Ok(rows.into_iter().map(Into::into).collect())
        })
        .await
    }

    async fn change(&mut self, read: &Ticket, version: u32, changed: &Changed) -> Result<(), StorageError> {
        let work = TicketWorkRow::new(read.id, &changed.work);
        let (id, version) = (Id::from(read.id), i64::from(version));
        self.run(async |connection| {
            let as_read = tickets::table
                .find(id)
                .filter(tickets::status.eq(Named(read.status)))
                .filter(tickets::topic.eq(read.topic.as_str()));
            let ticket =
                (tickets::status.eq(Named(changed.status)), tickets::topic.eq(changed.topic.as_str()));
            let tickets = diesel::update(as_read).set(ticket).execute(connection).await?;
            let insert = diesel::insert_into(ticket_work::table).values(&work);
            let upsert = insert.on_conflict(ticket_work::ticket_id).do_update().set(&work);
            let unless_newer = methods::FilterDsl::filter(upsert, ticket_work::version.eq(version));
            let works = unless_newer.execute(connection).await?;
            if tickets + works == 2 { Ok(()) } else { Err(Failure::Stale) }
        })
        .await
    }

    async fn record(&mut self, events: &[TicketEvent]) -> Result<(), StorageError> {
        let rows: Vec<_> = events.iter().map(TicketEventRow::from).collect();
        self.run(async |connection| {
            diesel::insert_into(ticket_events::table).values(&rows).execute(connection).await?;
            Ok(())
        })
        .await
    }

    async fn events_of(&mut self, ticket: TicketId, page: Page) -> Result<Vec<TicketEvent>, StorageError> {
        self.run(async |connection| {
            let rows = ticket_events::table
                .filter(ticket_events::ticket_id.eq(Id::from(ticket)))
                .filter(ticket_events::id.lt(Id::before(page.before)))
                .order(ticket_events::id.desc())
                .limit(page.limit.into())
                .select(TicketEventRow::as_select())
                .load(connection)
                .await?;
            Ok(rows.into_iter().map(Into::into).collect())
        })
        .await
    }
}
