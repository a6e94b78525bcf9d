//! Notifications: as people see them, and as workers claim, open and close them.

use async_trait::async_trait;
use domain::{
    channel::ChannelKind,
    dispatch::{ChannelLoad, Claimed, Deferral, Quota},
    ids::{ChannelId, NotificationId, TicketId, UserId, WorkerId},
    message::Message,
    notification::{Attempt, NewNotification, Notification, NotificationStatus, OutcomeKind},
    retry::NextStep,
};
use jiff::{SignedDuration, Timestamp};

use super::{Page, Span, StorageError};

/// Which notifications.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NotificationFilter {
    /// Only those that stand here.
    pub status: Option<NotificationStatus>,
    /// Only those over this channel.
    pub channel_id: Option<ChannelId>,
    /// Only those about this ticket.
    pub ticket_id: Option<TicketId>,
    /// Only those about this user.
    pub user_id: Option<UserId>,
    /// Only those that are or were due in this time. Those that were sent, and any if no status is asked for, are found
    /// if they were planned at most [`PLANNED_BEFORE_DUE`] before that time.
    pub due: Span,
}

/// See [`NotificationFilter::due`]: longer than all retries of a message take.
pub const PLANNED_BEFORE_DUE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Notifications as people see them.
#[async_trait]
pub trait NotificationRepository: Send {
    /// Plans notifications.
    async fn insert(&mut self, notifications: &[NewNotification]) -> Result<(), StorageError>;

    /// A page of them.
    async fn page(
        &mut self,
        filter: NotificationFilter,
        page: Page,
    ) -> Result<Vec<Notification>, StorageError>;

    /// One of them.
    async fn find(&mut self, id: NotificationId) -> Result<Option<Notification>, StorageError>;

    /// Its attempts, oldest first.
    async fn attempts(&mut self, id: NotificationId) -> Result<Vec<Attempt>, StorageError>;

    /// Withdraws one, unless an attempt is open or it is over. Says whether it did.
    async fn cancel(&mut self, id: NotificationId) -> Result<bool, StorageError>;

    /// Makes one due at `now` and lets its tries begin anew (its attempts' numbers go on), unless it was sent or an attempt is open or coming. Says
    /// whether it did.
    async fn retry(&mut self, id: NotificationId, now: Timestamp) -> Result<bool, StorageError>;

    /// Those of `ids` whose reply was [heard](super::ConversationRepository::note_heard) did arrive: they are sent, unless
    /// they were cancelled or an attempt is open. Says which became so.
    async fn confirm(&mut self, ids: &[NotificationId]) -> Result<Vec<NotificationId>, StorageError>;
}

/// An attempt that was opened: the right to send one message once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedAttempt {
    /// Its number among all attempts of the notification, from 1.
    pub number: u16,
    /// Its number since the notification was planned or a person asked for a retry, from 1: what waits grow with.
    pub tries: u16,
    /// How many attempts before it, counted like `tries`, may have reached their target.
    pub unknowns: u16,
    /// Over which channel.
    pub channel_id: ChannelId,
    /// What to send.
    pub message: Message,
}

/// The end of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedAttempt {
    /// Whose attempt it is: only that worker's open attempt is closed.
    pub worker_id: WorkerId,
    /// Of which notification.
    pub notification_id: NotificationId,
    /// Its number.
    pub number: u16,
    /// How it ended.
    pub outcome: OutcomeKind,
    /// The receiving side's status.
    pub code: Option<u16>,
    /// The receiving side's words, capped, secrets masked.
    pub answer: Option<String>,
    /// The receiving side's id for the message.
    pub provider_id: Option<String>,
    /// From the first byte to the answer; none when nobody was there to measure.
    pub elapsed: Option<SignedDuration>,
    /// Whether mail stood in for the channel.
    pub mimicked: bool,
    /// When.
    pub closed_at: Timestamp,
    /// What follows for the notification.
    pub next: NextStep,
}

/// An open attempt of a worker that died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AbandonedAttempt {
    /// The dead worker.
    pub worker_id: WorkerId,
    /// Of which notification.
    pub notification_id: NotificationId,
    /// Its number.
    pub number: u16,
    /// As in [`OpenedAttempt`].
    pub tries: u16,
    /// As in [`OpenedAttempt`].
    pub unknowns: u16,
    /// The kind of its channel.
    pub kind: ChannelKind,
}

