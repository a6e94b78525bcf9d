//! Rows as statements write and read them.

mod access;
mod audit;
mod conversation;
mod intake;
mod job;
mod notification;
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
pub(crate) use notification::{
    AttemptRow, CapturedMailRow, Claim, NewNotificationRow, NotificationRow, small,
};
pub(crate) use person::{ClashRow, IdentityRow, KnownUserRow, UserRow, known_persons, origin};
pub(crate) use routing::{
    ChannelRow, ChannelRulesRow, ChatRulesRow, NewChannelRow, RemindersRow, TopicRow, quiet_hours,
};
pub(crate) use second_factor::SecondFactorRow;
pub(crate) use session::SessionRow;
pub(crate) use ticket::TicketRow;
pub(crate) use ticket_work::{TicketEventRow, TicketWorkRow};

use serde_json::{Map, Value};

use crate::{columns::JsonText, error::Failure};

/// Everything else that bots sent, as a column keeps it.
fn fields_text(fields: &Map<String, Value>) -> JsonText {
    JsonText(serde_json::to_string(fields).expect("a JSON object is JSON"))
}

fn fields(JsonText(text): &JsonText) -> Result<Map<String, Value>, Failure> {
    if text == "{}" {
        Ok(Map::new())
    } else {
        serde_json::from_str(text).map_err(|_| Failure::Unreadable("fields"))
    }
}
