//! The queue of a program that runs alone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use application::ports::{NotificationQueue, QueueError, Received, Subscription};
use async_trait::async_trait;
use domain::{channel::ChannelKind, dispatch::Claimed};
use tokio::sync::Notify;

/// Hands notifications over within one process. It holds a bounded number of each kind; what does not fit stays claimed
/// in the database and is handed over again later.
pub struct InProcessQueue {
    lines: HashMap<ChannelKind, Arc<Line>>,
    bell: Notify,
}

/// What waits of one kind.
struct Line {
    waiting: Mutex<Vec<Claimed>>,
    capacity: usize,
    arrived: Notify,
}

/// A kind's line is full.
#[derive(Debug, thiserror::Error)]
#[error("{left_out} notifications did not fit into the queue and are handed over again later")]
struct Full {
    left_out: usize,
}

impl InProcessQueue {
    /// Holds at most `capacity` notifications of each kind.
    pub fn new(capacity: usize) -> Self {
        let line = |&kind| (kind, Arc::new(Line { waiting: Mutex::default(), capacity, arrived: Notify::new() }));
        Self { lines: ChannelKind::ALL.iter().map(line).collect(), bell: Notify::new() }
    }
}

impl Line {
    /// Says whether it fitted.
    fn put(&self, claimed: Claimed) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = waiting.len() < self.capacity;
        if fits {
            waiting.push(claimed);
        }
        fits
    }

    fn take(&self, room: usize) -> Vec<Claimed> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = room.min(waiting.len());
        let taken = waiting.drain(..count).collect();
        if !waiting.is_empty() {
            // Another subscription may have room for the rest.
            self.arrived.notify_one();
        }
        taken
    }
}

#[async_trait]
impl NotificationQueue for InProcessQueue {
    async fn publish(&self, claimed: &[Claimed]) -> Result<(), QueueError> {
        let mut left_out = 0;
        for notification in claimed {
            left_out += usize::from(!self.lines[&notification.kind].put(*notification));
        }
        for kind in ChannelKind::ALL.iter().filter(|kind| claimed.iter().any(|claimed| claimed.kind == **kind)) {
            self.lines[kind].arrived.notify_one();
        }
        if left_out > 0 { Err(QueueError(Box::new(Full { left_out }))) } else { Ok(()) }
    }

    async fn subscribe(&self, kind: ChannelKind, prefetch: u16) -> Result<Box<dyn Subscription>, QueueError> {
        let line = Arc::clone(&self.lines[&kind]);
        Ok(Box::new(InProcessSubscription { line, room: prefetch.into(), last_tag: 0 }))
    }

    fn ring(&self) {
        self.bell.notify_one();
    }

    async fn rung(&self) {
        self.bell.notified().await;
    }
}

struct InProcessSubscription {
    line: Arc<Line>,
    /// How many more may be held unacknowledged.
    room: usize,
    last_tag: u64,
}

#[async_trait]
impl Subscription for InProcessSubscription {
    async fn receive(&mut self) -> Result<Vec<Received>, QueueError> {
        loop {
            let taken = self.line.take(self.room);
            if !taken.is_empty() {
                self.room -= taken.len();
                let tags = self.last_tag + 1..;
                self.last_tag += taken.len() as u64;
                return Ok(taken.into_iter().zip(tags).map(|(claimed, tag)| Received { claimed, tag }).collect());
            }
            self.line.arrived.notified().await;
        }
    }

    async fn acknowledge(&mut self, tags: &[u64]) -> Result<(), QueueError> {
        self.room += tags.len();
        Ok(())
    }
}
