//! The way from dispatchers to deliverers. It carries ids and due times, nothing personal, and it may lose or repeat
//! them: the database decides.

use async_trait::async_trait;
use domain::{channel::ChannelKind, dispatch::Claimed};

/// The queue did not take or give anything.
#[derive(Debug, thiserror::Error)]
#[error("the notification queue is not available")]
pub struct QueueError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Hands claimed notifications over, and rings dispatchers when something was planned.
#[async_trait]
pub trait NotificationQueue: Send + Sync {
    /// Hands notifications over. On an error none, some or all were; they are handed over again later. With none it
    /// only asks whether the queue is there.
    async fn publish(&self, claimed: &[Claimed]) -> Result<(), QueueError>;

    /// Takes part in the delivery of one kind; several subscriptions share what is handed over. At most `prefetch`
    /// notifications are held unacknowledged by this one.
    async fn subscribe(&self, kind: ChannelKind, prefetch: u16) -> Result<Box<dyn Subscription>, QueueError>;

    /// Tells dispatchers that something was planned. Never waits and never fails: a poll is the net.
    fn ring(&self);

    /// Waits until somebody rang since the last time. Many rings may count as one.
    async fn rung(&self);
}

/// A notification that was handed over, until it is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Which one.
    pub claimed: Claimed,
    /// What acknowledges it.
    pub tag: u64,
}

/// The receiving end for one kind of channel.
#[async_trait]
pub trait Subscription: Send {
    /// Waits for at least one notification and takes what is there. Cancel safe.
    async fn receive(&mut self) -> Result<Vec<Received>, QueueError>;

    /// Gives back room for as many: their attempts are open, or they need none.
    async fn acknowledge(&mut self, tags: &[u64]) -> Result<(), QueueError>;
}
