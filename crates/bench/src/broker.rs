//! Queues and exchanges of a run's own, in a RabbitMQ that runs already.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result};
use lapin::options::{ExchangeDeleteOptions, QueueDeclareOptions, QueueDeleteOptions, QueuePurgeOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Connection, ConnectionProperties};

use crate::database::apart;
use crate::timestamp;

/// The queues that a server declares, behind the prefix.
const QUEUES: [&str; 8] =
    ["email", "slack", "teams", "discord", "telegram", "webhook", "landbot", "dead-letters"];

/// The exchanges that a server declares, behind the prefix.
const EXCHANGES: [&str; 3] = ["notifications", "bell", "dead-letters"];

/// Names that nobody else uses; what bears them is deleted with this value.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    /// The broker.
    pub(crate) url: String,
    /// What the names begin with.
    pub(crate) prefix: String,
}

/// Deletes what bears the names when it is dropped.
#[derive(Debug)]
pub(crate) struct Broker(pub(crate) Names);

impl Broker {
    /// New names on the broker that this URL leads to.
    pub(crate) fn new(url: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("frontdesk-bench-{}-{number}", timestamp::now());
        Self(Names { url: url.to_owned(), prefix })
    }
}

impl Names {
    /// How many messages wait in the queue of mails, held by no consumer.
    pub(crate) async fn waiting_mails(&self) -> Result<u32> {
        let channel = self.channel().await?;
        let look = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let queue = self.name("email").as_str().into();
        let found = channel.queue_declare(queue, look, FieldTable::default()).await;
        Ok(found.context("looking at the queue of mails")?.message_count())
    }

    /// Throws away what waits in the queue of mails.
    pub(crate) async fn purge_mails(&self) -> Result<()> {
        let channel = self.channel().await?;
        let queue = self.name("email").as_str().into();
        channel
            .queue_purge(queue, QueuePurgeOptions::default())
            .await
            .context("purging the queue of mails")?;
        Ok(())
    }

    fn name(&self, what: &str) -> String {
        format!("{}.{what}", self.prefix)
    }

    /// A channel keeps its connection.
    async fn channel(&self) -> Result<Channel> {
        let connection = Connection::connect(&self.url, ConnectionProperties::default())
            .await
            .context("connecting to RabbitMQ")?;
        connection.create_channel().await.context("opening a channel")
    }

    async fn delete(self) -> Result<()> {
        let channel = self.channel().await?;
        for queue in QUEUES {
            let name = self.name(queue);
            channel.queue_delete(name.as_str().into(), QueueDeleteOptions::default()).await?;
        }
        for exchange in EXCHANGES {
            let name = self.name(exchange);
            channel.exchange_delete(name.as_str().into(), ExchangeDeleteOptions::default()).await?;
        }
        Ok(())
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Err(error) = apart(self.0.clone().delete()) {
            eprintln!("bench: queues named {}.* are left over: {error:#}", self.0.prefix);
        }
    }
}
