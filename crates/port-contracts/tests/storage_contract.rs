//! The fake storage keeps the promises of the ports.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use application::ports::{Clock, Storage};
use port_contracts::{FrozenClock, InMemoryStorage, StorageUnderTest, storage_contract};

struct InMemory {
    storage: Arc<InMemoryStorage>,
    clock: Arc<FrozenClock>,
}

impl StorageUnderTest for InMemory {
    fn storage(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.storage) as Arc<dyn Storage>
    }

    fn clock(&self) -> &FrozenClock {
        &self.clock
    }
}

fn in_memory() -> Ready<InMemory> {
    let clock = Arc::new(FrozenClock::default());
    let storage = Arc::new(InMemoryStorage::new(Arc::clone(&clock) as Arc<dyn Clock>));
    ready(InMemory { storage, clock })
}

storage_contract!(in_memory);
