//! Units of work.

use std::ops::{Deref, DerefMut};

use async_trait::async_trait;
use domain::intake::{Knowledge, Writes};
use jiff::Timestamp;

use super::{
    AgentRepository, Asked, AuditRepository, BotRepository, CapturedMailRepository, ChannelRepository,
    ConversationRepository, DeliveryRepository, FallbackRepository, FigureRepository, IntakeRepository,
    JobRepository, KnownPersons, LedgerRepository, MergeRepository, NotificationRepository,
    QuarantineRepository, ReminderRepository, ResponseRepository, RetentionRepository, SearchRepository,
    SecondFactorRepository, SeedRepository, SessionRepository, TicketRepository, TicketWorkRepository,
    TimelineRepository, TopicRepository, UserRepository, WatchRepository, WorkerRepository,
};

/// Why storage did not do what it was asked. "Not found" is no error: it is an empty answer.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A unique key is taken. The unit of work must be rolled back; running it again sees the winner's rows.
    #[error("a unique key is taken: {0}")]
    Conflict(&'static str),
    /// What was to be changed was changed by somebody else meanwhile.
    #[error("it was changed by somebody else meanwhile")]
    Stale,
    /// The database is away, overloaded or broken; trying again later may succeed.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A database.
#[async_trait]
pub trait Storage: Send + Sync {
    /// Begins a unit of work that reads and writes. Units of work are serialisable as far as the repositories'
    /// promises go: what a repository read for writing stays true until the commit, or the commit fails.
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError>;

    /// Begins a unit of work that only reads, from one consistent snapshot, and waits for no writer. Its writing
    /// methods may fail or do nothing.
    async fn read(&self) -> Result<Box<dyn UnitOfWork>, StorageError>;

    /// Waits until nobody writes, but not for long: for work that can wait a little and would be in the way of calls and
    /// deliveries, where all who write take turns. It reserves nothing.
    async fn lull(&self) {}

    /// The database's clock: the one that decides what is due.
    async fn now(&self) -> Result<Timestamp, StorageError>;
}

/// An open transaction, which hands out the repositories. Dropping it rolls back, at the cost of its connection;
/// [`atomically`] ends it explicitly.
#[async_trait]
pub trait UnitOfWork: Send {
    /// Makes everything durable: when this returned `Ok`, it survives a power cut.
    async fn commit(self: Box<Self>) -> Result<(), StorageError>;

    /// Undoes everything.
    async fn rollback(self: Box<Self>) -> Result<(), StorageError>;

    /// All that is known of what a batch of calls asks for, as the repositories would tell it one by one. An adapter
    /// that can do it in fewer trips to the database does.
    async fn knowledge(&mut self, asked: &Asked, now: Timestamp) -> Result<Knowledge, StorageError> {
        let answers = self.intake().kept_answers(&asked.slots, now).await?;
        let KnownPersons { users, identities } = self.users().by_identities(&asked.identities).await?;
        let mut known = Knowledge { users, identities, answers, ..Knowledge::default() };
        if asked.ticket_numbers > 0 {
            known.routing = self.topics().routing().await?;
            known.first_ticket_number = self.tickets().take_numbers(asked.ticket_numbers).await?;
        }
        Ok(known)
    }

    /// Writes all that follows from a batch of calls, one set a table, as the repositories would. An adapter that can
    /// do it in fewer trips to the database does.
    async fn write(&mut self, writes: &Writes, now: Timestamp) -> Result<(), StorageError> {
        self.users().insert(&writes.new_users).await?;
        self.users().update(&writes.changed_users).await?;
        self.users().add_identities(&writes.identities).await?;
        self.tickets().insert(&writes.tickets).await?;
        self.notifications().insert(&writes.notifications).await?;
        self.timeline().record_clashes(&writes.clashes).await?;
        self.quarantine().hold(&writes.quarantined).await?;
        self.intake().record(&writes.intake).await?;
        self.intake().keep(&writes.answers, now).await
    }

    /// Calls of bots and kept answers.
    fn intake(&mut self) -> &mut dyn IntakeRepository;
    /// Calls that could not be understood.
    fn quarantine(&mut self) -> &mut dyn QuarantineRepository;
    /// Users and their identities.
    fn users(&mut self) -> &mut dyn UserRepository;
    /// Users who turn out to be one person.
    fn merges(&mut self) -> &mut dyn MergeRepository;
    /// Tickets.
    fn tickets(&mut self) -> &mut dyn TicketRepository;
    /// What members of staff do about tickets.
    fn ticket_work(&mut self) -> &mut dyn TicketWorkRepository;
    /// What people and teams write to each other.
    fn conversation(&mut self) -> &mut dyn ConversationRepository;
    /// What happened to users.
    fn timeline(&mut self) -> &mut dyn TimelineRepository;
    /// Notifications as people see them.
    fn notifications(&mut self) -> &mut dyn NotificationRepository;
    /// Notifications as workers see them.
    fn deliveries(&mut self) -> &mut dyn DeliveryRepository;
    /// Notifications in the place of others.
    fn fallbacks(&mut self) -> &mut dyn FallbackRepository;
    /// Running workers.
    fn workers(&mut self) -> &mut dyn WorkerRepository;
    /// Mail that was captured instead of sent.
    fn captured_mails(&mut self) -> &mut dyn CapturedMailRepository;
    /// Topics and routes.
    fn topics(&mut self) -> &mut dyn TopicRepository;
    /// Channels.
    fn channels(&mut self) -> &mut dyn ChannelRepository;
    /// Bots and their keys.
    fn bots(&mut self) -> &mut dyn BotRepository;
    /// Members of staff and their tokens.
    fn agents(&mut self) -> &mut dyn AgentRepository;
    /// What members of staff show beside their password.
    fn second_factors(&mut self) -> &mut dyn SecondFactorRepository;
    /// Who is signed in.
    fn sessions(&mut self) -> &mut dyn SessionRepository;
    /// Who changed what.
    fn audit(&mut self) -> &mut dyn AuditRepository;
    /// Periodic jobs.
    fn jobs(&mut self) -> &mut dyn JobRepository;
    /// What was made, and what there is.
    fn ledger(&mut self) -> &mut dyn LedgerRepository;
    /// What days brought.
    fn figures(&mut self) -> &mut dyn FigureRepository;
    /// What deletes old rows.
    fn retention(&mut self) -> &mut dyn RetentionRepository;
    /// What waits, and whom that was told.
    fn reminders(&mut self) -> &mut dyn ReminderRepository;
    /// What programs were answered.
    fn responses(&mut self) -> &mut dyn ResponseRepository;
    /// What lists are searched by.
    fn search(&mut self) -> &mut dyn SearchRepository;
    /// What fills a database for demonstrations and benchmarks.
    fn seed(&mut self) -> &mut dyn SeedRepository;
    /// What the watchdog sees and has told.
    fn watchdog(&mut self) -> &mut dyn WatchRepository;
}

/// A unit of work inside [`atomically`] or [`consult`], which alone can end it.
pub struct Transaction(Box<dyn UnitOfWork>);

impl Deref for Transaction {
    type Target = dyn UnitOfWork;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut *self.0
    }
}

