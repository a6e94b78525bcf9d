//! A worker tells that it lives, and when it leaves.

use std::sync::Arc;

use domain::ids::WorkerId;
use jiff::Timestamp;

use crate::ports::{Storage, StorageError, atomically};

/// Writes that a worker lives.
#[derive(Clone)]
pub struct BeatHeart {
    /// Where heartbeats are.
    pub storage: Arc<dyn Storage>,
    /// Who lives.
    pub worker_id: WorkerId,
}

impl BeatHeart {
    /// Answers the time of the database's clock.
    pub async fn execute(&self) -> Result<Timestamp, StorageError> {
        atomically(&*self.storage, async |tx| tx.workers().beat(self.worker_id).await).await
    }
}

/// Hands back what a worker had not begun, when it stops.
#[derive(Clone)]
pub struct StopWorker {
    /// Where notifications are.
    pub storage: Arc<dyn Storage>,
    /// Who stops.
    pub worker_id: WorkerId,
}

impl StopWorker {
    /// Says how many notifications were handed back.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let me = [self.worker_id];
        atomically(&*self.storage, async |tx| {
            let released = tx.deliveries().release(&me).await?;
            // With an attempt still open the heartbeat must run out, so that somebody closes it.
            if tx.deliveries().abandoned(&me).await?.is_empty() {
                tx.workers().forget(&me).await?;
            }
            Ok(released)
        })
        .await
    }
}
