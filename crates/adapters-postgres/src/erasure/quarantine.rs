//! Calls in quarantine belong to nobody, so they are searched for what a user is known as.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    bot_call::{ReadingContext, names_any},
    identity::{Country, Identity},
};

use crate::{
    columns::Id,
    error::Failure,
    schema::{bots, quarantine},
};

/// So many calls are in memory at once, each of up to 64 KiB.
const PORTION: i64 = 100;

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
pub(super) async fn erase(
    connection: &mut AsyncPgConnection,
    identities: &[Identity],
) -> Result<usize, Failure> {
    let mut naming = Vec::new();
    let mut before = Id::before(None);
    loop {
        let calls = portion(connection, before).await?;
        let Some(last) = calls.last() else { break };
        before = last.id;
        naming.extend(calls.iter().filter(|call| call.names(identities)).map(|call| call.id));
    }
    let naming = quarantine::table.filter(quarantine::request_id.eq_any(naming));
    Ok(diesel::delete(naming).execute(connection).await?)
}

async fn portion(connection: &mut AsyncPgConnection, before: Id) -> QueryResult<Vec<Call>> {
    quarantine::table
        .left_join(bots::table.on(bots::id.eq(quarantine::bot_id)))
        .filter(quarantine::request_id.lt(before))
        .order(quarantine::request_id.desc())
        .limit(PORTION)
        .select((
            quarantine::request_id,
            quarantine::bot_id,
            quarantine::query,
            quarantine::body,
            bots::default_country.nullable(),
        ))
        .load(connection)
        .await
}

impl Call {
    fn names(&self, identities: &[Identity]) -> bool {
        let country = self.country.as_deref().and_then(|country| Country::parse(country).ok());
        let context = ReadingContext { bot: self.bot_id.into(), country };
        names_any(&self.query, &self.body, &context, identities)
    }
}
