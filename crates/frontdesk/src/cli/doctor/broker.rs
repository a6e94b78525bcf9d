//! The broker.

use adapters_queue::RabbitMqQueue;

use super::finding::{Finding, chain};
use crate::settings::Settings;

const BROKER: &str = "broker";

/// Connects to it, and declares what belongs to us as every start does.
pub async fn examine(settings: &Settings) -> Finding {
    let Some(broker) = &settings.broker else {
        return Finding::ok(BROKER, "none: the queue is inside the process (AMQP_URL is not set)");
    };
    let queue = match RabbitMqQueue::new(broker) {
        Ok(queue) => queue,
        Err(error) => return Finding::fail(BROKER, error.to_string(), "look at AMQP_URL"),
    };
    let finding = match queue.connect().await {
        Ok(()) => Finding::ok(BROKER, "RabbitMQ answers, and its queues are as they should be"),
        Err(error) => Finding::fail(BROKER, chain(&*error), "look whether RabbitMQ runs, and at AMQP_URL"),
    };
    queue.close().await;
    finding
}
