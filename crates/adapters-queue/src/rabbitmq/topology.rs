//! Exchanges and queues: declared after every connect, which changes nothing where they exist.

use domain::channel::ChannelKind;
use lapin::{
    Channel, Error, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable, ShortString},
};

use super::{error::BrokerError, names::Names};

/// After so many failed deliveries the broker moves a message to the dead letters: its own default from version 4 on,
/// said aloud so that older ones do the same. Nothing is lost: the message was a hint, and the database hands its
/// notification over again.
const DELIVERY_LIMIT: i32 = 20;

/// So many dead letters are kept for whoever wonders where they come from; then the oldest go.
const DEAD_LETTERS_MAX: i32 = 10_000;

/// Declares all that is shared between processes.
pub(super) async fn declare(channel: &Channel, names: &Names) -> Result<(), BrokerError> {
    let broker = Declarer { channel };
    broker.exchange(&names.dead_letters(), ExchangeKind::Fanout).await?;
    broker.queue(&names.dead_letters(), [("x-max-length", DEAD_LETTERS_MAX.into())]).await?;
    broker.bind(&names.dead_letters(), &names.dead_letters(), "").await?;
    broker.exchange(&names.bell(), ExchangeKind::Fanout).await?;
    broker.exchange(&names.notifications(), ExchangeKind::Topic).await?;
    for &kind in ChannelKind::ALL {
        let arguments = [
            ("x-dead-letter-exchange", AMQPValue::LongString(names.dead_letters().as_str().into())),
            ("x-delivery-limit", DELIVERY_LIMIT.into()),
        ];
        broker.queue(&names.queue(kind), arguments).await?;
        broker.bind(&names.queue(kind), &names.notifications(), kind.as_str()).await?;
    }
    Ok(())
}

struct Declarer<'a> {
    channel: &'a Channel,
}

impl Declarer<'_> {
    async fn exchange(&self, name: &ShortString, kind: ExchangeKind) -> Result<(), BrokerError> {
        let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        self.channel
            .exchange_declare(name.clone(), kind, options, FieldTable::default())
            .await
            .map_err(using("exchange", name))
    }

    async fn queue<const N: usize>(
        &self,
        name: &ShortString,
        arguments: [(&str, AMQPValue); N],
    ) -> Result<(), BrokerError> {
        let mut table = FieldTable::default();
        table.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        for (argument, value) in arguments {
            table.insert(argument.into(), value);
        }
        self.channel
            .queue_declare(name.clone(), QueueDeclareOptions::durable(), table)
            .await
            .map(drop)
            .map_err(using("queue", name))
    }

    async fn bind(&self, queue: &ShortString, exchange: &ShortString, key: &str) -> Result<(), BrokerError> {
        self.channel
            .queue_bind(
                queue.clone(),
                exchange.clone(),
                key.into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            )
            .await
            .map_err(using("queue", queue))
    }
}

/// Makes an error that names what was used.
pub(super) fn using<'a>(what: &'a str, name: &'a ShortString) -> impl FnOnce(Error) -> BrokerError + 'a {
    move |error| BrokerError::of_using(format!("{what} {name}"), error)
}