/// Runs `work` in one unit of work: committed if it succeeds, rolled back if not. The only place that commits.
/// Inside, nothing but storage may be waited for.
pub async fn atomically<T, E, F>(storage: &dyn Storage, work: F) -> Result<T, E>
where
    F: AsyncFnOnce(&mut Transaction) -> Result<T, E>,
    E: From<StorageError>,
{
    let mut transaction = Transaction(storage.begin().await?);
    match work(&mut transaction).await {
        Ok(value) => {
            transaction.0.commit().await?;
            Ok(value)
        }
        Err(error) => {
            if let Err(source) = transaction.0.rollback().await {
                tracing::debug!(
                    error = &source as &dyn std::error::Error,
                    "rolling back failed; the connection is dropped"
                );
            }
            Err(error)
        }
    }
}

/// Runs `look` on one consistent snapshot. For lists and pages that no rule decides about, this is the use case.
pub async fn consult<T, F>(storage: &dyn Storage, look: F) -> Result<T, StorageError>
where
    F: AsyncFnOnce(&mut Transaction) -> Result<T, StorageError>,
{
    let mut snapshot = Transaction(storage.read().await?);
    let seen = look(&mut snapshot).await;
    if let Err(source) = snapshot.0.rollback().await {
        tracing::debug!(
            error = &source as &dyn std::error::Error,
            "ending a snapshot failed; the connection is dropped"
        );
    }
    seen
}
