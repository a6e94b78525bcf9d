//! Faults that tests plan.

use std::collections::{HashMap, VecDeque};

use application::ports::StorageError;

macro_rules! operations {
    ($($(#[$doc:meta])* $operation:ident)+ ; $($repository:ident { $($variant:ident $method:ident)+ })+) => {
        /// What can be made to fail.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Operation {
            $($(#[$doc])* $operation,)+
            $($(#[doc = concat!("`", stringify!($repository), "().", stringify!($method), "`.")] $variant,)+)+
        }

        impl Operation {
            /// Every operation, so that a test can make each step of a use case fail in turn.
            pub const ALL: &'static [Self] = &[$(Self::$operation,)+ $($(Self::$variant,)+)+];
        }
    };
}

operations! {
    /// The beginning of a unit of work that writes.
    Begin
    /// The beginning of one that reads.
    Read
    /// Asking for the time.
    Now
    /// A commit, which is not done.
    Commit
    /// The answer to a commit, which is done.
    CommitAnswer
    ;
    intake {
        IntakeKeptAnswers kept_answers
        IntakeKeep keep
        IntakeRecord record
        IntakeForgetExpired forget_expired
    }
    quarantine {
        QuarantineHold hold
        QuarantinePage page
        QuarantineFind find
        QuarantineClose close
    }
    users {
        UsersByIdentities by_identities
        UsersInsert insert
        UsersUpdate update
        UsersAddIdentities add_identities
        UsersFind find
        UsersIdentitiesOf identities_of
        UsersPage page
        UsersErase erase
    }
    merges {
        MergesBelongings belongings
        MergesMerge merge
    }
    tickets {
        TicketsTakeNumbers take_numbers
        TicketsInsert insert
        TicketsFind find
        TicketsByReference by_reference
        TicketsPage page
        TicketsOfUser of_user
    }
    conversation {
        ConversationRecord record
        ConversationPage page
        ConversationByKey by_key
        ConversationOwnReplies own_replies
        ConversationNoteHeard note_heard
        ConversationLastHeard last_heard
        ConversationHoldWaiting hold_waiting
        ConversationHold hold
    }
    timeline {
        TimelineRecordClashes record_clashes
        TimelineClashesOf clashes_of
    }
    notifications {
        NotificationsInsert insert
        NotificationsPage page
        NotificationsFind find
        NotificationsAttempts attempts
        NotificationsCancel cancel
        NotificationsRetry retry
        NotificationsConfirm confirm
    }
    deliveries {
        DeliveriesLoads loads
        DeliveriesClaim claim
        DeliveriesPostpone postpone
        DeliveriesDefer defer
        DeliveriesOpen open
        DeliveriesClose close
        DeliveriesAbandoned abandoned
        DeliveriesRelease release
    }
    fallbacks {
        FallbacksUndelivered undelivered
        FallbacksPlan plan
        FallbacksInPlaceOf in_place_of
    }
    workers {
        WorkersBeat beat
        WorkersSilentSince silent_since
        WorkersAll all
        WorkersForget forget
    }
    captured_mails {
        CapturedMailsCapture capture
        CapturedMailsOfNotification of_notification
        CapturedMailsPage page
    }
    topics {
        TopicsRouting routing
        TopicsInsert insert
        TopicsUpdate update
        TopicsSetRoutes set_routes
        TopicsSetReminders set_reminders
        TopicsSetChatRules set_chat_rules
        TopicsHold hold
        TopicsDelete delete
    }
    channels {
        ChannelsAll all
        ChannelsByName by_name
        ChannelsInsert insert
        ChannelsUpdate update
        ChannelsArchive archive
        ChannelsSetPaused set_paused
        ChannelsSetNextSlot set_next_slot
        ChannelsNoteResults note_results
    }
    bots {
        BotsByKey by_key
        BotsByHook by_hook
        BotsByName by_name
        BotsAll all
        BotsInsert insert
        BotsUpdate update
    }
    agents {
        AgentsInsert insert
        AgentsAll all
        AgentsUpdate update
        AgentsByEmail by_email
        AgentsByToken by_token
        AgentsInsertToken insert_token
        AgentsTokens tokens
        AgentsRevokeToken revoke_token
    }
    ticket_work {
        TicketWorkOfTickets of_tickets
        TicketWorkChange change
        TicketWorkRecord record
        TicketWorkEventsOf events_of
    }
    audit {
        AuditInsert insert
        AuditFind find
        AuditPage page
    }
    second_factors {
        SecondFactorsOfAgent of_agent
        SecondFactorsConfirmed confirmed
        SecondFactorsPut put
        SecondFactorsDelete delete
    }
    sessions {
        SessionsInsert insert
        SessionsByDigest by_digest
        SessionsOfAgent of_agent
        SessionsNoteSeen note_seen
        SessionsEnd end
        SessionsEndOthers end_others
        SessionsForgetIdle forget_idle
    }
    jobs {
        JobsAll all
        JobsTake take
        JobsExtend extend
        JobsFinish finish
        JobsRequest request
    }
    ledger {
        LedgerDay day
        LedgerMadeWithoutCall made_without_call
    }
    figures {
        FiguresCount count
        FiguresKeep keep
        FiguresSince since
        FiguresForgetBefore forget_before
    }
    retention {
        RetentionRetireNotifications retire_notifications
        RetentionRetireIntake retire_intake
        RetentionRetireQuarantine retire_quarantine
        RetentionRetireMessages retire_messages
    }
    reminders {
        RemindersBacklog backlog
        RemindersNoteDigest note_digest
        RemindersOverdue overdue
        RemindersNoteEscalated note_escalated
    }
    watchdog {
        WatchdogBacklogs backlogs
        WatchdogUndelivered undelivered
        WatchdogTold told
        WatchdogTake take
        WatchdogTell tell
        WatchdogRelease release
    }
    responses {
        ResponsesFind find
        ResponsesPut put
        ResponsesRelease release
    }
    search {
        SearchNote note
        SearchTake take
        SearchPut put
    }
    seed {
        SeedNotifications notifications
        SeedWork work
    }
}

/// How something fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The database is away for a moment.
    Unavailable,
    /// Somebody else took a unique key.
    Conflict,
    /// Somebody else changed it.
    Stale,
}

impl From<Fault> for StorageError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unavailable => Self::Unavailable("the test made it fail".into()),
            Fault::Conflict => Self::Conflict("made by the test"),
            Fault::Stale => Self::Stale,
        }
    }
}

/// Which outage a unit of work began after; it does not survive the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Connection(usize);

#[derive(Debug, Default)]
pub(super) struct Faults {
    planned: HashMap<Operation, VecDeque<Fault>>,
    away: bool,
    outages: usize,
}

impl Faults {
    pub(super) fn plan(&mut self, operation: Operation, fault: Fault) {
        self.planned.entry(operation).or_default().push_back(fault);
    }

    pub(super) const fn go_away(&mut self) {
        self.away = true;
        self.outages += 1;
    }

    pub(super) const fn come_back(&mut self) {
        self.away = false;
    }

    /// Fails, or connects for `operation`.
    pub(super) fn connect(&mut self, operation: Operation) -> Result<Connection, StorageError> {
        let connection = Connection(self.outages);
        self.reach(operation, connection).map(|()| connection)
    }

    /// Fails if the database is away, was away since `connection` was made, or a fault is planned for `operation`.
    pub(super) fn reach(&mut self, operation: Operation, connection: Connection) -> Result<(), StorageError> {
        if self.away || connection.0 != self.outages {
            return Err(StorageError::Unavailable("the test switched the database off".into()));
        }
        match self.planned.get_mut(&operation).and_then(VecDeque::pop_front) {
            Some(fault) => Err(fault.into()),
            None => Ok(()),
        }
    }
}
