//! Rows as statements write and read them: owned, so that they can go to the thread that runs the statements.

mod access;
mod audit;
mod conversation;
mod intake;
mod job;
mod notification;
mod past;
mod person;
mod routing;
mod second_factor;
mod session;
mod ticket;
mod ticket_work;

pub(crate) use access::{AgentRow, ApiTokenRow, BotRow, KeyRow, key_rows};
pub(crate) use audit::AuditRow;
pub(crate) use conversation::{MessageRow, OwnReplyRow};
pub(crate) use intake::{HeldCallRow, IntakeRecordRow, KeptAnswerRow, QuarantinedRow, SlotRow};
pub(crate) use job::JobRow;
pub(crate) use notification::{AttemptRow, CapturedMailRow, NewNotificationRow, NotificationRow, small};
pub(crate) use past::{PastAttemptRow, PastNotificationRow};
pub(crate) use person::{ClashRow, IdentityRow, NewClashRow, UserRow, origin};
pub(crate) use routing::{ChannelRow, ChannelRulesRow, ChatRulesRow, NewChannelRow, RemindersRow, TopicRow};
pub(crate) use second_factor::SecondFactorRow;
pub(crate) use session::SessionRow;
pub(crate) use ticket::TicketRow;
pub(crate) use ticket_work::{TicketEventRow, TicketWorkRow};

use serde_json::{Map, Value};

use crate::error::Failure;

/// Everything else that bots sent, as a column keeps it.
fn fields_text(fields: &Map<String, Value>) -> String {
    serde_json::to_string(fields).expect("a JSON object is JSON")
}

fn fields(text: &str) -> Result<Map<String, Value>, Failure> {
    if text == "{}" {
        Ok(Map::new())
    } else {
        serde_json::from_str(text).map_err(|_| Failure::Unreadable("fields"))
    }
}
