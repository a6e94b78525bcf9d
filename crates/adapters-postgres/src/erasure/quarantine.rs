//! Calls in quarantine belong to nobody, so they are searched for what a user is known as.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    bot_call::{Fields, ReadingContext, read_lookup},
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
    /// Whether it gives one of the identities as its bot's calls do, or mentions one somewhere else.
    fn names(&self, identities: &[Identity]) -> bool {
        let text = self.text();
        let given = self.given();
        identities.iter().any(|identity| given.contains(identity) || mentions(&text, identity))
    }

    fn given(&self) -> Vec<Identity> {
        let country = self.country.as_deref().and_then(|country| Country::parse(country).ok());
        let context = ReadingContext { bot: self.bot_id.into(), country };
        let fields = Fields::read(&self.query, &self.body);
        fields.map(|fields| read_lookup(&fields, &context)).unwrap_or_default()
    }

    fn text(&self) -> String {
        format!("{}\n{}", self.query, String::from_utf8_lossy(&self.body)).to_lowercase()
    }
}

/// Whether a text has a mail address or a phone number in it, and not as a part of something longer. Customer ids are
/// too short to be searched for.
fn mentions(text: &str, identity: &Identity) -> bool {
    let word = match identity {
        Identity::Customer { .. } => return false,
        Identity::Email(email) => email.as_str(),
        Identity::Phone(phone) => phone.as_str(),
    };
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use domain::identity::{EmailAddress, PhoneNumber};

    use super::*;

    #[test]
    fn a_mention_is_not_a_part_of_something_longer() {
        let email = Identity::Email(EmailAddress::restore("ana@example.com".to_owned()));
        assert!(mentions("write to <ana@example.com>, please", &email));
        assert!(!mentions("write to diana@example.com, please", &email));
        let phone = Identity::Phone(PhoneNumber::restore("+34600111222".to_owned()));
        assert!(mentions("call +34600111222", &phone));
        assert!(!mentions("call +346001112223", &phone));
    }
}
