//! Erasing a user, with everything personal that hangs on it.

mod quarantine;

use application::ports::{Changed, ErasureReceipt};
use diesel::{connection::SimpleConnection as _, prelude::*};
use domain::{
    identity::Identity,
    intake::NewIdentity,
    ledger::{day_number, day_of},
    notification::NotificationStatus,
    ticket_work::Deed,
};

use crate::{
    columns::{At, Id, Named},
    conversations,
    entries::{delete_user_entry, empty_ticket_entry, note},
    error::Failure,
    rows::IdentityRow,
    schema::{
        attempts, captured_mails, daily_figures, identities, identity_clashes, kept_answers, notifications,
        ticket_events, tickets, users,
    },
    totals::Totals,
};

/// Deletes a user and what is personal about it, and overwrites in the file what it deletes. None when there is no
/// such user.
pub(crate) fn erase(connection: &mut SqliteConnection, id: Id) -> Result<Option<ErasureReceipt>, Failure> {
    let made_at: Option<At> =
        users::table.find(id).select(users::created_at).get_result(connection).optional()?;
    let Some(made_at) = made_at else { return Ok(None) };
    connection.batch_execute("PRAGMA secure_delete = ON")?;
    let receipt = erase_known(connection, id, made_at);
    connection.batch_execute("PRAGMA secure_delete = OFF")?;
    receipt.map(Some)
}

fn erase_known(connection: &mut SqliteConnection, id: Id, made_at: At) -> Result<ErasureReceipt, Failure> {
    let known_as = identities_of(connection, id)?;
    let mut totals = Totals::default();
    totals.user(made_at);
    erase_entries(connection, id)?;
    let of_user = tickets::table.filter(tickets::user_id.eq(id)).select(tickets::id);
    let of_user: Vec<Id> = of_user.load(connection)?;
    let notes = ticket_events::table.filter(ticket_events::ticket_id.eq_any(&of_user));
    diesel::delete(notes.filter(ticket_events::kind.eq(Named(Deed::Note)))).execute(connection)?;
    let messages = conversations::erase(connection, &of_user, &known_as)?;
    let (notifications, captured_mails) = erase_notifications(connection, id, &mut totals)?;
    let receipt = ErasureReceipt {
        identities: diesel::delete(identities::table.filter(identities::user_id.eq(id)))
            .execute(connection)?,
        notifications,
        captured_mails,
        tickets: blank_tickets(connection, id)?,
        answers: diesel::delete(kept_answers::table.filter(kept_answers::user_id.eq(id)))
            .execute(connection)?,
        quarantined: quarantine::erase(connection, &known_as)?,
        messages,
    };
    let clashes = identity_clashes::user_id.eq(id).or(identity_clashes::other_user_id.eq(id));
    diesel::delete(identity_clashes::table.filter(clashes)).execute(connection)?;
    diesel::delete(users::table.find(id)).execute(connection)?;
    // Where it came from may be named there.
    diesel::delete(daily_figures::table.find(day_number(day_of(made_at.0)))).execute(connection)?;
    totals.write(connection)?;
    Ok(receipt)
}

fn identities_of(connection: &mut SqliteConnection, user: Id) -> Result<Vec<Identity>, Failure> {
    let rows = identities::table.filter(identities::user_id.eq(user)).select(IdentityRow::as_select());
    rows.load(connection)?
        .into_iter()
        .map(|row| NewIdentity::try_from(row).map(|known| known.identity))
        .collect()
}

/// The bare tickets are found by their references again when they are indexed anew.
fn erase_entries(connection: &mut SqliteConnection, user: Id) -> QueryResult<()> {
    let of_user = tickets::table.filter(tickets::user_id.eq(user)).select(tickets::id);
    let tickets: Vec<Id> = of_user.load(connection)?;
    delete_user_entry(connection, user)?;
    tickets.iter().try_for_each(|&ticket| empty_ticket_entry(connection, ticket))?;
    let tickets = tickets.into_iter().map(Id::into).collect();
    note(connection, &Changed { users: Vec::new(), tickets })
}

/// The bare tickets stay, nobody's.
fn blank_tickets(connection: &mut SqliteConnection, user: Id) -> QueryResult<usize> {
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

/// Deletes what was planned about the user or about one of its tickets. Says how many notifications and captured mails
/// there were.
fn erase_notifications(
    connection: &mut SqliteConnection,
    user: Id,
    totals: &mut Totals,
) -> Result<(usize, usize), Failure> {
    let tickets = tickets::table.filter(tickets::user_id.eq(user)).select(tickets::id.nullable());
    let about = notifications::user_id.eq(user).or(notifications::ticket_id.eq_any(tickets));
    let columns =
        (notifications::id, notifications::status, notifications::next_at, notifications::created_at);
    let rows: Vec<(Id, Named<NotificationStatus>, Option<At>, At)> =
        notifications::table.filter(about).select(columns).load(connection)?;
    let mut mails = 0;
    for (id, status, next_at, made_at) in &rows {
        // What waits will never be sent.
        let end = if next_at.is_some() { NotificationStatus::Cancelled } else { status.0 };
        totals.notification(*made_at, end);
        diesel::delete(attempts::table.filter(attempts::notification_id.eq(id))).execute(connection)?;
        mails += diesel::delete(captured_mails::table.find(id)).execute(connection)?;
        diesel::delete(notifications::table.find(id)).execute(connection)?;
    }
    Ok((rows.len(), mails))
}
