//! What the application needs of the world, as small object-safe traits. Adapters implement them; the suites in
//! `port-contracts` say in code what each must do.

mod access;
mod audit;
mod channel;
mod conversation;
mod environment;
mod fallbacks;
mod figures;
mod intake;
mod jobs;
mod ledger;
mod lists;
mod merging;
mod notifications;
mod people;
mod queue;
mod reminders;
mod responses;
mod routing;
mod schema;
mod search;
mod seed;
mod storage;
mod ticket_work;
mod watchdog;

pub use access::{AgentRepository, BotRepository, SecondFactorRepository, SessionRepository};
pub use audit::{AuditFilter, AuditRepository};
pub use channel::{Channel, Receipt, Wording, WordingError};
pub use conversation::{ConversationRepository, Whose};
pub use environment::{ChannelSecrets, Clock, Entropy, Ids, PasswordHashError, PasswordHasher, Vault};
pub use fallbacks::FallbackRepository;
pub use figures::FigureRepository;
pub use intake::{Asked, HeldCall, HeldStatus, IntakeRepository, QuarantineFilter, QuarantineRepository};
pub use jobs::JobRepository;
pub use ledger::{LedgerRepository, RetentionRepository};
pub use lists::{Page, Span, TicketFilter, UserFilter};
pub use merging::{Belongings, MergeRepository};
pub use notifications::{
    AbandonedAttempt, CapturedMail, CapturedMailRepository, ChannelResult, ClosedAttempt, DeliveryRepository,
    NotificationFilter, NotificationRepository, OpenedAttempt, PLANNED_BEFORE_DUE, WorkerRepository,
};
pub use people::{ErasureReceipt, KnownPersons, TicketRepository, TimelineRepository, UserRepository};
pub use queue::{NotificationQueue, QueueError, Received, Subscription};
pub use reminders::ReminderRepository;
pub use responses::ResponseRepository;
pub use routing::{ChannelRepository, TopicRepository};
pub use schema::{Migrate, MigrationState, Schema};
pub use search::{Changed, Noted, SearchRepository};
pub use seed::{PastNotification, SeedRepository};
pub use storage::{Storage, StorageError, Transaction, UnitOfWork, atomically, consult};
pub use ticket_work::TicketWorkRepository;
pub use watchdog::{AlarmPath, AlarmPathError, WatchRepository};
