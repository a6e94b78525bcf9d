//! What a dead worker had is given to the living.

use std::sync::Arc;

use domain::{channel::ChannelKind, ids::WorkerId, notification::OutcomeKind, retry::RetryPolicies};
use jiff::Timestamp;
use metrics::counter;

use super::settle::confirm_heard;
use crate::ports::{
    AbandonedAttempt, Clock, ClosedAttempt, NotificationQueue, Storage, StorageError, Transaction,
    atomically, consult,
};

/// Which workers are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// Those without a heartbeat since then.
    SilentSince(Timestamp),
    /// All but this one: it holds the only lock on the database.
    AllBut(WorkerId),
}

/// What was taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reclaimed {
    /// Attempts that were open; their fate is unknown.
    pub unknown: usize,
    /// Notifications that were handed over and not begun.
    pub released: usize,
}

/// Takes back what workers had that are gone: what they had not begun is handed over again, and what they had begun
/// has an unknown fate and is due again at once.
#[derive(Clone)]
pub struct ReclaimNotifications {
    /// Where notifications are.
    pub storage: Arc<dyn Storage>,
    /// What is rung when something was taken back.
    pub queue: Arc<dyn NotificationQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whether to try again.
    pub policies: Arc<RetryPolicies>,
}

impl ReclaimNotifications {
    /// Says what was taken back.
    pub async fn execute(&self, gone: Gone) -> Result<Reclaimed, StorageError> {
        let suspects = consult(&*self.storage, async |snapshot| gone_workers(snapshot, gone).await).await?;
        if suspects.is_empty() {
            return Ok(Reclaimed::default());
        }
        let reclaimed = atomically(&*self.storage, async |tx| self.reclaim(tx, gone).await).await?;
        if reclaimed != Reclaimed::default() {
            let Reclaimed { unknown, released } = reclaimed;
            tracing::warn!(unknown, released, "notifications of workers that are gone were taken back");
            counter!("frontdesk_attempts_reclaimed_total").increment(unknown as u64);
            self.queue.ring();
        }
        Ok(reclaimed)
    }

    async fn reclaim(&self, tx: &mut Transaction, gone: Gone) -> Result<Reclaimed, StorageError> {
        let workers = gone_workers(tx, gone).await?;
        let abandoned = tx.deliveries().abandoned(&workers).await?;
        let closed: Vec<_> = abandoned.iter().map(|abandoned| self.closed(abandoned)).collect();
        tx.deliveries().close(&closed).await?;
        let to_chats = abandoned.iter().filter(|abandoned| abandoned.kind == ChannelKind::Landbot);
        let in_doubt: Vec<_> = to_chats.map(|abandoned| abandoned.notification_id).collect();
        confirm_heard(tx, &in_doubt).await?;
        let released = tx.deliveries().release(&workers).await?;
        tx.workers().forget(&workers).await?;
        Ok(Reclaimed { unknown: closed.len(), released })
    }

    fn closed(&self, abandoned: &AbandonedAttempt) -> ClosedAttempt {
        let now = self.clock.now();
        let policy = self.policies.of(abandoned.kind);
        ClosedAttempt {
            worker_id: abandoned.worker_id,
            notification_id: abandoned.notification_id,
            number: abandoned.number,
            outcome: OutcomeKind::Unknown,
            code: None,
            answer: Some("the worker ended during the attempt".to_owned()),
            provider_id: None,
            elapsed: None,
            mimicked: false,
            closed_at: now,
            next: policy.after_crash(abandoned.tries, abandoned.unknowns, now),
        }
    }
}

async fn gone_workers(tx: &mut Transaction, gone: Gone) -> Result<Vec<WorkerId>, StorageError> {
    match gone {
        Gone::SilentSince(before) => tx.workers().silent_since(before).await,
        Gone::AllBut(living) => {
            let mut workers = tx.workers().all().await?;
            workers.retain(|worker| *worker != living);
            Ok(workers)
        }
    }
}
