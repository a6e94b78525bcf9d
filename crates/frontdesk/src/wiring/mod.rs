//! The composition root: which adapter stands behind which port. The only place that knows them all.

mod channels;
mod server;

use std::sync::Arc;

use adapters_queue::{InProcessQueue, RabbitMqQueue};
use application::{
    audit::Audit,
    conversation::ReplyToTicket,
    intake::TakeCalls,
    ports::{Entropy, Ids, NotificationQueue, PasswordHasher, Schema, Storage, Vault},
    staff::{FirstAdminLink, SecondFactors},
};
pub use channels::is_mimicked;
use domain::{audit::Author, dispatch::HANDED_OVER_PER_SLOT, intake::IntakeRules};
pub use server::Server;

use crate::{
    database::{Database, OUTDATED},
    environment::{Argon2Hasher, DatabaseClock, SystemEntropy, SystemIds},
    serve::Role,
    settings::Settings,
};

/// The ports and their adapters, for commands and for the server alike.
#[derive(Clone)]
pub struct App {
    /// The database, as its upkeep sees it.
    pub database: Database,
    /// The database.
    pub storage: Arc<dyn Storage>,
    /// The broker, as its upkeep sees it; none where the queue is inside the process.
    pub broker: Option<Arc<RabbitMqQueue>>,
    /// The way from dispatchers to deliverers.
    pub queue: Arc<dyn NotificationQueue>,
    /// The time.
    pub clock: Arc<DatabaseClock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// How bots' calls are taken.
    pub take_calls: TakeCalls,
    /// The link that makes the first admin.
    pub first_admin: FirstAdminLink,
}

impl App {
    /// For a command: the database has to be there. What it rings for is found by the next poll of a worker.
    pub async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let app = Self::assemble(settings, Database::open(&settings.database, "frontdesk").await?, None);
        if app.database.prepare(settings.database.migrate()).await? == Schema::Outdated {
            anyhow::bail!(OUTDATED);
        }
        app.clock.measure(&*app.storage).await?;
        Ok(app)
    }

    /// For a serving process: servers are connected to when they answer.
    pub async fn open_for_serving(settings: &Settings, role: Role) -> anyhow::Result<Self> {
        let database = Database::open(&settings.database, &format!("frontdesk-{}", role.as_str())).await?;
        let broker = settings.broker.as_ref().map(RabbitMqQueue::new).transpose()?.map(Arc::new);
        Ok(Self::assemble(settings, database, broker))
    }

    fn assemble(settings: &Settings, database: Database, broker: Option<Arc<RabbitMqQueue>>) -> Self {
        let clock = Arc::new(DatabaseClock::default());
        let ids: Arc<dyn Ids> = Arc::new(SystemIds);
        let storage = database.storage();
        // Room for all that may be handed over at once, and for as much again that is handed over a second time.
        let in_process = || InProcessQueue::new(2 * HANDED_OVER_PER_SLOT * settings.worker.concurrency);
        let queue: Arc<dyn NotificationQueue> = match &broker {
            Some(broker) => Arc::clone(broker) as _,
            None => Arc::new(in_process()),
        };
        let take_calls = TakeCalls {
            storage: Arc::clone(&storage),
            queue: Arc::clone(&queue),
            clock: Arc::clone(&clock) as _,
            ids: Arc::clone(&ids),
            rules: IntakeRules { welcome_delay: settings.welcome.delay },
        };
        let (entropy, hasher) = (Arc::new(SystemEntropy), Arc::new(Argon2Hasher));
        let first_admin = FirstAdminLink::default();
        Self { database, storage, broker, queue, clock, ids, entropy, hasher, take_calls, first_admin }
    }

    /// Second factors of members of staff. Without a vault they can be removed, but not set up or asked for.
    pub fn second_factors(&self, vault: Option<Arc<dyn Vault>>) -> SecondFactors {
        SecondFactors {
            storage: Arc::clone(&self.storage),
            clock: Arc::clone(&self.clock) as _,
            entropy: Arc::clone(&self.entropy),
            hasher: Arc::clone(&self.hasher),
            vault,
        }
    }

    /// Writes down what whoever works at the machine changes.
    pub fn audit(&self) -> Audit {
        Audit::of(Author::AT_THE_MACHINE, Arc::clone(&self.ids), Arc::clone(&self.clock) as _)
    }

    /// How people are answered.
    pub fn reply_to_ticket(&self, settings: &Settings) -> ReplyToTicket {
        ReplyToTicket {
            storage: Arc::clone(&self.storage),
            queue: Arc::clone(&self.queue),
            clock: Arc::clone(&self.clock) as _,
            ids: Arc::clone(&self.ids),
            is_connected: settings.landbot.token.is_some(),
        }
    }

    /// Ends the use of what is connected to.
    pub async fn close(&self) -> anyhow::Result<()> {
        if let Some(broker) = &self.broker {
            broker.close().await;
        }
        self.database.close().await
    }
}