/// Notifications as workers see them. `sending` is an open attempt, not a state that is written.
#[async_trait]
pub trait DeliveryRepository: Send {
    /// The channels that are not paused and have something due by `horizon` that is neither handed over nor being
    /// sent. What was handed over more than [`domain::dispatch::HAND_OVER_AGAIN_AFTER`] past its due time counts as
    /// due. `due` is counted up to `limit`. When there are any, the channels that only have something handed over are
    /// among them, as they take room. A paced channel is shown to one unit of work at a time.
    async fn loads(&mut self, horizon: Timestamp, limit: usize) -> Result<Vec<ChannelLoad>, StorageError>;

    /// Claims the earliest due notifications of each quota for `worker`. No two workers are given the same one.
    async fn claim(
        &mut self,
        worker: WorkerId,
        quotas: &[Quota],
        horizon: Timestamp,
    ) -> Result<Vec<Claimed>, StorageError>;

    /// Moves claimed notifications to the due times given, as their channels' pace demands.
    async fn postpone(&mut self, claimed: &[Claimed]) -> Result<(), StorageError>;

    /// Moves the due times of what waits: what is due by `horizon` over the channel of a deferral, from its first moment on
    /// and before its last. What is handed over or being sent stays as it is.
    async fn defer(&mut self, deferrals: &[Deferral], horizon: Timestamp) -> Result<(), StorageError>;

    /// Opens attempts for those of `ids` that are due by `now` and neither over, nor cancelled, nor paused, nor being
    /// sent. The others are left out of the answer: an id was only a hint. One that has nothing to say any more, as
    /// what it is about is gone or done, is cancelled.
    async fn open(
        &mut self,
        worker: WorkerId,
        ids: &[NotificationId],
        now: Timestamp,
    ) -> Result<Vec<OpenedAttempt>, StorageError>;

    /// Closes attempts and moves their notifications on. What is not that worker's open attempt is left alone.
    async fn close(&mut self, attempts: &[ClosedAttempt]) -> Result<(), StorageError>;

    /// The open attempts of these workers.
    async fn abandoned(&mut self, workers: &[WorkerId]) -> Result<Vec<AbandonedAttempt>, StorageError>;

    /// Takes back what was handed over by these workers and is not being sent. Says how many.
    async fn release(&mut self, workers: &[WorkerId]) -> Result<usize, StorageError>;
}

/// Running workers, by their heartbeats.
#[async_trait]
pub trait WorkerRepository: Send {
    /// Writes that `worker` lives, by the database's clock, and answers what that clock says.
    async fn beat(&mut self, worker: WorkerId) -> Result<Timestamp, StorageError>;

    /// The workers whose last heartbeat is older than `before`.
    async fn silent_since(&mut self, before: Timestamp) -> Result<Vec<WorkerId>, StorageError>;

    /// Every worker that ever had a heartbeat and was not forgotten.
    async fn all(&mut self) -> Result<Vec<WorkerId>, StorageError>;

    /// Forgets workers that are gone.
    async fn forget(&mut self, workers: &[WorkerId]) -> Result<(), StorageError>;
}

/// What attempts over a channel say about the channel itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelResult {
    /// It works: its failures are forgotten.
    Works,
    /// It failed so many times running.
    Failed(u32),
}

/// A mail that was captured instead of sent.
#[derive(Clone, PartialEq, Eq)]
pub struct CapturedMail {
    /// Of which notification.
    pub notification_id: NotificationId,
    /// To whom it would have gone.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// The whole message (RFC 5322).
    pub message: Vec<u8>,
    /// When.
    pub captured_at: Timestamp,
}

impl std::fmt::Debug for CapturedMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CapturedMail").field("notification_id", &self.notification_id).finish_non_exhaustive()
    }
}

/// Mail that was captured instead of sent.
#[async_trait]
pub trait CapturedMailRepository: Send {
    /// Keeps a mail; a later copy for the same notification takes its place.
    async fn capture(&mut self, mail: &CapturedMail) -> Result<(), StorageError>;

    /// The mail of a notification.
    async fn of_notification(&mut self, id: NotificationId) -> Result<Option<CapturedMail>, StorageError>;

    /// A page of them, by the ids of their notifications.
    async fn page(&mut self, page: Page) -> Result<Vec<CapturedMail>, StorageError>;
}
