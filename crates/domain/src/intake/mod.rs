//! What follows from bots' calls: the whole decision of the intake, as a function without I/O.
//!
//! A batch of calls is decided item by item, each against what storage knows *and* against what the items before
//! it decided. The result is a set of rows per table, to be written and committed in one unit of work.

mod call;
mod decide;
mod person;
mod writes;

pub(crate) use call::digest_of_key;
pub use call::{AnswerSlot, BodyDigest, CallPath, CallingBot, KEY_LIFETIME, PendingCall, RawCall, Replay};
pub use decide::{IntakeRules, Knowledge, decide};
pub use writes::{
    BoundAnswer, Decisions, IdentityClash, IntakeOutcome, IntakeRow, NewIdentity, QuarantineReason,
    Quarantined, Writes,
};
