//! PostgreSQL keeps the promises of the storage ports.

use std::sync::Arc;

use crate::support::Schema;
use adapters_postgres::PgStorage;
use application::ports::{Clock as _, Storage, StorageError, UnitOfWork};
use async_trait::async_trait;
use jiff::Timestamp;
use port_contracts::{FrozenClock, StorageUnderTest, storage_contract};

/// Takes the place of the server's clock: its name is found before that of the server's own function.
const CLOCK: &str = "
    CREATE TABLE clock (microseconds bigint NOT NULL);
    INSERT INTO clock VALUES (0);
    CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
        $$ SELECT 'epoch'::timestamptz + microseconds * interval '1 microsecond' FROM clock $$;
";

/// A storage whose server goes by the clock of the test.
struct InASchema {
    storage: Arc<WithClock>,
}

struct WithClock {
    storage: PgStorage,
    clock: FrozenClock,
    schema: Schema,
}

impl WithClock {
    async fn wind(&self) {
        let now = self.clock.now().as_microsecond();
        self.schema.run(&format!("UPDATE clock SET microseconds = {now} WHERE microseconds <> {now}")).await;
    }
}

#[async_trait]
impl Storage for WithClock {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        self.wind().await;
        self.storage.begin().await
    }

    async fn read(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        self.wind().await;
        self.storage.read().await
    }

    async fn now(&self) -> Result<Timestamp, StorageError> {
        self.wind().await;
        self.storage.now().await
    }
}

impl StorageUnderTest for InASchema {
    fn storage(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.storage) as Arc<dyn Storage>
    }

    fn clock(&self) -> &FrozenClock {
        &self.storage.clock
    }
}

async fn in_a_schema() -> InASchema {
    let schema = Schema::new().await;
    let storage = schema.storage().await;
    schema.run(CLOCK).await;
    InASchema { storage: Arc::new(WithClock { storage, clock: FrozenClock::default(), schema }) }
}

storage_contract!(in_a_schema);
