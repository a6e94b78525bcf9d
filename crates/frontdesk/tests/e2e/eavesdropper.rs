//! Somebody who reads everything that goes through the broker.

use std::fmt::Write as _;

use lapin::{
    Channel, Connection, ConnectionProperties,
    options::{BasicGetOptions, QueueBindOptions, QueueDeclareOptions},
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
        let channel = connection.create_channel().await.expect("a channel");
        let options = QueueDeclareOptions { exclusive: true, ..QueueDeclareOptions::default() };
        let queue = channel.queue_declare("".into(), options, FieldTable::default()).await.expect("a queue");
        let queue = queue.name().clone();
        for exchange in ["notifications", "bell"] {
            let exchange = format!("{prefix}.{exchange}");
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
