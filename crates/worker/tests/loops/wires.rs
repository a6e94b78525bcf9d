//! Channels and queues that misbehave.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use application::ports::{Channel, NotificationQueue, QueueError, Receipt, Received, Subscription};
use async_trait::async_trait;
use domain::{channel::ChannelKind, dispatch::Claimed, message::Message};
use port_contracts::{InMemoryQueue, RecordingChannel};
use tokio::sync::watch;

/// Delivers over one channel like this, and over all others like that.
pub(crate) struct Forked {
    pub(crate) name: &'static str,
    pub(crate) this: Arc<RecordingChannel>,
    pub(crate) that: Arc<RecordingChannel>,
}

#[async_trait]
impl Channel for Forked {
    async fn deliver(&self, message: &Message) -> Receipt {
        let channel = if message.channel == self.name { &self.this } else { &self.that };
        channel.deliver(message).await
    }
}

/// Panics at the first message, and takes all others.
#[derive(Default)]
pub(crate) struct PanickingOnce {
    panicked: AtomicBool,
    pub(crate) then: RecordingChannel,
}

#[async_trait]
impl Channel for PanickingOnce {
    async fn deliver(&self, message: &Message) -> Receipt {
        assert!(self.panicked.swap(true, Ordering::Relaxed), "the test made it panic");
        self.then.deliver(message).await
    }
}

/// A queue whose connection can break, and which can lose what it is given.
#[derive(Default)]
pub(crate) struct ShakyQueue {
    queue: InMemoryQueue,
    to_lose: AtomicUsize,
    line: watch::Sender<Line>,
    misused: Arc<Mutex<Vec<u64>>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Line {
    is_down: bool,
    /// How often it went down.
    breaks: usize,
}

impl ShakyQueue {
    /// The next `count` notifications get lost on their way.
    pub(crate) fn lose_next(&self, count: usize) {
        self.to_lose.store(count, Ordering::Relaxed);
    }

    /// Breaks every subscription; there is no new one until [`repair`](Self::repair).
    pub(crate) fn cut(&self) {
        self.line.send_modify(|line| *line = Line { is_down: true, breaks: line.breaks + 1 });
    }

    pub(crate) fn repair(&self) {
        self.line.send_modify(|line| line.is_down = false);
    }

    /// Tags that were acknowledged to a subscription which had not given them, or twice.
    pub(crate) fn misused_tags(&self) -> Vec<u64> {
        self.misused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn published(&self) -> usize {
        self.queue.published().len()
    }
}

fn broken() -> QueueError {
    QueueError("the test cut the line".into())
}

#[async_trait]
impl NotificationQueue for ShakyQueue {
    async fn publish(&self, claimed: &[Claimed]) -> Result<(), QueueError> {
        let lost = self.to_lose.load(Ordering::Relaxed).min(claimed.len());
        self.to_lose.fetch_sub(lost, Ordering::Relaxed);
        self.queue.publish(&claimed[lost..]).await
    }

    async fn subscribe(&self, kind: ChannelKind, prefetch: u16) -> Result<Box<dyn Subscription>, QueueError> {
        let line = *self.line.borrow();
        if line.is_down {
            return Err(broken());
        }
        Ok(Box::new(ShakySubscription {
            inner: self.queue.subscribe(kind, prefetch).await?,
            line: self.line.subscribe(),
            breaks: line.breaks,
            held: Vec::new(),
            misused: Arc::clone(&self.misused),
        }))
    }

    fn ring(&self) {
        self.queue.ring();
    }

    async fn rung(&self) {
        self.queue.rung().await;
    }
}

struct ShakySubscription {
    inner: Box<dyn Subscription>,
    line: watch::Receiver<Line>,
    breaks: usize,
    held: Vec<u64>,
    misused: Arc<Mutex<Vec<u64>>>,
}

#[async_trait]
impl Subscription for ShakySubscription {
    async fn receive(&mut self) -> Result<Vec<Received>, QueueError> {
        let breaks = self.breaks;
        tokio::select! {
            biased;
            _ = self.line.wait_for(|line| line.breaks > breaks) => Err(broken()),
            received = self.inner.receive() => {
                let received = received?;
                self.held.extend(received.iter().map(|received| received.tag));
                Ok(received)
            }
        }
    }

    async fn acknowledge(&mut self, tags: &[u64]) -> Result<(), QueueError> {
        for tag in tags {
            match self.held.iter().position(|held| held == tag) {
                Some(position) => drop(self.held.swap_remove(position)),
                None => self.misused.lock().unwrap_or_else(PoisonError::into_inner).push(*tag),
            }
        }
        self.inner.acknowledge(tags).await
    }
}
