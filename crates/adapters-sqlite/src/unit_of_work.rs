//! One transaction on one connection.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use application::ports::{
    AgentRepository, Asked, AuditRepository, BotRepository, CapturedMailRepository, ChannelRepository, Clock,
    ConversationRepository, DeliveryRepository, FallbackRepository, FigureRepository, IntakeRepository,
    JobRepository, LedgerRepository, MergeRepository, NotificationRepository, QuarantineRepository,
    ReminderRepository, ResponseRepository, RetentionRepository, SearchRepository, SecondFactorRepository,
    SeedRepository, SessionRepository, StorageError, TicketRepository, TicketWorkRepository,
    TimelineRepository, TopicRepository, UnitOfWork, UserRepository, WatchRepository, WorkerRepository,
};
use async_trait::async_trait;
use diesel::{SqliteConnection, connection::SimpleConnection as _};
use diesel_async::pooled_connection::deadpool::Object;
use domain::intake::{Knowledge, Writes};
use jiff::Timestamp;
use metrics::counter;
use tokio::{runtime::Handle, sync::OwnedMutexGuard};

use crate::{batch, connection::Connection, error::Failure};

/// The connection that writes, and whether a unit of work left its transaction open.
pub(crate) struct Writer {
    connection: Connection,
    abandoned: bool,
}

impl Writer {
    pub(crate) const fn new(connection: Connection) -> Self {
        Self { connection, abandoned: false }
    }

    pub(crate) const fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

/// The connection of a unit of work.
enum Seat {
    /// The connection that writes; nobody else has it meanwhile.
    Writer(OwnedMutexGuard<Writer>),
    /// A connection that only reads, from a pool.
    Reader(Object<Connection>),
}

/// How the transaction of a unit of work stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It begins with the first statement, so that it costs no trip of its own to another thread.
    Waiting,
    Begun,
    Over,
}

/// An open transaction. All repositories are implemented on it; each of their methods runs its statements in one trip
/// to a thread that may block.
pub(crate) struct SqliteUnitOfWork {
    /// None only while it is dropped.
    seat: Option<Seat>,
    stage: Stage,
    /// Whether it was dropped. Statements that nobody waits for any more may then still be on their way to a thread, and
    /// must not run in the transaction of whoever has the connection next.
    dropped: Arc<AtomicBool>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl SqliteUnitOfWork {
    pub(crate) fn writing(writer: OwnedMutexGuard<Writer>, clock: Arc<dyn Clock>) -> Self {
        Self { seat: Some(Seat::Writer(writer)), stage: Stage::Waiting, dropped: Arc::default(), clock }
    }

    pub(crate) fn reading(reader: Object<Connection>, clock: Arc<dyn Clock>) -> Self {
        Self { seat: Some(Seat::Reader(reader)), stage: Stage::Waiting, dropped: Arc::default(), clock }
    }

    /// Runs statements on a thread that may block, after `BEGIN` if they are the first.
    pub(crate) async fn run<R, F>(&mut self, statements: F) -> Result<R, StorageError>
    where
        R: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Result<R, Failure> + Send + 'static,
    {
        counter!("frontdesk_database_statements_total").increment(1);
        let begin = self.begin();
        let answer = self.lend(move |connection| {
            begin.run(connection)?;
            statements(connection)
        });
        Ok(answer.await?)
    }

    /// Lends the connection to a thread that may block, unless this is dropped before the thread has it.
    async fn lend<R, F>(&mut self, task: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Result<R, Failure> + Send + 'static,
    {
        let dropped = Arc::clone(&self.dropped);
        let answer = self.connection().spawn_blocking(move |connection| {
            if dropped.load(Ordering::Acquire) {
                return Err(diesel::result::Error::RollbackTransaction);
            }
            Ok(task(connection))
        });
        answer.await?
    }

    /// What has to run before the next statements.
    fn begin(&mut self) -> Begin {
        if self.stage != Stage::Waiting {
            return Begin::Nothing;
        }
        self.stage = Stage::Begun;
        match self.seat.as_mut() {
            Some(Seat::Writer(writer)) if writer.abandoned => Begin::WritingAfterRollback,
            Some(Seat::Writer(writer)) => {
                writer.abandoned = true;
                Begin::Writing
            }
            _ => Begin::Reading,
        }
    }

    fn connection(&mut self) -> &mut Connection {
        match self.seat.as_mut().expect("a unit of work has its connection until it is dropped") {
            Seat::Writer(writer) => writer.connection(),
            Seat::Reader(reader) => reader,
        }
    }

    async fn end(&mut self, statement: &'static str) -> Result<(), StorageError> {
        if self.stage == Stage::Begun {
            self.lend(move |connection| Ok(connection.batch_execute(statement)?)).await?;
        }
        self.stage = Stage::Over;
        if let Some(Seat::Writer(writer)) = &mut self.seat {
            writer.abandoned = false;
        }
        Ok(())
    }
}

/// The beginning of a transaction.
#[derive(Clone, Copy)]
enum Begin {
    Nothing,
    Reading,
    /// `IMMEDIATE`: a transaction that reads before it writes would fail when another process writes in between.
    Writing,
    WritingAfterRollback,
}

impl Begin {
    fn run(self, connection: &mut SqliteConnection) -> diesel::QueryResult<()> {
        match self {
            Self::Nothing => Ok(()),
            Self::Reading => connection.batch_execute("BEGIN"),
            Self::Writing => connection.batch_execute("BEGIN IMMEDIATE"),
            Self::WritingAfterRollback => {
                // It fails when SQLite ended the transaction itself, or a commit got through after all.
                let _ = connection.batch_execute("ROLLBACK");
                connection.batch_execute("BEGIN IMMEDIATE")
            }
        }
    }
}

/// Dropped without an end: rolls back. Where no runtime is left to do that, the next unit of work does.
impl Drop for SqliteUnitOfWork {
    fn drop(&mut self) {
        self.dropped.store(true, Ordering::Release);
        if self.stage != Stage::Begun {
            return;
        }
        match self.seat.take() {
            Some(Seat::Writer(mut writer)) => {
                if let Ok(runtime) = Handle::try_current() {
                    runtime.spawn(async move {
                        let rollback = writer.connection().spawn_blocking(|c| c.batch_execute("ROLLBACK"));
                        writer.abandoned = rollback.await.is_err();
                    });
                }
            }
            Some(Seat::Reader(reader)) => drop(Object::take(reader)),
            None => {}
        }
    }
}

#[async_trait]
impl UnitOfWork for SqliteUnitOfWork {
    async fn commit(mut self: Box<Self>) -> Result<(), StorageError> {
        self.end("COMMIT").await
    }

    async fn rollback(mut self: Box<Self>) -> Result<(), StorageError> {
        self.end("ROLLBACK").await
    }

    async fn knowledge(&mut self, asked: &Asked, now: Timestamp) -> Result<Knowledge, StorageError> {
        let asked = asked.clone();
        self.run(move |connection| batch::knowledge(connection, asked, now)).await
    }

    async fn write(&mut self, writes: &Writes, now: Timestamp) -> Result<(), StorageError> {
        let rows = batch::Rows::from(writes);
        self.run(move |connection| rows.write(connection, now)).await
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
