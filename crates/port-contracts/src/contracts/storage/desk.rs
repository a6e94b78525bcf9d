//! What the cases of the storage contract play with.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use application::ports::{Clock, Ids, Storage, StorageError, Transaction, atomically, consult};
use domain::{
    bot::{Bot, BotKeys, Hook, HookSecret, Secret},
    channel::Channel,
    identity::Country,
    ids::{BotId, WorkerId},
    language::Language,
};
use jiff::{SignedDuration, Timestamp};

use super::StorageUnderTest;
use crate::{FrozenClock, SequentialIds};

/// A storage with one bot, and what the cases do to it.
pub struct Desk<'a> {
    storage: Arc<dyn Storage>,
    clock: &'a FrozenClock,
    ids: SequentialIds,
    persons: AtomicU32,
    pub(super) bot: Bot,
}

impl<'a> Desk<'a> {
    /// Adds the bot to the storage of `fixture`.
    pub async fn set_up(fixture: &'a dyn StorageUnderTest) -> Self {
        let ids = SequentialIds::new();
        let bot = Bot {
            id: BotId::from_uuid(ids.next()),
            name: "lead bot".to_owned(),
            default_origin: Some("landing".to_owned()),
            default_language: Language::parse("es").expect("a language"),
            default_country: Country::parse("ES").ok(),
            keys: BotKeys::new(Secret::bot_key([7; 32]).digest()),
            hook: Hook::new(HookSecret::new([7; 32])),
            created_at: fixture.clock().now(),
            archived_at: None,
        };
        let desk =
            Self { storage: fixture.storage(), clock: fixture.clock(), ids, persons: AtomicU32::new(0), bot };
        desk.write(async |tx| tx.bots().insert(&desk.bot).await).await;
        desk
    }

    pub(super) fn storage(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.storage)
    }

    /// One unit of work that must succeed.
    pub(super) async fn write<T>(
        &self,
        work: impl AsyncFnOnce(&mut Transaction) -> Result<T, StorageError>,
    ) -> T {
        self.try_write(work).await.expect("the unit of work is committed")
    }

    /// One unit of work.
    pub(super) async fn try_write<T>(
        &self,
        work: impl AsyncFnOnce(&mut Transaction) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        atomically(&*self.storage, work).await
    }

    /// One look, which must succeed.
    pub(super) async fn read<T>(
        &self,
        look: impl AsyncFnOnce(&mut Transaction) -> Result<T, StorageError>,
    ) -> T {
        consult(&*self.storage, look).await.expect("the storage can be read")
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn advance(&self, step: SignedDuration) {
        self.clock.advance(step);
    }

    /// The moment so many seconds from now.
    pub(super) fn after(&self, seconds: i64) -> Timestamp {
        self.now() + SignedDuration::from_secs(seconds)
    }

    pub(super) fn id(&self) -> uuid::Uuid {
        self.ids.next()
    }

    pub(super) fn worker(&self) -> WorkerId {
        WorkerId::from_uuid(self.id())
    }

    /// A number that no other person of this desk has.
    pub(super) fn next_person(&self) -> u32 {
        self.persons.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) async fn channel(&self, name: &str) -> Channel {
        self.read(async |tx| tx.channels().by_name(name).await).await.expect("a shipped channel")
    }
}

/// The smallest step that is stored: a microsecond.
pub(super) const TICK: SignedDuration = SignedDuration::from_micros(1);

/// Whether a unit of work met a key that is taken.
pub(super) fn is_conflict<T>(outcome: &Result<T, StorageError>) -> bool {
    matches!(outcome, Err(StorageError::Conflict(_)))
}

/// Gives other tasks their turn in the middle of a unit of work, so that those that may overlap do.
pub(super) async fn let_others_go_on() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}
