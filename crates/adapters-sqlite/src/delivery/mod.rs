//! How notifications are claimed, opened and closed.
//!
//! A claim is a lease in the column that the index of due notifications is on: `next_at` of what is handed over is the
//! time to hand it over again, so a claim that came to nothing shows up by itself. A notification is being sent while
//! it has an open attempt; that is no state of its row, so that a try writes the row only twice.

mod claim;
mod close;
mod loads;
mod message;
mod open;

use std::collections::HashMap;

pub(crate) use claim::{claim, defer, postpone, release};
pub(crate) use close::{Closing, abandoned, close};
use diesel::{dsl::auto_type, prelude::*};
pub(crate) use loads::loads;
pub(crate) use open::open;

use crate::{
    columns::Id,
    rows::ChannelRow,
    schema::{attempts, channels, notifications},
};

/// The open attempt of the notification in the query around it.
#[auto_type]
pub(crate) fn open_attempt() -> _ {
    attempts::table
        .filter(attempts::notification_id.eq(notifications::id))
        .filter(attempts::closed_at.is_null())
}

/// All channels: a handful, looked up once for a set of notifications.
pub(crate) fn channels_by_id(connection: &mut SqliteConnection) -> QueryResult<HashMap<Id, ChannelRow>> {
    let channels: Vec<ChannelRow> = channels::table.select(ChannelRow::as_select()).load(connection)?;
    Ok(channels.into_iter().map(|channel| (channel.id, channel)).collect())
}
