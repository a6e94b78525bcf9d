//! The rows that a batch of calls makes.

use jiff::Timestamp;

use crate::{
    answer::Answer,
    bot_call::{Field, RefusalCode},
    identity::{Identity, IdentityKind},
    ids::{BotId, RequestId, TicketId, UserId},
    intake::{CallPath, RawCall, Replay},
    names::named,
    notification::NewNotification,
    ticket::Ticket,
    user::User,
};

named! {
    /// What became of a call; each has exactly one outcome.
    IntakeOutcome {
        /// A person was registered.
        Registered = "registered",
        /// A known person was recognised.
        Recognised = "recognised",
        /// A ticket was opened.
        Ticketed = "ticketed",
        /// The stored answer was given again.
        Replayed = "replayed",
        /// It could not be understood and is in quarantine.
        Invalid = "invalid",
    }
}

/// The ledger's left-hand side: one row for each authenticated POST of a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeRow {
    /// The call.
    pub request_id: RequestId,
    /// Who called.
    pub bot_id: BotId,
    /// What for.
    pub path: CallPath,
    /// What became of it.
    pub outcome: IntakeOutcome,
    /// The person.
    pub user_id: Option<UserId>,
    /// The ticket.
    pub ticket_id: Option<TicketId>,
    /// How many users it made.
    pub users_made: u16,
    /// How many tickets it made.
    pub tickets_made: u16,
    /// How many notifications it made.
    pub notifications_made: u16,
    /// When it arrived.
    pub received_at: Timestamp,
}

impl IntakeRow {
    /// That of a call that made nothing, and names nobody.
    pub const fn bare(
        request_id: RequestId,
        bot_id: BotId,
        path: CallPath,
        outcome: IntakeOutcome,
        received_at: Timestamp,
    ) -> Self {
        Self {
            request_id,
            bot_id,
            path,
            outcome,
            user_id: None,
            ticket_id: None,
            users_made: 0,
            tickets_made: 0,
            notifications_made: 0,
            received_at,
        }
    }
}

/// A way in which a user is known from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIdentity {
    /// The identity.
    pub identity: Identity,
    /// Whose it is.
    pub user_id: UserId,
    /// Since when.
    pub created_at: Timestamp,
}

/// One call named identities of two users; a human may merge them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityClash {
    /// The call.
    pub request_id: RequestId,
    /// The user that the call was taken for.
    pub user_id: UserId,
    /// The other user.
    pub other_user_id: UserId,
    /// Which identity is the other user's.
    pub kind: IdentityKind,
    /// When.
    pub at: Timestamp,
}

/// Why a call is in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuarantineReason {
    /// What is wrong.
    pub code: RefusalCode,
    /// With which field.
    pub field: Option<Field>,
}

/// A call that could not be understood, as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// The call.
    pub request_id: RequestId,
    /// Who called.
    pub bot_id: BotId,
    /// What for.
    pub path: CallPath,
    /// Why it is here.
    pub reason: QuarantineReason,
    /// What arrived.
    pub raw: RawCall,
    /// When it arrived.
    pub received_at: Timestamp,
}

/// An answer that equal calls will be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundAnswer {
    /// Where and how long it is kept, and for which body.
    pub replay: Replay,
    /// The answer.
    pub answer: Answer,
}

/// A set of rows for each table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writes {
    /// Users to insert.
    pub new_users: Vec<User>,
    /// Known users of whom something changed.
    pub changed_users: Vec<User>,
    /// Identities to insert.
    pub identities: Vec<NewIdentity>,
    /// Tickets to insert.
    pub tickets: Vec<Ticket>,
    /// Notifications to insert.
    pub notifications: Vec<NewNotification>,
    /// Intake rows to insert: one for each call.
    pub intake: Vec<IntakeRow>,
    /// Calls to keep for a human.
    pub quarantined: Vec<Quarantined>,
    /// Answers to keep for equal calls.
    pub answers: Vec<BoundAnswer>,
    /// Clashes for the timeline.
    pub clashes: Vec<IdentityClash>,
}

/// What was decided about a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decisions {
    /// The answer to each call, in the order of the calls.
    pub answers: Vec<Answer>,
    /// What must be committed before any of them is given.
    pub writes: Writes,
}
