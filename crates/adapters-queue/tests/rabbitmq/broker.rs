//! The broker of the tests, and what the tests do to it behind the queue's back.

use std::time::Duration;

use adapters_queue::{RabbitMqQueue, RabbitMqSettings};
use application::ports::{NotificationQueue, Received, Subscription};
use domain::{
    channel::ChannelKind,
    dispatch::Claimed,
    ids::{ChannelId, NotificationId, RequestId},
};
use lapin::{
    Channel, Connection, ConnectionProperties, ExchangeKind,
    options::{ExchangeDeclareOptions, ExchangeDeleteOptions, QueueDeclareOptions, QueueDeleteOptions},
    types::FieldTable,
};
use port_contracts::TEST_BEGINS;
use uuid::Uuid;

/// Nothing in these tests takes so long, unless it never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

#[expect(clippy::disallowed_methods, reason = "the address of the broker comes from the test runner")]
pub(crate) fn broker_url() -> String {
    std::env::var("TEST_AMQP_URL")
        .expect("TEST_AMQP_URL names the RabbitMQ broker of these tests; scripts/test starts one and sets it")
}

/// A connection and a channel beside the queue under test.
pub(crate) async fn channel() -> (Connection, Channel) {
    let connection = Connection::connect(&broker_url(), ConnectionProperties::default())
        .await
        .expect("the broker is there");
    let channel = connection.create_channel().await.expect("a channel");
    (connection, channel)
}

/// Names of one test's own, removed from the broker when it ends.
pub(crate) struct Names {
    pub(crate) prefix: String,
}

impl Names {
    pub(crate) async fn fresh() -> Self {
        let (_connection, channel) = channel().await;
        let options = QueueDeclareOptions { exclusive: true, ..QueueDeclareOptions::default() };
        // The broker never gives a name twice.
        let queue = channel.queue_declare("".into(), options, FieldTable::default()).await.expect("a queue");
        let prefix = queue.name().as_str().replace("amq.gen-", "test-");
        Self { prefix }
    }

    pub(crate) fn settings(&self, url: &str) -> RabbitMqSettings {
        RabbitMqSettings { url: url.to_owned(), prefix: self.prefix.clone() }
    }

    /// A queue that is connected.
    pub(crate) async fn queue(&self) -> RabbitMqQueue {
        let queue = RabbitMqQueue::new(&self.settings(&broker_url())).expect("settings");
        queue.connect().await.expect("it connects");
        queue
    }

    pub(crate) fn named(&self, what: &str) -> String {
        format!("{}.{what}", self.prefix)
    }

    pub(crate) async fn declare_classic_queue(&self, what: &str) {
        let (_connection, channel) = channel().await;
        let name = self.named(what).as_str().into();
        channel
            .queue_declare(name, QueueDeclareOptions::durable(), FieldTable::default())
            .await
            .expect("it declares");
    }

    pub(crate) async fn declare_direct_exchange(&self, what: &str) {
        let (_connection, channel) = channel().await;
        let (name, options) = (self.named(what).as_str().into(), ExchangeDeclareOptions::default());
        channel
            .exchange_declare(name, ExchangeKind::Direct, options, FieldTable::default())
            .await
            .expect("it declares");
    }

    pub(crate) async fn delete_queue(&self, what: &str) {
        let (_connection, channel) = channel().await;
        let name = self.named(what).as_str().into();
        channel.queue_delete(name, QueueDeleteOptions::default()).await.expect("it deletes");
    }

    async fn delete_all(prefix: String) {
        let (_connection, channel) = channel().await;
        let queues = ChannelKind::ALL.iter().map(|kind| kind.as_str()).chain(["dead-letters"]);
        for name in queues {
            let _ = channel
                .queue_delete(format!("{prefix}.{name}").as_str().into(), QueueDeleteOptions::default())
                .await;
        }
        for name in ["notifications", "bell", "dead-letters"] {
            let _ = channel
                .exchange_delete(format!("{prefix}.{name}").as_str().into(), ExchangeDeleteOptions::default())
                .await;
        }
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        let prefix = std::mem::take(&mut self.prefix);
        let cleaning = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(Self::delete_all(prefix));
        });
        // What is left behind disturbs nobody.
        let _ = cleaning.join();
    }
}

/// So many mails, the first with number `from`.
pub(crate) fn mails(from: u32, count: u32) -> Vec<Claimed> {
    let one = |number: u32| Claimed {
        id: NotificationId::from_uuid(Uuid::from_u128(number.into())),
        channel_id: ChannelId::MAX,
        kind: ChannelKind::Email,
        due_at: TEST_BEGINS,
        request_id: RequestId::MAX,
    };
    (from..from + count).map(one).collect()
}

pub(crate) async fn subscribe(queue: &RabbitMqQueue) -> Box<dyn Subscription> {
    queue.subscribe(ChannelKind::Email, 100).await.expect("it subscribes")
}

/// Takes as many, however many turns that takes.
pub(crate) async fn take(subscription: &mut dyn Subscription, count: usize) -> Vec<Received> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let received = tokio::time::timeout(PATIENCE, subscription.receive()).await.expect("something comes");
        taken.extend(received.expect("it receives"));
    }
    taken
}

/// Takes and acknowledges until all of `expected` have come. What was published in vain may have come all the same, and
/// what was not acknowledged in time comes again.
pub(crate) async fn take_all(subscription: &mut dyn Subscription, expected: &[Claimed]) {
    let mut missing = expected.to_vec();
    while !missing.is_empty() {
        let received = take(subscription, 1).await;
        acknowledge(subscription, &received).await;
        missing.retain(|one| received.iter().all(|received| received.claimed != *one));
    }
}

pub(crate) async fn acknowledge(subscription: &mut dyn Subscription, received: &[Received]) {
    let tags: Vec<_> = received.iter().map(|received| received.tag).collect();
    subscription.acknowledge(&tags).await.expect("it acknowledges");
}

/// What was received, without tags, sorted.
pub(crate) fn claimed(received: &[Received]) -> Vec<Claimed> {
    let mut claimed: Vec<_> = received.iter().map(|received| received.claimed).collect();
    claimed.sort_by_key(|claimed| claimed.id);
    claimed
}

/// Looks again and again until `found` finds something.
pub(crate) async fn eventually<T>(mut found: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(value) = found().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect("it happens")
}

/// Publishes as soon as that works again.
pub(crate) async fn publish_when_possible(queue: &RabbitMqQueue, claimed: &[Claimed]) {
    eventually(async || queue.publish(claimed).await.ok()).await;
}
