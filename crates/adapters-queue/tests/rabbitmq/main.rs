//! The queue in RabbitMQ keeps the promises of the port, and goes on after whatever happens to the broker.
//!
//! `TEST_AMQP_URL` names the broker. Every test has names of its own there, and removes them in the end.

#[path = "../../../adapters-mail/tests/support/smtp_server/authority.rs"]
#[expect(unreachable_pub, reason = "the tests of the mail adapter share it with others")]
mod authority;
mod broker;
mod dead_letters;
mod outages;
mod proxy;
mod refusals;
mod ringing;
mod tls;

use std::sync::Arc;

use application::ports::NotificationQueue;
use port_contracts::{QueueUnderTest, queue_contract};

use crate::broker::Names;

struct InRabbitMq {
    queue: Arc<adapters_queue::RabbitMqQueue>,
    _names: Names,
}

impl QueueUnderTest for InRabbitMq {
    fn queue(&self) -> Arc<dyn NotificationQueue> {
        Arc::clone(&self.queue) as Arc<dyn NotificationQueue>
    }
}

async fn in_rabbitmq() -> InRabbitMq {
    let names = Names::fresh().await;
    let queue = Arc::new(names.queue().await);
    InRabbitMq { queue, _names: names }
}

queue_contract!(in_rabbitmq);
