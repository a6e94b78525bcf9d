//! Bots' calls: who calls, what follows, what is answered.

mod authenticate;
mod lane;
mod look_up;
mod submit;
mod take_calls;

pub use authenticate::{AccessDenied, AuthenticateBot};
pub use lane::{IntakeLane, LaneRunner, WAITING_CALLS_MAX};
pub use look_up::{FindUser, ListTopics, ShowTicketStatus};
pub use submit::SubmitCall;
pub(crate) use submit::pending_call;
pub use take_calls::{TakeCalls, take_in};
