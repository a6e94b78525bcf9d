//! Mail that was captured instead of sent.

use application::ports::{CapturedMail, CapturedMailRepository, Page, StorageError};
use async_trait::async_trait;
use domain::ids::NotificationId;

use crate::storage::{Operation, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl CapturedMailRepository for InMemoryUnitOfWork {
    async fn capture(&mut self, mail: &CapturedMail) -> Result<(), StorageError> {
        let state = self.write(Operation::CapturedMailsCapture)?;
        state.captured_mails.put(mail.notification_id, mail.clone());
        Ok(())
    }

    async fn of_notification(&mut self, id: NotificationId) -> Result<Option<CapturedMail>, StorageError> {
        Ok(self.read(Operation::CapturedMailsOfNotification)?.captured_mails.get(&id).cloned())
    }

    async fn page(&mut self, page: Page) -> Result<Vec<CapturedMail>, StorageError> {
        let state = self.read(Operation::CapturedMailsPage)?;
        let mails = state.captured_mails.newest_first(page.before.map(NotificationId::from_uuid));
        Ok(mails.take(page.limit.into()).cloned().collect())
    }
}
