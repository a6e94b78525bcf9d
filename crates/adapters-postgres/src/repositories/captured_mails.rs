//! Mail that was captured instead of sent.

use application::ports::{CapturedMail, CapturedMailRepository, Page, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::NotificationId;

use crate::{columns::Id, rows::CapturedMailRow, schema::captured_mails, unit_of_work::PgUnitOfWork};

#[async_trait]
impl CapturedMailRepository for PgUnitOfWork {
    async fn capture(&mut self, mail: &CapturedMail) -> Result<(), StorageError> {
        let row = CapturedMailRow::from(mail);
        self.run(async |connection| {
            diesel::insert_into(captured_mails::table)
                .values(&row)
                .on_conflict(captured_mails::notification_id)
                .do_update()
                .set(&row)
                .execute(connection)
                .await?;
            Ok(())
        })
        .await
    }

    async fn of_notification(&mut self, id: NotificationId) -> Result<Option<CapturedMail>, StorageError> {
        self.run(async |connection| {
            let mail = captured_mails::table.find(Id::from(id)).select(CapturedMailRow::as_select());
            Ok(mail.get_result(connection).await.optional()?.map(CapturedMail::from))
        })
        .await
    }

    async fn page(&mut self, page: Page) -> Result<Vec<CapturedMail>, StorageError> {
        self.run(async |connection| {
            let rows: Vec<CapturedMailRow> = captured_mails::table
                .filter(captured_mails::notification_id.lt(Id::before(page.before)))
                .order(captured_mails::notification_id.desc())
                .limit(page.limit.into())
                .select(CapturedMailRow::as_select())
                .load(connection)
                .await?;
            Ok(rows.into_iter().map(CapturedMail::from).collect())
        })
        .await
    }
}
