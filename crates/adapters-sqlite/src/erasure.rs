//! Erasing a user, with everything personal that hangs on it.

use std::collections::BTreeMap;

use application::ports::ErasureReceipt;
use diesel::{connection::SimpleConnection as _, prelude::*};
use domain::{
    identity::Identity,
    notification::NotificationStatus,
};

use crate::{
    columns::{At, Id, Named},
    constant::Constant,
    error::Failure,
    rows::IdentityRow,
    schema::{
        attempts, captured_mails, erased_totals, identities, identity_clashes, kept_answers, notifications, quarantine,
        tickets, users,
    },
};

const MICROSECONDS_PER_DAY: i64 = 24 * 3_600 * 1_000_000;

/// Deletes a user and what is personal about it, and overwrites in the file what it deletes. None when there is no
/// such user.
pub(crate) fn erase(connection: &mut SqliteConnection, id: Id) -> Result<Option<ErasureReceipt>, Failure> {
    let made_at: Option<At> = users::table.find(id).select(users::created_at).get_result(connection).optional()?;
    let Some(made_at) = made_at else { return Ok(None) };
    connection.batch_execute("PRAGMA secure_delete = ON")?;
    let receipt = erase_known(connection, id, made_at);
    connection.batch_execute("PRAGMA secure_delete = OFF")?;
    receipt.map(Some)
}

fn erase_known(connection: &mut SqliteConnection, id: Id, made_at: At) -> Result<ErasureReceipt, Failure> {
    let known_as = identities_of(connection, id)?;
    let mut totals = Totals::default();
    totals.count(made_at, "users");
    let (notifications, captured_mails) = erase_notifications(connection, id, &mut totals)?;
    let receipt = ErasureReceipt {
        identities: diesel::delete(identities::table.filter(identities::user_id.eq(id))).execute(connection)?,
        tickets: strip_tickets(connection, id)?,
        notifications,
        captured_mails,
        answers: diesel::delete(kept_answers::table.filter(kept_answers::user_id.eq(id))).execute(connection)?,
        quarantined: erase_quarantined(connection, &known_as)?,
    };
    let clashes = identity_clashes::user_id.eq(id).or(identity_clashes::other_user_id.eq(id));
    diesel::delete(identity_clashes::table.filter(clashes)).execute(connection)?;
    diesel::delete(users::table.find(id)).execute(connection)?;
    totals.write(connection)?;
    Ok(receipt)
}

fn identities_of(connection: &mut SqliteConnection, id: Id) -> Result<Vec<Identity>, Failure> {
    let rows = identities::table.filter(identities::user_id.eq(id)).select(IdentityRow::as_select());
    let rows = rows.load(connection)?.into_iter();
    rows.map(|row| {
        Identity::restore(row.kind.0, row.value).map_err(|_| Failure::Unreadable("identities.value"))
    })
    .collect()
}

/// The bare tickets stay, nobody's.
fn strip_tickets(connection: &mut SqliteConnection, user: Id) -> QueryResult<usize> {
    diesel::update(tickets::table.filter(tickets::user_id.eq(user)))
        .set((
            tickets::user_id.eq(None::<Id>),
            tickets::topic_asked.eq(None::<String>),
            tickets::description.eq(""),
            tickets::chat_customer.eq(None::<String>),
            tickets::chat_uuid.eq(None::<String>),
            tickets::reply_to.eq(None::<String>),
            tickets::fields.eq("{}"),
        ))
        .execute(connection)
}

/// Says how many notifications and captured mails there were.
fn erase_notifications(
    connection: &mut SqliteConnection,
    user: Id,
    totals: &mut Totals,
) -> Result<(usize, usize), Failure> {
    let of_user = notifications::table.filter(notifications::user_id.eq(user));
    let columns = (notifications::id, notifications::status, notifications::next_at, notifications::created_at);
    let rows: Vec<(Id, Named<NotificationStatus>, Option<At>, At)> = of_user.select(columns).load(connection)?;
    let mut mails = 0;
    for (id, status, next_at, made_at) in &rows {
        // What waits will never be sent.
        let end = if next_at.is_some() { NotificationStatus::Cancelled } else { status.0 };
        totals.count(*made_at, end.as_str());
        diesel::delete(attempts::table.filter(attempts::notification_id.eq(id))).execute(connection)?;
        mails += diesel::delete(captured_mails::table.find(id)).execute(connection)?;
        diesel::delete(notifications::table.find(id)).execute(connection)?;
    }
    Ok((rows.len(), mails))
}

/// Calls that could not be understood belong to nobody, so they are searched for what the user is known as.
fn erase_quarantined(connection: &mut SqliteConnection, known_as: &[Identity]) -> Result<usize, Failure> {
    let mut naming = Vec::new();
    let columns = (quarantine::request_id, quarantine::bot_id, quarantine::query, quarantine::body);
    for row in quarantine::table.select(columns).load_iter::<(Id, Id, String, Vec<u8>), _>(connection)? {
        let (id, bot, query, body) = row?;
        let text = searchable(&query, &body);
        if known_as.iter().any(|identity| names(&text, bot, identity)) {
            naming.push(id);
        }
    }
    for id in &naming {
        diesel::delete(quarantine::table.find(id)).execute(connection)?;
    }
    Ok(naming.len())
}

/// The text of a call as it arrived, spelled as identities are.
fn searchable(query: &str, body: &[u8]) -> String {
    let text = format!("{query}\n{}", String::from_utf8_lossy(body)).to_lowercase();
    text.replace("%40", "@").replace("%2b", "+").replace("\\u0040", "@")
}

fn names(text: &str, bot: Id, identity: &Identity) -> bool {
    match identity {
        Identity::Customer { bot: of_bot, customer } => {
            bot == Id::from(*of_bot) && has_word(text, &customer.as_str().to_lowercase())
        }
        Identity::Email(email) => has_word(text, email.as_str()),
        Identity::Phone(phone) => {
            let digits_only = text.replace([' ', '-', '.', '(', ')'], "");
            has_word(&digits_only, phone.as_str().trim_start_matches('+'))
        }
    }
}

/// Whether `word` is in `text`, and not as a part of something longer.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// What the ledger has to know of rows that are gone.
#[derive(Default)]
struct Totals(BTreeMap<(i64, &'static str), i64>);

impl Totals {
    fn count(&mut self, made_at: At, what: &'static str) {
        let day = made_at.0.as_microsecond().div_euclid(MICROSECONDS_PER_DAY);
        *self.0.entry((day, what)).or_default() += 1;
    }

    fn write(self, connection: &mut SqliteConnection) -> QueryResult<()> {
        for ((day, what), total) in self.0 {
            let add = diesel::insert_into(erased_totals::table)
                .values((erased_totals::day.eq(day), erased_totals::what.eq(what), erased_totals::total.eq(total)))
                .on_conflict((erased_totals::day, erased_totals::what))
                .do_update()
                .set(erased_totals::total.eq(erased_totals::total + total));
            Constant(add).execute(connection)?;
        }
        Ok(())
    }
}
