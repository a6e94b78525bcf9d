//! Conversations with people: what is heard through hooks, and what agents answer.

mod admit;
mod gate;
mod hear;
mod reply;

pub use admit::AdmitDelivery;
pub use hear::{HearError, HearMessages, Hearing, HookDelivery};
pub use reply::{Replied, ReplyError, ReplyToTicket};
