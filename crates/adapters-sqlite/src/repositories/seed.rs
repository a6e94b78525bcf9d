//! What fills a database for demonstrations and benchmarks.

use application::ports::{PastNotification, SeedRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::{ids::TicketId, ticket_work::TicketWork};

use crate::{
    rows::{PastAttemptRow, PastNotificationRow, TicketWorkRow},
    schema::{attempts, notifications, ticket_work},
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl SeedRepository for SqliteUnitOfWork {
    async fn notifications(&mut self, past: &[PastNotification]) -> Result<(), StorageError> {
        let rows: Vec<_> = past.iter().map(PastNotificationRow::from).collect();
        let tried: Vec<_> = past.iter().filter_map(PastAttemptRow::of).collect();
        self.run(move |connection| {
            for row in &rows {
                diesel::insert_into(notifications::table).values(row).execute(connection)?;
            }
            for row in &tried {
                diesel::insert_into(attempts::table).values(row).execute(connection)?;
            }
            Ok(())
        })
        .await
    }

    async fn work(&mut self, work: &[(TicketId, TicketWork)]) -> Result<(), StorageError> {
        let rows: Vec<_> = work.iter().map(|(ticket, work)| TicketWorkRow::new(*ticket, work)).collect();
        self.run(move |connection| {
            for row in &rows {
                diesel::insert_into(ticket_work::table).values(row).execute(connection)?;
            }
            Ok(())
        })
        .await
    }
}
