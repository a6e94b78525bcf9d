//! The notification queue.
//!
//! [`InProcessQueue`] serves one process and needs nothing else. Like every adapter, this crate may depend on
//! `application` and `domain` only. To add a broker: a module beside [`in_process`](InProcessQueue) with a type that
//! implements `NotificationQueue`, and a line in `tests/` that runs the queue contract on it.

mod in_process;

pub use in_process::{InProcessQueue, QueueFull};
