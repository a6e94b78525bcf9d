//! The receiving end. It outlives connections: after an outage it goes on by itself.

use std::sync::Arc;

use application::ports::{QueueError, Received, Subscription};
use async_trait::async_trait;
use domain::channel::ChannelKind;
use lapin::{
    Channel,
    message::{Delivery, DeliveryResult},
    options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions},
    types::{FieldTable, ShortString},
};
use metrics::counter;
use tokio::sync::{mpsc, watch};

use super::{
    error::BrokerError,
    link::{CLOSE_WITHIN, Link, REPLY_SUCCESS},
    message,
    supervisor::{Shared, State},
    tags::{Acknowledgements, Tags},
    topology::using,
};

/// What a worker holds. A task of its own talks with the broker, so that giving up a wait gives up nothing else.
#[derive(Debug)]
pub(super) struct RabbitMqSubscription {
    prefetch: u16,
    received: mpsc::UnboundedReceiver<Received>,
    acknowledged: mpsc::UnboundedSender<Vec<u64>>,
}

impl RabbitMqSubscription {
    /// Takes part in the delivery of `kind` from now on, or from the end of an outage on.
    pub(super) fn new(shared: &Shared, kind: ChannelKind, prefetch: u16) -> Self {
        // To the broker, 0 means without bounds.
        let prefetch = prefetch.max(1);
        let (forward, received) = mpsc::unbounded_channel();
        let (acknowledged, acknowledgements) = mpsc::unbounded_channel();
        let feed = Feed {
            kind,
            prefetch,
            queue: shared.target.names.queue(kind),
            state: shared.state.subscribe(),
            forward,
            acknowledgements,
        };
        // It ends when the other end of `acknowledgements` is dropped.
        tokio::spawn(feed.run());
        Self { prefetch, received, acknowledged }
    }
}

#[async_trait]
impl Subscription for RabbitMqSubscription {
    /// Waits through outages. Fails only when the queue is closed.
    async fn receive(&mut self) -> Result<Vec<Received>, QueueError> {
        let mut received = Vec::new();
        match self.received.recv_many(&mut received, self.prefetch.into()).await {
            0 => Err(QueueError(Box::new(BrokerError::Closed))),
            _ => Ok(received),
        }
    }

    /// Tags of before an outage are ignored: what they stood for is handed out again.
    async fn acknowledge(&mut self, tags: &[u64]) -> Result<(), QueueError> {
        self.acknowledged.send(tags.to_vec()).map_err(|_| QueueError(Box::new(BrokerError::Closed)))
    }
}

/// The side of the broker. What it forwards is bounded by the prefetch.
struct Feed {
    kind: ChannelKind,
    prefetch: u16,
    queue: ShortString,
    state: watch::Receiver<State>,
    forward: mpsc::UnboundedSender<Received>,
    acknowledgements: mpsc::UnboundedReceiver<Vec<u64>>,
}

impl Feed {
    /// Goes on until the subscription is dropped or the queue is closed.
    async fn run(mut self) {
        for generation in 1.. {
            let Some(link) = self.next_link().await else { return };
            match self.serve(&link, generation).await {
                Ok(()) => return,
                Err(error) => link.fault().report(error),
            }
        }
    }

    /// Waits for a connection that works. There will be none when the queue is closed, and none is needed when the
    /// subscription is dropped.
    async fn next_link(&mut self) -> Option<Arc<Link>> {
        loop {
            tokio::select! {
                link = working_link(&mut self.state) => return link,
                // What came on an earlier connection cannot be acknowledged any more.
                acknowledged = self.acknowledgements.recv() => drop(acknowledged?),
            }
        }
    }

    /// Uses one connection until it breaks, or until the subscription is dropped: then all is well.
    async fn serve(&mut self, link: &Link, generation: u64) -> Result<(), BrokerError> {
        let channel = link.channel().await?;
        let served = self.consume(link, &channel, generation).await;
        close(&channel).await;
        served
    }

