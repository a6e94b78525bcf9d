//! One transaction.

use std::sync::{Arc, atomic::Ordering};

use application::ports::{
    AgentRepository, AuditRepository, BotRepository, CapturedMailRepository, ChannelRepository,
    ConversationRepository, DeliveryRepository, FallbackRepository, FigureRepository, IntakeRepository,
    JobRepository, LedgerRepository, MergeRepository, NotificationRepository, QuarantineRepository,
    ReminderRepository, ResponseRepository, RetentionRepository, SearchRepository, SecondFactorRepository,
    SeedRepository, SessionRepository, StorageError, TicketRepository, TicketWorkRepository,
    TimelineRepository, TopicRepository, UnitOfWork, UserRepository, WatchRepository, WorkerRepository,
};
use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::OwnedMutexGuard;

use super::{
    Store,
    fault::{Connection, Operation},
    state::State,
};

/// A copy of everything that was committed. All repositories are implemented on it.
pub(super) struct InMemoryUnitOfWork {
    state: State,
    store: Arc<Store>,
    connection: Connection,
    /// The right to write, held until the end; none for one that only reads.
    turn: Option<OwnedMutexGuard<()>>,
}

impl InMemoryUnitOfWork {
    pub(super) fn new(store: &Arc<Store>, connection: Connection, turn: Option<OwnedMutexGuard<()>>) -> Self {
        Self { state: store.committed().clone(), store: Arc::clone(store), connection, turn }
    }

    /// What is stored, for an operation that reads.
    pub(super) fn read(&self, operation: Operation) -> Result<&State, StorageError> {
        self.reach(operation)?;
        Ok(&self.state)
    }

    /// What is stored, for an operation that writes.
    pub(super) fn write(&mut self, operation: Operation) -> Result<&mut State, StorageError> {
        self.reach(operation)?;
        match self.turn {
            Some(_) => Ok(&mut self.state),
            None => Err(StorageError::Unavailable("a unit of work that reads was asked to write".into())),
        }
    }

    /// What the database's clock says.
    pub(super) fn now(&self) -> Timestamp {
        self.store.clock.now()
    }

    fn reach(&self, operation: Operation) -> Result<(), StorageError> {
        self.store.faults().reach(operation, self.connection)
    }
}

#[async_trait]
impl UnitOfWork for InMemoryUnitOfWork {
    async fn commit(self: Box<Self>) -> Result<(), StorageError> {
        self.reach(Operation::Commit)?;
        if self.turn.is_some() {
            *self.store.committed() = self.state.clone();
            self.store.commits.fetch_add(1, Ordering::Relaxed);
        }
        self.reach(Operation::CommitAnswer)
    }

    async fn rollback(self: Box<Self>) -> Result<(), StorageError> {
        Ok(())
    }

    fn intake(&mut self) -> &mut dyn IntakeRepository {
        self
    }

    fn quarantine(&mut self) -> &mut dyn QuarantineRepository {
        self
    }

    fn users(&mut self) -> &mut dyn UserRepository {
        self
    }

    fn merges(&mut self) -> &mut dyn MergeRepository {
        self
    }

    fn tickets(&mut self) -> &mut dyn TicketRepository {
        self
    }

    fn ticket_work(&mut self) -> &mut dyn TicketWorkRepository {
        self
    }

    fn conversation(&mut self) -> &mut dyn ConversationRepository {
        self
    }

    fn timeline(&mut self) -> &mut dyn TimelineRepository {
        self
    }

    fn notifications(&mut self) -> &mut dyn NotificationRepository {
        self
    }

    fn deliveries(&mut self) -> &mut dyn DeliveryRepository {
        self
    }

    fn fallbacks(&mut self) -> &mut dyn FallbackRepository {
        self
    }

    fn workers(&mut self) -> &mut dyn WorkerRepository {
        self
    }

    fn captured_mails(&mut self) -> &mut dyn CapturedMailRepository {
        self
    }

    fn topics(&mut self) -> &mut dyn TopicRepository {
        self
    }

    fn channels(&mut self) -> &mut dyn ChannelRepository {
        self
    }

    fn bots(&mut self) -> &mut dyn BotRepository {
        self
    }

    fn agents(&mut self) -> &mut dyn AgentRepository {
        self
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self
    }

    fn second_factors(&mut self) -> &mut dyn SecondFactorRepository {
        self
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self
    }

    fn jobs(&mut self) -> &mut dyn JobRepository {
        self
    }

    fn ledger(&mut self) -> &mut dyn LedgerRepository {
        self
    }

    fn figures(&mut self) -> &mut dyn FigureRepository {
        self
    }

    fn retention(&mut self) -> &mut dyn RetentionRepository {
        self
    }

    fn reminders(&mut self) -> &mut dyn ReminderRepository {
        self
    }

    fn responses(&mut self) -> &mut dyn ResponseRepository {
        self
    }

    fn search(&mut self) -> &mut dyn SearchRepository {
        self
    }

    fn seed(&mut self) -> &mut dyn SeedRepository {
        self
    }

    fn watchdog(&mut self) -> &mut dyn WatchRepository {
        self
    }
}
