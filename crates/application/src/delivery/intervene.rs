//! People cancel and retry notifications.

use std::sync::Arc;

use domain::{
    audit::{Action, Facts},
    ids::NotificationId,
    notification::NotificationStatus,
};
use jiff::Timestamp;

use crate::audit::{Audit, fact};
use crate::ports::{
    Clock, NotificationFilter, NotificationQueue, Page, Storage, StorageError, Transaction, atomically,
};

/// Why a notification stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum InterveneError {
    /// There is no such notification.
    #[error("there is no notification {0}")]
    Unknown(NotificationId),
    /// It stands where this cannot be done.
    #[error("a notification that is {0} cannot be changed like this")]
    Standing(NotificationStatus),
    /// It could not be written.
    #[error("changing the notification failed")]
    Storage(#[from] StorageError),
}

/// Withdraws a notification that was not sent yet.
#[derive(Clone)]
pub struct CancelNotification {
    /// Where notifications are.
    pub storage: Arc<dyn Storage>,
    /// Who does it.
    pub audit: Audit,
}

impl CancelNotification {
    /// Withdraws it for good; a later retry brings it back.
    pub async fn execute(&self, id: NotificationId) -> Result<(), InterveneError> {
        atomically(&*self.storage, async |tx| {
            let before = tx.notifications().find(id).await?.ok_or(InterveneError::Unknown(id))?;
            if !tx.notifications().cancel(id).await? {
                return Err(InterveneError::Standing(before.status));
            }
            Ok(self.audit.did(tx, Action::NotificationCancelled, id, Facts::new()).await?)
        })
        .await
    }
}

/// Makes a notification due now, with all its attempts before it.
#[derive(Clone)]
pub struct RetryNotification {
    /// Where notifications are.
    pub storage: Arc<dyn Storage>,
    /// What is rung.
    pub queue: Arc<dyn NotificationQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who does it.
    pub audit: Audit,
}

impl RetryNotification {
    /// Makes it due.
    pub async fn execute(&self, id: NotificationId) -> Result<(), InterveneError> {
        let now = self.clock.now();
        atomically(&*self.storage, async |tx| {
            let before = tx.notifications().find(id).await?.ok_or(InterveneError::Unknown(id))?;
            if !tx.notifications().retry(id, now).await? {
                return Err(InterveneError::Standing(before.status));
            }
            Ok(self.audit.did(tx, Action::NotificationRetried, id, Facts::new()).await?)
        })
        .await?;
        self.queue.ring();
        Ok(())
    }
}

/// One commit makes at most so many due, so that intake never waits long for it.
const PORTION: u16 = 200;

/// Makes many notifications due now.
#[derive(Clone)]
pub struct RetryNotifications {
    /// Where notifications are.
    pub storage: Arc<dyn Storage>,
    /// What is rung.
    pub queue: Arc<dyn NotificationQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who does it.
    pub audit: Audit,
}

impl RetryNotifications {
    /// Makes those of a filter due, the newest first, in portions. Says how many these were. What may not be retried is
    /// left alone.
    pub async fn execute(&self, filter: NotificationFilter) -> Result<usize, StorageError> {
        let now = self.clock.now();
        let (mut retried, mut page) = (0, Page::first(PORTION));
        loop {
            let (portion, last) =
                atomically(&*self.storage, async |tx| self.retry(tx, filter, page, now).await).await?;
            if portion > 0 {
                retried += portion;
                self.queue.ring();
            }
            match last {
                Some(last) => page.before = Some(last.as_uuid()),
                None => return Ok(retried),
            }
        }
    }

    /// Says how many of a page it made due, and which is the last of that page.
    async fn retry(
        &self,
        tx: &mut Transaction,
        filter: NotificationFilter,
        page: Page,
        now: Timestamp,
    ) -> Result<(usize, Option<NotificationId>), StorageError> {
        let found = tx.notifications().page(filter, page).await?;
        let mut retried = 0;
        for notification in found.iter().filter(|found| found.status.can_be_retried()) {
            retried += usize::from(tx.notifications().retry(notification.id, now).await?);
        }
        if retried > 0 {
            let filter = filter.status.map_or("all", NotificationStatus::as_str);
            self.audit.did(tx, Action::NotificationsRetried, filter, fact("count", retried)).await?;
        }
        Ok((retried, found.last().map(|last| last.id)))
    }
}