    async fn consume(&mut self, link: &Link, channel: &Channel, generation: u64) -> Result<(), BrokerError> {
        let mut deliveries = self.begin(channel).await?;
        let mut tags = Tags::new(generation);
        loop {
            tokio::select! {
                delivery = deliveries.recv() => match delivery {
                    Some(Ok(Some(delivery))) => self.take(&delivery, channel, &mut tags).await?,
                    Some(Ok(None)) | None => return Err(BrokerError::QueueDeleted),
                    Some(Err(error)) => return Err(BrokerError::Lost(error)),
                },
                acknowledged = self.acknowledgements.recv() => match acknowledged {
                    Some(acknowledged) => self.acknowledge(acknowledged, channel, &mut tags).await?,
                    None => return Ok(()),
                },
                error = link.fault().reported() => return Err(error),
            }
        }
    }

    async fn begin(&self, channel: &Channel) -> Result<mpsc::UnboundedReceiver<DeliveryResult>, BrokerError> {
        channel.basic_qos(self.prefetch, BasicQosOptions::default()).await.map_err(BrokerError::Lost)?;
        let (options, arguments) = (BasicConsumeOptions::default(), FieldTable::default());
        let consumer = channel
            .basic_consume(self.queue.clone(), "".into(), options, arguments)
            .await
            .map_err(using("queue", &self.queue))?;
        let (sender, deliveries) = mpsc::unbounded_channel();
        consumer.set_delegate(move |delivery: DeliveryResult| {
            // It fails when the subscription is gone, and then the channel is about to be closed.
            let _ = sender.send(delivery);
            std::future::ready(())
        });
        Ok(deliveries)
    }

    /// Tells the broker of `acknowledged` and of all that was acknowledged meanwhile: the more at once, the fewer words.
    async fn acknowledge(
        &mut self,
        mut acknowledged: Vec<u64>,
        channel: &Channel,
        tags: &mut Tags,
    ) -> Result<(), BrokerError> {
        while let Ok(more) = self.acknowledgements.try_recv() {
            acknowledged.extend(more);
        }
        let Acknowledgements { up_to, single } = tags.release(&acknowledged);
        let up_to = up_to.map(|tag| (tag, BasicAckOptions { multiple: true }));
        let single = single.into_iter().map(|tag| (tag, BasicAckOptions { multiple: false }));
        for (tag, options) in up_to.into_iter().chain(single) {
            channel.basic_ack(tag, options).await.map_err(BrokerError::Lost)?;
        }
        Ok(())
    }

    /// Forwards a notification; what is none goes to the dead letters.
    async fn take(&self, delivery: &Delivery, channel: &Channel, tags: &mut Tags) -> Result<(), BrokerError> {
        match message::decode(&delivery.data, self.kind) {
            Ok(claimed) => {
                let tag = tags.hold(delivery.delivery_tag);
                // It fails when the subscription is gone, and then this task is about to end.
                let _ = self.forward.send(Received { claimed, tag });
                Ok(())
            }
            Err(error) => {
                self.tell_of(&error);
                let options = BasicRejectOptions { requeue: false };
                channel.basic_reject(delivery.delivery_tag, options).await.map_err(BrokerError::Lost)
            }
        }
    }

    fn tell_of(&self, error: &(dyn std::error::Error + 'static)) {
        counter!("frontdesk_queue_unreadable_total", "kind" => self.kind.as_str()).increment(1);
        tracing::debug!(
            error,
            queue = self.queue.as_str(),
            "a message is not ours and goes to the dead letters"
        );
    }
}

async fn working_link(state: &mut watch::Receiver<State>) -> Option<Arc<Link>> {
    let decided = |state: &State| match state {
        State::Connected(link) => !link.fault().is_reported(),
        State::Closed => true,
        State::Connecting | State::Away(_) => false,
    };
    match &*state.wait_for(decided).await.ok()? {
        State::Connected(link) => Some(Arc::clone(link)),
        _ => None,
    }
}

/// Hands back what is unacknowledged. Dropping a channel would not close it, as its consumer holds it.
async fn close(channel: &Channel) {
    let closed = channel.close(REPLY_SUCCESS, "closed by Frontdesk".into());
    // It fails with the connection, and then there is nothing to close.
    let _ = tokio::time::timeout(CLOSE_WITHIN, closed).await;
}
