//! Databases full of people who do not exist, to look at and to measure.
//!
//! Users, tickets and notifications are spread over two years as if bots had called and staff had worked: the ledger
//! balances, searches find them, and nothing is left to be sent. Who registered them are bots of their own, whose names
//! begin with `seed-`; their addresses lead nowhere.

mod cast;
mod people;
mod plan;
mod portion;
mod tickets;
mod words;

use std::sync::Arc;

pub use plan::SeedSizes;
use plan::{Cast, Plan};
use portion::Portion;

use crate::{
    bots::BotError,
    ports::{
        Clock, Entropy, Ids, NotificationFilter, Page, PasswordHasher, Storage, StorageError, TicketFilter,
        UserFilter, atomically, consult,
    },
    staff::StaffError,
};

/// Why a database was not filled.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// There are users, tickets or notifications that may be real.
    #[error("the database has users, tickets or notifications already")]
    NotEmpty,
    /// Some of these people are there already.
    #[error("some of these people are there already; another seed makes others")]
    Taken,
    /// No topic is there for tickets to be about.
    #[error("there is no topic")]
    NoTopic,
    /// The bots could not be added.
    #[error(transparent)]
    Bot(#[from] BotError),
    /// The agents could not be added.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// It could not be written.
    #[error("writing failed")]
    Storage(#[source] StorageError),
}

impl From<StorageError> for SeedError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Conflict(_) => Self::Taken,
            error => Self::Storage(error),
        }
    }
}

/// What may be in a database that is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// Whatever there is.
    Anything,
}

/// Fills a database.
#[derive(Clone)]
pub struct SeedDatabase {
    /// What is filled.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids, of bots and agents.
    pub ids: Arc<dyn Ids>,
    /// Keys and passwords that nobody knows.
    pub entropy: Arc<dyn Entropy>,
    /// Hashes these passwords.
    pub hasher: Arc<dyn PasswordHasher>,
}

impl SeedDatabase {
    /// Writes as many rows of each kind, portion by portion. After each it says to `watch` how many rows there are so far.
    /// The same `seed` at the same time makes the same people; each makes others.
    pub async fn execute(
        &self,
        sizes: SeedSizes,
        seed: u32,
        beside: Beside,
        mut watch: impl FnMut(SeedSizes),
    ) -> Result<SeedSizes, SeedError> {
        if beside == Beside::Nothing && !self.is_empty().await? {
            return Err(SeedError::NotEmpty);
        }
        let plan = Plan::new(sizes, seed.into(), self.cast().await?, self.clock.now());
        let mut written = SeedSizes::default();
        for portion in 0..plan.portions() {
            let more = self.write(&plan, portion).await?;
            written.users += more.users;
            written.tickets += more.tickets;
            written.notifications += more.notifications;
            watch(written);
        }
        Ok(written)
    }

    async fn write(&self, plan: &Plan, portion: usize) -> Result<SeedSizes, StorageError> {
        let now = self.clock.now();
        atomically(&*self.storage, async |tx| {
            let first_number = tx.tickets().take_numbers(plan.tickets_of(portion).len()).await?;
            let rows = Portion::of(plan, portion, first_number);
            rows.write(tx, now).await?;
            Ok(SeedSizes {
                users: rows.writes.new_users.len(),
                tickets: rows.writes.tickets.len(),
                notifications: rows.notifications.len(),
            })
        })
        .await
    }

    async fn is_empty(&self) -> Result<bool, StorageError> {
        let first = Page::first(1);
        consult(&*self.storage, async |tx| {
            Ok(tx.users().page(&UserFilter::default(), first).await?.is_empty()
                && tx.tickets().page(&TicketFilter::default(), first).await?.is_empty()
                && tx.notifications().page(NotificationFilter::default(), first).await?.is_empty())
        })
        .await
    }
}
