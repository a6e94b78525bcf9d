//! A queue in RabbitMQ, for any number of processes.
//!
//! | in the broker | what for |
//! | --- | --- |
//! | exchange `<prefix>.notifications`, topic | notifications, their kind as the routing key |
//! | queue `<prefix>.<kind>`, quorum, one a kind | what waits for deliverers |
//! | exchange and queue `<prefix>.dead-letters` | messages that are not ours |
//! | exchange `<prefix>.bell`, fanout | rings; each process that dispatches binds a nameless queue of its own |
//!
//! One task keeps the connection (`supervisor`). A connection is never mended: when anything on it fails, it is given up
//! and a new one is made, with everything on it (`link`). Subscriptions notice and go on by themselves.

mod bell;
mod dial;
mod error;
mod link;
mod message;
mod names;
mod outage;
mod publishing;
mod settings;
mod subscription;
mod supervisor;
mod tags;
mod topology;

use std::{sync::Arc, time::Duration};

use application::ports::{NotificationQueue, QueueError, Subscription};
use async_trait::async_trait;
use domain::{channel::ChannelKind, dispatch::Claimed};
pub use error::{BrokerError, PublishError};
use link::Link;
use settings::Target;
pub use settings::{AmqpUrlError, RabbitMqSettings};
use subscription::RabbitMqSubscription;
use supervisor::{Shared, State, carry_rings, supervise};
use tokio_util::sync::DropGuard;

/// [`RabbitMqQueue::close`] takes at most so long.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// The queue of processes that share a RabbitMQ broker (3.10 or newer).
///
/// While the broker is away, publishing fails at once and subscriptions wait; when it is back, both go on by themselves.
/// Dropped, it closes its connection soon.
#[derive(Debug)]
pub struct RabbitMqQueue {
    shared: Arc<Shared>,
    _stop: DropGuard,
}

/// What a queue knows of its broker.
#[derive(Debug, Clone)]
pub enum BrokerHealth {
    /// The first try is not over.
    Connecting,
    /// There is a connection.
    Connected,
    /// There is a connection, but the broker runs out of memory or disk space and takes nothing
    /// (<https://www.rabbitmq.com/docs/alarms>).
    Blocked,
    /// There is none, and this is why.
    Away(Arc<BrokerError>),
}

impl RabbitMqQueue {
    /// Begins to connect in the background. Fails only if the settings cannot be used.
    ///
    /// Must be called on a Tokio runtime.
    pub fn new(settings: &RabbitMqSettings) -> Result<Self, AmqpUrlError> {
        let shared = Arc::new(Shared::new(Target::parse(settings)?));
        tokio::spawn(supervise(Arc::clone(&shared)));
        tokio::spawn(carry_rings(Arc::clone(&shared)));
        let stop = shared.stop.clone().drop_guard();
        Ok(Self { shared, _stop: stop })
    }

    /// Waits until there is a connection, or until the try that is under way has failed. It goes on trying either way:
    /// [`BrokerError::needs_change`] tells whether there is hope without anybody's help.
    pub async fn connect(&self) -> Result<(), Arc<BrokerError>> {
        let mut state = self.shared.state.subscribe();
        let known = state.wait_for(|state| !matches!(state, State::Connecting)).await;
        match known.as_deref() {
            Ok(State::Connected(_)) => Ok(()),
            Ok(State::Away(error)) => Err(Arc::clone(error)),
            _ => Err(Arc::new(BrokerError::Closed)),
        }
    }

    /// What is known of the broker now.
    pub fn health(&self) -> BrokerHealth {
        match &*self.shared.state.borrow() {
            State::Connecting => BrokerHealth::Connecting,
            State::Connected(link) if link.is_blocked() => BrokerHealth::Blocked,
            State::Connected(_) => BrokerHealth::Connected,
            State::Away(error) => BrokerHealth::Away(Arc::clone(error)),
            State::Closed => BrokerHealth::Away(Arc::new(BrokerError::Closed)),
        }
    }

    /// Ends subscriptions and connection, within 2 s. What is unacknowledged goes to others.
    pub async fn close(&self) {
        self.shared.stop.cancel();
        let mut state = self.shared.state.subscribe();
        let closed = state.wait_for(|state| matches!(state, State::Closed));
        // After that the socket is shut, whatever the broker says.
        let _ = tokio::time::timeout(CLOSE_WITHIN, closed).await;
    }

    fn link(&self) -> Result<Arc<Link>, PublishError> {
        match &*self.shared.state.borrow() {
            State::Connecting => Err(PublishError::Connecting),
            State::Connected(link) => Ok(Arc::clone(link)),
            State::Away(error) => Err(PublishError::Away(Arc::clone(error))),
            State::Closed => Err(PublishError::Away(Arc::new(BrokerError::Closed))),
        }
    }
}

#[async_trait]
impl NotificationQueue for RabbitMqQueue {
    /// Fails at once while the broker is away, also when there is nothing to hand over; else within 5 s.
    async fn publish(&self, claimed: &[Claimed]) -> Result<(), QueueError> {
        let link = self.link().map_err(|error| QueueError(Box::new(error)))?;
        if claimed.is_empty() {
            return Ok(());
        }
        publishing::publish(&link, &self.shared.target.names, claimed)
            .await
            .map_err(|error| QueueError(Box::new(error)))
    }

    /// Succeeds also while the broker is away.
    async fn subscribe(&self, kind: ChannelKind, prefetch: u16) -> Result<Box<dyn Subscription>, QueueError> {
        Ok(Box::new(RabbitMqSubscription::new(&self.shared, kind, prefetch)))
    }

    fn ring(&self) {
        self.shared.bell.ring();
    }

    async fn rung(&self) {
        self.shared.bell.rung().await;
    }
}
