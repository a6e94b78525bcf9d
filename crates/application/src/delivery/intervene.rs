//! People cancel and retry notifications.

use std::sync::Arc;

use domain::{ids::NotificationId, notification::NotificationStatus};

use crate::ports::{Clock, NotificationQueue, Storage, StorageError, atomically};

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
}

impl CancelNotification {
    /// Withdraws it for good; a later retry brings it back.
    pub async fn execute(&self, id: NotificationId) -> Result<(), InterveneError> {
        atomically(&*self.storage, async |tx| {
            let before = tx.notifications().find(id).await?.ok_or(InterveneError::Unknown(id))?;
            let done = tx.notifications().cancel(id).await?;
            if done { Ok(()) } else { Err(InterveneError::Standing(before.status)) }
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
}

impl RetryNotification {
    /// Makes it due.
    pub async fn execute(&self, id: NotificationId) -> Result<(), InterveneError> {
        let now = self.clock.now();
        atomically(&*self.storage, async |tx| {
            let before = tx.notifications().find(id).await?.ok_or(InterveneError::Unknown(id))?;
            let done = tx.notifications().retry(id, now).await?;
            if done { Ok(()) } else { Err(InterveneError::Standing(before.status)) }
        })
        .await?;
        self.queue.ring();
        Ok(())
    }
}
