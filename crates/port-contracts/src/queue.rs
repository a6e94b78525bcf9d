//! A queue in memory that remembers what was handed over.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use application::ports::{NotificationQueue, QueueError, Received, Subscription};
use async_trait::async_trait;
use domain::{channel::ChannelKind, dispatch::Claimed};
use tokio::sync::Notify;

/// A queue without bounds that records what was published and how often it was rung, and fails when told to.
#[derive(Debug, Default)]
pub struct InMemoryQueue {
    shared: Arc<Shared>,
    rung: Notify,
}

#[derive(Debug, Default)]
struct Shared {
    content: Mutex<Content>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct Content {
    waiting: HashMap<ChannelKind, VecDeque<Claimed>>,
    published: Vec<Claimed>,
    rings: usize,
    failures: usize,
    is_away: bool,
    tags: u64,
}

impl InMemoryQueue {
    /// An empty queue.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on every publish fails, or none.
    pub fn set_away(&self, is_away: bool) {
        self.shared.lock().is_away = is_away;
    }

    /// The next publish of something fails, and takes nothing.
    pub fn fail_next_publish(&self) {
        self.shared.lock().failures += 1;
    }

    /// All that was ever published, in that order.
    pub fn published(&self) -> Vec<Claimed> {
        self.shared.lock().published.clone()
    }

    /// How often it was rung.
    pub fn rings(&self) -> usize {
        self.shared.lock().rings
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn take(&mut self, kind: ChannelKind, room: usize) -> Vec<Received> {
        let Some(waiting) = self.waiting.get_mut(&kind) else { return Vec::new() };
        let taken = waiting.drain(..room.min(waiting.len()));
        taken.map(|claimed| Received { claimed, tag: next(&mut self.tags) }).collect()
    }
}

fn next(tags: &mut u64) -> u64 {
    *tags += 1;
    *tags
}

#[async_trait]
impl NotificationQueue for InMemoryQueue {
    async fn publish(&self, claimed: &[Claimed]) -> Result<(), QueueError> {
        let mut content = self.shared.lock();
        if content.is_away || (content.failures > 0 && !claimed.is_empty()) {
            content.failures = content.failures.saturating_sub(1);
            return Err(QueueError("the test made it fail".into()));
        }
        for notification in claimed {
            content.waiting.entry(notification.kind).or_default().push_back(*notification);
        }
        content.published.extend_from_slice(claimed);
        self.shared.arrived.notify_waiters();
        Ok(())
    }

    async fn subscribe(&self, kind: ChannelKind, prefetch: u16) -> Result<Box<dyn Subscription>, QueueError> {
        let shared = Arc::clone(&self.shared);
        Ok(Box::new(InMemorySubscription { shared, kind, prefetch: prefetch.into(), held: HashSet::new() }))
    }

    fn ring(&self) {
        self.shared.lock().rings += 1;
        self.rung.notify_one();
    }

    async fn rung(&self) {
        self.rung.notified().await;
    }
}

#[derive(Debug)]
struct InMemorySubscription {
    shared: Arc<Shared>,
    kind: ChannelKind,
    prefetch: usize,
    held: HashSet<u64>,
}

#[async_trait]
impl Subscription for InMemorySubscription {
    async fn receive(&mut self) -> Result<Vec<Received>, QueueError> {
        loop {
            // Made before the look, so that what arrives in between is not missed.
            let arrived = self.shared.arrived.notified();
            let received = self.shared.lock().take(self.kind, self.prefetch - self.held.len());
            if !received.is_empty() {
                self.held.extend(received.iter().map(|received| received.tag));
                return Ok(received);
            }
            arrived.await;
        }
    }

    async fn acknowledge(&mut self, tags: &[u64]) -> Result<(), QueueError> {
        for tag in tags {
            self.held.remove(tag);
        }
        Ok(())
    }
}
