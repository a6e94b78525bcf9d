//! The fake queue keeps the promises of the port.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use application::ports::NotificationQueue;
use port_contracts::{InMemoryQueue, QueueUnderTest, queue_contract};

struct InMemory(Arc<InMemoryQueue>);

impl QueueUnderTest for InMemory {
    fn queue(&self) -> Arc<dyn NotificationQueue> {
        Arc::clone(&self.0) as Arc<dyn NotificationQueue>
    }
}

fn in_memory() -> Ready<InMemory> {
    ready(InMemory(Arc::new(InMemoryQueue::new())))
}

queue_contract!(in_memory);
