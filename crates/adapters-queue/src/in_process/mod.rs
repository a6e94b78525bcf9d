//! A queue in the memory of one process.

mod lane;
mod subscription;

use std::{collections::HashMap, sync::Arc};

use application::ports::{NotificationQueue, QueueError, Subscription};
use async_trait::async_trait;
use domain::{channel::ChannelKind, dispatch::Claimed};
use lane::Lane;
use subscription::LaneSubscription;
use tokio::sync::Notify;

/// Notifications did not fit into the queue. They are handed over again later, when there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{left_out} notifications did not fit into the queue")]
pub struct QueueFull {
    /// How many.
    pub left_out: usize,
}

/// The queue of a process that dispatches and delivers alone: one lane with bounds for each kind of channel.
///
/// What a subscriber took and did not acknowledge is lost with it, as is everything when the process ends: the
/// database hands it over again.
#[derive(Debug)]
pub struct InProcessQueue {
    lanes: HashMap<ChannelKind, Arc<Lane>>,
    bell: Notify,
}

impl InProcessQueue {
    /// A queue in which `capacity` notifications of each kind can wait.
    pub fn new(capacity: usize) -> Self {
        let lanes = ChannelKind::ALL.iter().map(|&kind| (kind, Arc::new(Lane::new(capacity)))).collect();
        Self { lanes, bell: Notify::new() }
    }

    fn lane(&self, kind: ChannelKind) -> &Arc<Lane> {
        self.lanes.get(&kind).expect("every kind has a lane")
    }
}

#[async_trait]
impl NotificationQueue for InProcessQueue {
    /// Takes what there is room for, and fails with [`QueueFull`] if something is left out. Never waits.
    async fn publish(&self, claimed: &[Claimed]) -> Result<(), QueueError> {
        let left_out =
            claimed.iter().filter(|notification| !self.lane(notification.kind).push(**notification)).count();
        match left_out {
            0 => Ok(()),
            left_out => Err(QueueError(Box::new(QueueFull { left_out }))),
        }
    }

    async fn subscribe(&self, kind: ChannelKind, prefetch: u16) -> Result<Box<dyn Subscription>, QueueError> {
        Ok(Box::new(LaneSubscription::new(Arc::clone(self.lane(kind)), prefetch)))
    }

    fn ring(&self) {
        // Keeps one ring for a dispatcher that does not wait yet.
        self.bell.notify_one();
    }

    async fn rung(&self) {
        self.bell.notified().await;
    }
}
