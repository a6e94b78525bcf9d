//! A database in memory: a real transactional store, so that use cases are tested with commits, rollbacks, conflicts
//! and outages.

mod erasure;
mod fault;
mod messages;
mod outbox;
mod repositories;
mod shipped;
mod state;
mod table;
mod unit_of_work;

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use application::ports::{Clock, Storage, StorageError, UnitOfWork};
use async_trait::async_trait;
use domain::intake::IntakeRow;
use jiff::Timestamp;

use fault::Faults;
pub use fault::{Fault, Operation};
use state::State;
use unit_of_work::InMemoryUnitOfWork;

/// A database in memory, seeded like the shipped one.
///
/// A unit of work that writes takes its turn (in the order of asking), changes a copy of everything, and puts the copy in
/// place when it commits. Copies share what was not changed. One that reads has a copy of its own and waits for nobody;
/// its writing methods fail.
pub struct InMemoryStorage {
    store: Arc<Store>,
}

/// What all units of work share.
struct Store {
    committed: Mutex<State>,
    turn: Arc<tokio::sync::Mutex<()>>,
    faults: Mutex<Faults>,
    commits: AtomicUsize,
    clock: Arc<dyn Clock>,
}

impl InMemoryStorage {
    /// A database with the shipped topics and channels, whose clock is `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let store = Store {
            committed: Mutex::new(shipped::state(clock.now())),
            turn: Arc::default(),
            faults: Mutex::default(),
            commits: AtomicUsize::new(0),
            clock,
        };
        Self { store: Arc::new(store) }
    }

    /// Makes the next call of `operation` that has no fault planned yet fail. What it was to do is not done; only
    /// [`Operation::CommitAnswer`] fails after the commit.
    pub fn fail_next(&self, operation: Operation, fault: Fault) {
        self.store.faults().plan(operation, fault);
    }

    /// From now on nothing works, as if the database were switched off. What is open is lost, also when it comes back.
    pub fn go_away(&self) {
        self.store.faults().go_away();
    }

    /// Ends what [`go_away`](Self::go_away) began.
    pub fn come_back(&self) {
        self.store.faults().come_back();
    }

    /// How many units of work were committed.
    pub fn commits(&self) -> usize {
        self.store.commits.load(Ordering::Relaxed)
    }

    /// The rows of bots' calls, by their ids: no repository reads them.
    pub fn intake_rows(&self) -> Vec<IntakeRow> {
        self.store.committed().intake.values().cloned().collect()
    }
}

impl Store {
    fn committed(&self) -> MutexGuard<'_, State> {
        self.committed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Storage for InMemoryStorage {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        let connection = self.store.faults().connect(Operation::Begin)?;
        let turn = Arc::clone(&self.store.turn).lock_owned().await;
        Ok(Box::new(InMemoryUnitOfWork::new(&self.store, connection, Some(turn))))
    }

    async fn read(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        let connection = self.store.faults().connect(Operation::Read)?;
        Ok(Box::new(InMemoryUnitOfWork::new(&self.store, connection, None)))
    }

    async fn now(&self) -> Result<Timestamp, StorageError> {
        self.store.faults().connect(Operation::Now)?;
        Ok(self.store.clock.now())
    }
}
