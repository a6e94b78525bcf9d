//! All that is stored.

use std::sync::Arc;

use application::ports::{CapturedMail, Changed, HeldStatus};
use domain::{
    agent::{ApiToken, StaffMember},
    audit::AuditEntry,
    bot::Bot,
    channel::Channel,
    conversation::{ConversationMessage, MessageKey},
    figures::DayFigures,
    identity::Identity,
    ids::{
        AgentId, AuditId, ChannelId, MessageId, NotificationId, RequestId, SessionId, TicketEventId,
        TicketId, TokenId, UserId, WorkerId,
    },
    intake::{AnswerSlot, BoundAnswer, IdentityClash, IntakeRow, NewIdentity, Quarantined},
    job::{Job, JobRecord},
    ledger::LedgerCounts,
    response::{BoundResponse, ResponseSlot},
    search::{TicketEntry, UserEntry},
    second_factor::SecondFactor,
    session::Session,
    ticket::{Reference, Ticket},
    ticket_work::{TicketEvent, TicketWork},
    topic::{Slug, Topic},
    user::User,
    watchdog::Alarm,
};
use jiff::{Timestamp, civil::Date};

use super::{outbox::OutboxRow, table::Table};

/// Everything, as one unit of work sees it. A copy is cheap.
#[derive(Clone, Default)]
pub(super) struct State {
    /// In the order in which they were added, as channels and topics are.
    pub(super) bots: Arc<Vec<Bot>>,
    pub(super) channels: Arc<Vec<ChannelRow>>,
    pub(super) topics: Arc<Vec<Topic>>,
    pub(super) agents: Table<AgentId, StaffMember>,
    pub(super) tokens: Table<TokenId, ApiToken>,
    pub(super) audit: Table<AuditId, AuditEntry>,
    pub(super) second_factors: Table<AgentId, SecondFactor>,
    pub(super) sessions: Table<SessionId, Session>,
    pub(super) users: Table<UserId, User>,
    pub(super) identities: Table<Identity, NewIdentity>,
    pub(super) clashes: Arc<Vec<IdentityClash>>,
    pub(super) tickets: Table<TicketId, Ticket>,
    pub(super) references: Table<Reference, TicketId>,
    pub(super) ticket_work: Table<TicketId, TicketWork>,
    pub(super) ticket_events: Table<TicketEventId, TicketEvent>,
    /// The last number that was taken.
    pub(super) ticket_number: u64,
    pub(super) outbox: Table<NotificationId, OutboxRow>,
    pub(super) captured_mails: Table<NotificationId, CapturedMail>,
    pub(super) workers: Table<WorkerId, Beat>,
    pub(super) intake: Table<RequestId, IntakeRow>,
    pub(super) answers: Table<AnswerSlot, BoundAnswer>,
    pub(super) responses: Table<ResponseSlot, BoundResponse>,
    pub(super) quarantine: Table<RequestId, Held>,
    pub(super) jobs: Table<Job, JobRecord>,
    pub(super) alarms: Table<Alarm, AlarmRow>,
    /// What no row tells any more, or never told.
    pub(super) totals: Table<Date, LedgerCounts>,
    pub(super) digests: Table<(Slug, Date), NotificationId>,
    pub(super) figures: Table<Date, DayFigures>,
    pub(super) escalated: Table<TicketId, Timestamp>,
    /// Oldest first.
    pub(super) search_notes: Arc<Vec<Changed>>,
    pub(super) user_entries: Table<UserId, UserEntry>,
    pub(super) ticket_entries: Table<TicketId, TicketEntry>,
    pub(super) messages: Table<MessageId, ConversationMessage>,
    /// As which message a reply came back.
    pub(super) heard: Table<MessageId, MessageKey>,
}

/// A channel, with what deliveries say about it.
#[derive(Clone)]
pub(super) struct ChannelRow {
    pub(super) channel: Channel,
    pub(super) next_slot_at: Option<Timestamp>,
    pub(super) failures: u32,
    pub(super) is_archived: bool,
}

/// What was told of an alarm.
#[derive(Clone, Copy, Default)]
pub(super) struct AlarmRow {
    /// When it was told that it lasts; none if it was called off.
    pub(super) told_at: Option<Timestamp>,
    /// Until when somebody has the right to tell.
    pub(super) leased_until: Option<Timestamp>,
}

/// The last heartbeat of a worker.
#[derive(Clone)]
pub(super) struct Beat {
    pub(super) worker: WorkerId,
    pub(super) at: Timestamp,
}

/// A call in quarantine.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) call: Quarantined,
    pub(super) status: HeldStatus,
    pub(super) closed_at: Option<Timestamp>,
}

impl State {
    pub(super) fn bot(&self, is_it: impl Fn(&Bot) -> bool) -> Option<&Bot> {
        self.bots.iter().find(|bot| is_it(bot))
    }

    pub(super) fn channel(&self, id: ChannelId) -> Option<&ChannelRow> {
        self.channels.iter().find(|row| row.channel.id == id)
    }

    pub(super) fn channel_mut(&mut self, id: ChannelId) -> Option<&mut ChannelRow> {
        Arc::make_mut(&mut self.channels).iter_mut().find(|row| row.channel.id == id)
    }
}
