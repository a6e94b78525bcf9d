//! Calls in quarantine belong to nobody, so they are searched for what a user is known as.

use diesel::prelude::*;
use domain::{
    bot_call::{ReadingContext, names_any},
    identity::{Country, Identity},
};

use crate::{
    columns::Id,
    error::Failure,
    schema::{bots, quarantine},
};

/// A call as it arrived, and the country of its bot.
#[derive(Queryable)]
struct Call {
    id: Id,
    bot_id: Id,
    query: String,
    body: Vec<u8>,
    country: Option<String>,
}

/// Deletes the calls that name one of `identities`, and says how many.
pub(super) fn erase(connection: &mut SqliteConnection, identities: &[Identity]) -> Result<usize, Failure> {
    let calls = quarantine::table.inner_join(bots::table.on(bots::id.eq(quarantine::bot_id))).select((
        quarantine::request_id,
        quarantine::bot_id,
        quarantine::query,
        quarantine::body,
        bots::default_country,
    ));
    let mut naming = Vec::new();
    for call in calls.load_iter::<Call, _>(connection)? {
        let call = call?;
        if call.names(identities) {
            naming.push(call.id);
        }
    }
    for id in &naming {
        diesel::delete(quarantine::table.find(id)).execute(connection)?;
    }
    Ok(naming.len())
}

impl Call {
    fn names(&self, identities: &[Identity]) -> bool {
        let country = self.country.as_deref().and_then(|country| Country::parse(country).ok());
        let context = ReadingContext { bot: self.bot_id.into(), country };
        names_any(&self.query, &self.body, &context, identities)
    }
}
