//! How notifications are claimed, opened and closed.
//!
//! What is handed over has a row in `claims`, and while it is being sent that row has the number of the open attempt;
//! neither is a state of the notification's row, so that a try changes that row once, when it is closed.
//!
//! Whoever writes a claim or an attempt holds the lock of the notification's row. Claiming, opening and releasing leave
//! out what is locked, as whoever has it decides; closing waits, in the order of ids. So nobody waits for each other.
//! What was found out before the lock was had may have changed by then, so the write tests it once more.

mod abandoned;
mod claim;
mod close;
mod facts;
mod loads;
mod lock;
mod message;
mod open;
mod withdraw;

pub(crate) use abandoned::{abandoned, release};
pub(crate) use claim::{claim, defer, postpone};
pub(crate) use close::close;
pub(crate) use loads::{be_the_only_dispatcher, loads};
pub(crate) use lock::lock;
pub(crate) use open::open;
pub(crate) use withdraw::withdraw;

/// The condition under which a row of `notifications` is to be handed over, looking ahead to the horizon `$1`: it is due
/// by then, not being sent, and not handed over or in vain.
macro_rules! is_waiting {
    () => {
        "notifications.next_at <= $1 AND NOT EXISTS (
             SELECT FROM claims
             WHERE claims.notification_id = notifications.id AND (claims.attempt IS NOT NULL OR claims.lapses_at > $1)
         )"
    };
}
use is_waiting;
