//! Somebody who reads everything that goes through the broker.

use std::fmt::Write as _;

use lapin::{
    Channel, Connection, ConnectionProperties, ExchangeKind,
    options::{BasicGetOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{FieldTable, ShortString},
};

use crate::{frontdesk::Frontdesk, ground::broker};

/// A queue beside those of the program, which gets a copy of every message.
pub(crate) struct Eavesdropper(Option<(Connection, Channel, ShortString)>);

impl Eavesdropper {
    /// Listens to what the processes of `desk` say to each other; hears nothing where there is no broker.
    pub(crate) async fn on(desk: &Frontdesk) -> Self {
        let prefix = desk.settings().find(|(name, _)| *name == "FRONTDESK__AMQP__PREFIX");
        let Some((_, prefix)) = prefix else { return Self(None) };
        let connection = Connection::connect(&broker(), ConnectionProperties::default()).await;
        let connection = connection.expect("RabbitMQ answers");
        // A server is ready before it has made what it needs there.
        let exchanges = ["notifications", "bell"].map(|name| format!("{prefix}.{name}"));
        desk.wait_until("the exchanges are there", async |_| are_there(&connection, &exchanges).await).await;
        let channel = connection.create_channel().await.expect("a channel");
        let options = QueueDeclareOptions { exclusive: true, ..QueueDeclareOptions::default() };
        let queue = channel.queue_declare("".into(), options, FieldTable::default()).await.expect("a queue");
        let queue = queue.name().clone();
        for exchange in exchanges {
            let everything = "#".into();
            let bound = channel.queue_bind(
                queue.clone(),
                exchange.into(),
                everything,
                QueueBindOptions::default(),
                FieldTable::default(),
            );
            bound.await.expect("the exchange is there");
        }
        Self(Some((connection, channel, queue)))
    }

    /// All that was said so far: properties and bodies, as text.
    pub(crate) async fn overheard(&self) -> String {
        let mut said = String::new();
        let Some((_, channel, queue)) = &self.0 else { return said };
        let next = async || {
            let got = channel.basic_get(queue.clone(), BasicGetOptions { no_ack: true }).await;
            got.expect("the queue is there")
        };
        while let Some(message) = next().await {
            let (properties, body) = (&message.properties, String::from_utf8_lossy(&message.data));
            writeln!(said, "{properties:?} {} {body}", message.routing_key)
                .expect("a string takes everything");
        }
        said
    }
}

async fn are_there(connection: &Connection, exchanges: &[String]) -> bool {
    // To ask for one that is not there ends the channel.
    let channel = connection.create_channel().await.expect("a channel");
    for exchange in exchanges {
        let passive = ExchangeDeclareOptions { passive: true, ..ExchangeDeclareOptions::default() };
        let (name, kind) = (exchange.as_str().into(), ExchangeKind::Topic);
        if channel.exchange_declare(name, kind, passive, FieldTable::default()).await.is_err() {
            return false;
        }
    }
    true
}
