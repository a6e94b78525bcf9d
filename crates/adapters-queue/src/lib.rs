//! The notification queue.
//!
//! [`InProcessQueue`] serves one process and needs nothing else; [`RabbitMqQueue`] serves any number of them. Like every
//! adapter, this crate may depend on `application` and `domain` only. To add a broker: a module beside these with a type
//! that implements `NotificationQueue`, and a file in `tests/` that runs the queue contract on it.

mod in_process;
mod rabbitmq;

pub use in_process::{InProcessQueue, QueueFull};
pub use rabbitmq::{AmqpUrlError, BrokerError, BrokerHealth, PublishError, RabbitMqQueue, RabbitMqSettings};
