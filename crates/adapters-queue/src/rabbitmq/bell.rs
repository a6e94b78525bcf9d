//! Ringing dispatchers: in this process at once, in others through the broker.

use std::{sync::Arc, time::Duration};

use lapin::{
    BasicProperties, Channel,
    message::DeliveryResult,
    options::{BasicConsumeOptions, BasicPublishOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable, ShortString},
};
use tokio::sync::{Notify, watch};

use super::{error::BrokerError, link::Fault, topology::using};

/// Other processes are rung at most so often; the last ring is never left out.
pub(super) const RING_EVERY: Duration = Duration::from_millis(5);

/// The bell of this process, whatever becomes of connections.
#[derive(Debug)]
pub(super) struct Bell {
    here: Notify,
    elsewhere: Notify,
    /// Whether anybody in this process ever listened.
    listened: watch::Sender<bool>,
}

impl Bell {
    pub(super) fn new() -> Self {
        Self { here: Notify::new(), elsewhere: Notify::new(), listened: watch::Sender::new(false) }
    }

    pub(super) fn ring(&self) {
        self.here.notify_one();
        self.elsewhere.notify_one();
    }

    pub(super) async fn rung(&self) {
        self.listened.send_if_modified(|listened| !std::mem::replace(listened, true));
        self.here.notified().await;
    }

    /// Waits until other processes are to be rung.
    pub(super) async fn to_be_carried(&self) {
        self.elsewhere.notified().await;
    }

    /// Waits until somebody in this process listens.
    pub(super) async fn listened(&self) {
        // It fails when the bell is gone, which is held here.
        let _ = self.listened.subscribe().wait_for(|listened| *listened).await;
    }
}

/// How one connection carries rings, both ways.
///
/// Its consumer also tells at once when the connection ends.
#[derive(Debug)]
pub(super) struct BellRope {
    channel: Channel,
    exchange: ShortString,
    /// The queue of this connection. Its name signs our rings, so that we do not wake ourselves twice.
    queue: ShortString,
}

impl BellRope {
    /// Makes a queue that nothing is routed to yet.
    pub(super) async fn hang(
        channel: Channel,
        exchange: ShortString,
        bell: &Arc<Bell>,
        fault: &Arc<Fault>,
    ) -> Result<Self, BrokerError> {
        let mut arguments = FieldTable::default();
        // Many rings may count as one: a process that stands still does not fill the broker.
        arguments.insert("x-max-length".into(), AMQPValue::LongInt(1));
        let options =
            QueueDeclareOptions { exclusive: true, auto_delete: true, ..QueueDeclareOptions::default() };
        let queue = channel.queue_declare("".into(), options, arguments).await.map_err(BrokerError::Lost)?;
        let queue = queue.name().clone();
        let rope = Self { channel, exchange, queue };
        rope.listen(Arc::clone(bell), Arc::clone(fault)).await?;
        Ok(rope)
    }

    async fn listen(&self, bell: Arc<Bell>, fault: Arc<Fault>) -> Result<(), BrokerError> {
        let options = BasicConsumeOptions { no_ack: true, exclusive: true, ..BasicConsumeOptions::default() };
        let consumer = self
            .channel
            .basic_consume(self.queue.clone(), "".into(), options, FieldTable::default())
            .await
            .map_err(using("queue", &self.queue))?;
        let own = self.queue.clone();
        consumer.set_delegate(move |delivery: DeliveryResult| {
            match delivery {
                Ok(Some(ring)) if ring.data == own.as_str().as_bytes() => {}
                Ok(Some(_)) => bell.here.notify_one(),
                Ok(None) => fault.report(BrokerError::QueueDeleted),
                Err(error) => fault.report(BrokerError::Lost(error)),
            }
            std::future::ready(())
        });
        Ok(())
    }

    /// Lets rings of other processes in.
    pub(super) async fn tie(&self) -> Result<(), BrokerError> {
        self.channel
            .queue_bind(
                self.queue.clone(),
                self.exchange.clone(),
                "".into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            )
            .await
            .map_err(using("exchange", &self.exchange))
    }

    /// Rings in all processes that listen. Not confirmed: a poll is the net.
    pub(super) async fn pull(&self) -> lapin::Result<()> {
        const TRANSIENT: u8 = 1;
        let properties = BasicProperties::default().with_delivery_mode(TRANSIENT);
        self.channel
            .basic_publish(
                self.exchange.clone(),
                "".into(),
                BasicPublishOptions::default(),
                self.queue.as_str().as_bytes(),
                properties,
            )
            .await
            .map(drop)
    }
}
