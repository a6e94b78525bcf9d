//! What waits for the subscribers of one kind.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::dispatch::Claimed;
use tokio::sync::Notify;

/// Notifications of one kind, first in, first out, shared by all subscribers of that kind.
#[derive(Debug)]
pub(super) struct Lane {
    waiting: Mutex<VecDeque<Claimed>>,
    capacity: usize,
    arrived: Notify,
}

impl Lane {
    pub(super) fn new(capacity: usize) -> Self {
        Self { waiting: Mutex::default(), capacity, arrived: Notify::new() }
    }

    /// Says whether there was room.
    pub(super) fn push(&self, notification: Claimed) -> bool {
        let mut waiting = self.waiting();
        if waiting.len() >= self.capacity {
            return false;
        }
        waiting.push_back(notification);
        self.arrived.notify_one();
        true
    }

    /// Waits until something is there, and takes at most `limit` (at least 1) of it.
    ///
    /// Cancel safe: taking is the last thing that happens, and a wake-up that was not used goes to the next who waits.
    pub(super) async fn take(&self, limit: usize) -> Vec<Claimed> {
        loop {
            let taken = self.take_now(limit);
            if !taken.is_empty() {
                return taken;
            }
            self.arrived.notified().await;
        }
    }

    fn take_now(&self, limit: usize) -> Vec<Claimed> {
        let mut waiting = self.waiting();
        let taken = limit.min(waiting.len());
        let taken = waiting.drain(..taken).collect();
        if !waiting.is_empty() {
            // For somebody else who waits: many arrivals may have woken only one.
            self.arrived.notify_one();
        }
        taken
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Claimed>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
