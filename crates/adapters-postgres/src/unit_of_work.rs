//! One transaction on one connection.

use application::ports::{
    AgentRepository, Asked, AuditRepository, BotRepository, CapturedMailRepository, ChannelRepository,
    ConversationRepository, DeliveryRepository, FallbackRepository, FigureRepository, IntakeRepository,
    JobRepository, LedgerRepository, MergeRepository, NotificationRepository, QuarantineRepository,
    ReminderRepository, ResponseRepository, RetentionRepository, SearchRepository, SecondFactorRepository,
    SeedRepository, SessionRepository, StorageError, TicketRepository, TicketWorkRepository,
    TimelineRepository, TopicRepository, UnitOfWork, UserRepository, WatchRepository, WorkerRepository,
};
use async_trait::async_trait;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use domain::intake::{Knowledge, Writes};
use jiff::Timestamp;
use metrics::counter;

use crate::{
    batch,
    connection::{Connection, Connections},
    error::Failure,
};

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Writing,
    /// One snapshot for all statements.
    Reading,
}

/// The beginning of a transaction, with what it may wait for and how its statements are planned. That is set for each
/// transaction and not for the connection, so that it holds behind a pooler that shares connections, too.
///
/// Statements are planned once for a connection, often while tables are nearly empty, when the cheapest plan is to read
/// them whole; that plan would stay while they grow, until they are next analysed. There is an index for everything, so
/// plans are to use it from the beginning. Plain index scans besides mark the entries of rows that are gone, which keeps
/// the indexes of what is due and of what is claimed at a few pages between two vacuums; bitmap scans do not. Without
/// the generic plan, statements over sets would be planned anew each time, which cost a third of the calls of a second.
macro_rules! begin {
    ($kind:literal) => {
        concat!(
            "BEGIN ISOLATION LEVEL ",
            $kind,
            "; SET LOCAL statement_timeout = 5000; SET LOCAL lock_timeout = 2000; ",
            "SET LOCAL idle_in_transaction_session_timeout = 10000; ",
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL jit = off; ",
            "SET LOCAL enable_incremental_sort = off; SET LOCAL plan_cache_mode = force_generic_plan"
        )
    };
}

impl Access {
    const fn begin(self) -> &'static str {
        match self {
            Self::Writing => begin!("READ COMMITTED"),
            Self::Reading => begin!("REPEATABLE READ READ ONLY"),
        }
    }
}

/// PostgreSQL answers the `COMMIT` of a transaction in which a statement failed as if it had been asked to roll back,
/// and calls that no error. Another statement in front of it is refused then.
const COMMIT: &str = "SELECT 1; COMMIT";

/// An open transaction. All repositories are implemented on it.
pub(crate) struct PgUnitOfWork {
    connections: Connections,
    access: Access,
    /// The transaction begins with the first statement; before and after it, no connection is needed.
    begun: Option<Connection>,
}

impl PgUnitOfWork {
    pub(crate) const fn writing(connections: Connections) -> Self {
        Self { connections, access: Access::Writing, begun: None }
    }

    pub(crate) const fn reading(connections: Connections) -> Self {
        Self { connections, access: Access::Reading, begun: None }
    }

    /// Whether it may write, and so lock rows.
    pub(crate) fn may_write(&self) -> bool {
        self.access == Access::Writing
    }

    /// Runs the statements of one call, after `BEGIN` if they are the first.
    pub(crate) async fn run<R>(
        &mut self,
        statements: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<R, Failure>,
    ) -> Result<R, StorageError> {
        counter!("frontdesk_database_statements_total").increment(1);
        Ok(statements(self.connection().await?).await?)
    }

    async fn connection(&mut self) -> Result<&mut AsyncPgConnection, Failure> {
        match &mut self.begun {
            Some(connection) => Ok(connection),
            none => Ok(none.insert(self.connections.get(self.access.begin()).await?)),
        }
    }

    async fn end(&mut self, statement: &'static str) -> Result<(), Failure> {
        if let Some(connection) = &mut self.begun {
            connection.batch_execute(statement).await?;
        }
        self.begun = None;
        Ok(())
    }
}

/// Dropped without an end, or when the end failed: the connection is closed, which rolls back.
impl Drop for PgUnitOfWork {
    fn drop(&mut self) {
        if let Some(connection) = self.begun.take() {
            drop(Connection::take(connection));
        }
    }
}

#[async_trait]
impl UnitOfWork for PgUnitOfWork {
    async fn commit(mut self: Box<Self>) -> Result<(), StorageError> {
        Ok(self.end(COMMIT).await?)
    }

    async fn rollback(mut self: Box<Self>) -> Result<(), StorageError> {
        Ok(self.end("ROLLBACK").await?)
    }

    async fn knowledge(&mut self, asked: &Asked, now: Timestamp) -> Result<Knowledge, StorageError> {
        self.run(async |connection| batch::knowledge(connection, asked, now).await).await
    }

    async fn write(&mut self, writes: &Writes, now: Timestamp) -> Result<(), StorageError> {
        self.run(async |connection| batch::write(connection, writes, now).await).await
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
