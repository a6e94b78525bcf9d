//! Notifications: one message to one target over one channel. A notification's row is at once the outbox entry,
//! the timer and the delivery log.

use jiff::Timestamp;

use crate::{
    channel::ChannelKind,
    ids::{ChannelId, NotificationId, RequestId, TicketId, UserId},
    names::named,
    retry::Outcome,
};

named! {
    /// What a notification says; its text is made from current data when it is delivered.
    Purpose {
        /// Greets a person once, after the first call that left an address.
        Welcome = "welcome",
        /// Tells a team that a ticket was opened.
        TicketOpened = "ticket_opened",
        /// Tells a team once more that a ticket waits for an answer.
        Escalation = "escalation",
        /// Tells a team which tickets on a topic wait.
        Digest = "digest",
        /// Answers a person about a ticket.
        Reply = "reply",
        /// Writes what is known of a ticket into fields of its chat.
        ChatFields = "chat_fields",
        /// Lets the flow of a chat go on after its ticket was resolved.
        ChatResumed = "chat_resumed",
    }
}

impl Purpose {
    /// Whether only the chat itself has any use for it.
    pub const fn is_for_a_chat_alone(self) -> bool {
        matches!(self, Self::ChatFields | Self::ChatResumed)
    }
}

named! {
    /// Where a notification stands.
    NotificationStatus {
        /// Waits for its due time.
        Scheduled = "scheduled",
        /// Handed over to a worker.
        Queued = "queued",
        /// An attempt is open.
        Sending = "sending",
        /// The receiving side took it.
        Sent = "sent",
        /// An attempt failed and a later one is due.
        Retrying = "retrying",
        /// Attempts used up, or an error that no attempt can mend.
        Failed = "failed",
        /// Handed over, but the answer never came, and no further try is due.
        Unknown = "unknown",
        /// Withdrawn before it was sent.
        Cancelled = "cancelled",
    }
}

impl NotificationStatus {
    /// Whether a person may ask for another try.
    pub const fn can_be_retried(self) -> bool {
        matches!(self, Self::Failed | Self::Unknown | Self::Cancelled | Self::Retrying | Self::Scheduled)
    }

    /// Whether it can still be withdrawn.
    pub const fn can_be_cancelled(self) -> bool {
        matches!(self, Self::Scheduled | Self::Queued | Self::Retrying)
    }
}

/// A planned notification, as it is first written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotification {
    /// Its id.
    pub id: NotificationId,
    /// What it says.
    pub purpose: Purpose,
    /// Over which channel.
    pub channel_id: ChannelId,
    /// Whom it is about.
    pub user_id: Option<UserId>,
    /// Which ticket it is about.
    pub ticket_id: Option<TicketId>,
    /// The call that made it.
    pub request_id: RequestId,
    /// When it may go out, and not before.
    pub due_at: Timestamp,
    /// When it was planned.
    pub created_at: Timestamp,
}

/// A notification as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// What it says.
    pub purpose: Purpose,
    /// Over which channel.
    pub channel_id: ChannelId,
    /// The name of that channel.
    pub channel: String,
    /// How that channel reaches its target.
    pub kind: ChannelKind,
    /// Whom it is about.
    pub user_id: Option<UserId>,
    /// Which ticket it is about.
    pub ticket_id: Option<TicketId>,
    /// The call that made it.
    pub request_id: RequestId,
    /// The one that failed for good, in whose place this one was planned.
    pub instead_of: Option<NotificationId>,
    /// Where it stands.
    pub status: NotificationStatus,
    /// When it is or was due; after a failed attempt, when the next one is.
    pub due_at: Timestamp,
    /// How many attempts were closed.
    pub attempts: u16,
    /// Whether an earlier attempt may have reached its target.
    pub possible_duplicate: bool,
    /// When it was planned.
    pub created_at: Timestamp,
}

named! {
    /// How an attempt ended.
    OutcomeKind {
        /// The receiving side took the message.
        Sent = "sent",
        /// It failed, and may succeed later.
        Temporary = "temporary",
        /// It failed, and will always fail.
        Permanent = "permanent",
        /// The message was handed over, but the answer never came.
        Unknown = "unknown",
    }
}

impl From<Outcome> for OutcomeKind {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Sent => Self::Sent,
            Outcome::Temporary { .. } => Self::Temporary,
            Outcome::Permanent => Self::Permanent,
            Outcome::Unknown => Self::Unknown,
        }
    }
}

/// One try to deliver a notification, as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Counts from 1.
    pub number: u16,
    /// When it began.
    pub opened_at: Timestamp,
    /// When its outcome was written; none while it is open.
    pub closed_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<OutcomeKind>,
    /// The receiving side's status: an SMTP reply code or an HTTP status.
    pub code: Option<u16>,
    /// The receiving side's words, capped, secrets masked.
    pub answer: Option<String>,
    /// The receiving side's id for the message.
    pub provider_id: Option<String>,
    /// From the first byte to the answer, in microseconds.
    pub elapsed_us: Option<u64>,
    /// Whether mail stood in for a channel that has no secret or no adapter.
    pub mimicked: bool,
}
