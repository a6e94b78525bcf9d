//! Due notifications are claimed ahead of time and handed over to deliverers.

use std::{collections::HashMap, sync::Arc};

use domain::{
    dispatch::{ChannelLoad, Claimed, HANDED_OVER_PER_SLOT, HORIZON, deferrals, pace, share},
    ids::WorkerId,
    trace::TARGET,
};
use jiff::Timestamp;
use tracing::Span;

use crate::ports::{
    Clock, NotificationQueue, QueueError, Storage, StorageError, Transaction, atomically, consult,
};

/// Why nothing could be handed over.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// Nothing could be claimed.
    #[error("claiming due notifications failed")]
    Claim(#[from] StorageError),
    /// What was claimed could not be handed over; it is, later.
    #[error("handing notifications over failed")]
    HandOver(#[from] QueueError),
}

/// Claims what is due within the horizon and hands it over, with its due time.
#[derive(Clone)]
pub struct DispatchNotifications {
    /// Where notifications wait.
    pub storage: Arc<dyn Storage>,
    /// Where they are handed over.
    pub queue: Arc<dyn NotificationQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// In whose name they are claimed.
    pub worker_id: WorkerId,
    /// How many attempts of a kind may be open at once.
    pub concurrency: usize,
}

impl DispatchNotifications {
    /// One round. Says how many were handed over; 0 when nothing is due or the deliverers have enough.
    pub async fn execute(&self) -> Result<usize, DispatchError> {
        let now = self.clock.now();
        let horizon = now + HORIZON;
        // The look before the leap: a round without work, and most are, takes no write lock.
        let is_worth_it = consult(&*self.storage, async |snapshot| {
            let (loads, room) = self.loads(snapshot, horizon).await?;
            Ok(!share(&loads, room, now).is_empty())
        });
        if !is_worth_it.await? {
            return Ok(0);
        }
        // Nothing is claimed for a queue that is away.
        self.queue.publish(&[]).await?;
        let claimed = atomically(&*self.storage, async |tx| self.claim(tx, now).await).await?;
        let spans: Vec<_> = claimed.iter().map(span).collect();
        let published = self.queue.publish(&claimed).await;
        drop(spans);
        match published {
            Ok(()) => Ok(claimed.len()),
            Err(error) => {
                self.give_back().await?;
                Err(error.into())
            }
        }
    }

    /// Takes back what was claimed and not begun, so that it need not wait until the claims lapse. What did get through
    /// is handed over twice, and opened once.
    async fn give_back(&self) -> Result<usize, StorageError> {
        atomically(&*self.storage, async |tx| tx.deliveries().release(&[self.worker_id]).await).await
    }

    /// What is due, and for how much of each kind all living workers have room.
    async fn loads(
        &self,
        tx: &mut Transaction,
        horizon: Timestamp,
    ) -> Result<(Vec<ChannelLoad>, usize), StorageError> {
        let room = HANDED_OVER_PER_SLOT * self.concurrency;
        let loads = tx.deliveries().loads(horizon, room).await?;
        if loads.is_empty() {
            return Ok((loads, room));
        }
        // The dead among them are forgotten within seconds.
        match tx.workers().all().await?.len() {
            0 | 1 => Ok((loads, room)),
            workers => Ok((tx.deliveries().loads(horizon, workers * room).await?, workers * room)),
        }
    }

    async fn claim(&self, tx: &mut Transaction, now: Timestamp) -> Result<Vec<Claimed>, StorageError> {
        let horizon = now + HORIZON;
        let (loads, room) = self.loads_outside_quiet_hours(tx, horizon, now).await?;
        let quotas = share(&loads, room, now);
        let mut claimed = tx.deliveries().claim(self.worker_id, &quotas, horizon).await?;
        let paced: HashMap<_, _> =
            loads.iter().filter(|load| load.interval.is_some()).map(|load| (load.channel_id, load)).collect();
        for load in paced.values() {
            self.keep_pace(tx, load, &mut claimed, now).await?;
        }
        Ok(claimed)
    }

    /// What is due once everything that falls into quiet hours was moved to their end. It does not wait for that in a
    /// worker's hands: they may be long, and it would take the room of others.
    async fn loads_outside_quiet_hours(
        &self,
        tx: &mut Transaction,
        horizon: Timestamp,
        now: Timestamp,
    ) -> Result<(Vec<ChannelLoad>, usize), StorageError> {
        let (loads, room) = self.loads(tx, horizon).await?;
        let quiet = deferrals(&loads, now);
        if quiet.is_empty() {
            return Ok((loads, room));
        }
        tx.deliveries().defer(&quiet, horizon).await?;
        let (mut loads, room) = self.loads(tx, horizon).await?;
        // What somebody else was busy with could not be moved; it is in a later round.
        for rest in quiet.iter().filter(|rest| rest.from <= now && rest.until > horizon) {
            loads.iter_mut().filter(|load| load.channel_id == rest.channel_id).for_each(|load| load.due = 0);
        }
        Ok((loads, room))
    }

    async fn keep_pace(
        &self,
        tx: &mut Transaction,
        load: &ChannelLoad,
        claimed: &mut [Claimed],
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let mut of_channel: Vec<_> = claimed.iter_mut().filter(|c| c.channel_id == load.channel_id).collect();
        if of_channel.is_empty() {
            return Ok(());
        }
        of_channel.sort_by_key(|claimed| claimed.due_at);
        let next_slot = pace(load, &mut of_channel, now);
        let moved: Vec<_> = of_channel.into_iter().map(|claimed| *claimed).collect();
        tx.deliveries().postpone(&moved).await?;
        match next_slot {
            Some(at) => tx.channels().set_next_slot(load.channel_id, at).await,
            None => Ok(()),
        }
    }
}

/// Open while a notification is handed over.
fn span(claimed: &Claimed) -> Span {
    tracing::info_span!(
        target: TARGET, "notification.hand_over",
        request_id = %claimed.request_id, notification_id = %claimed.id, kind = claimed.kind.as_str()
    )
}
