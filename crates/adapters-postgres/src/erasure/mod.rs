//! Erasing a user, with everything personal that hangs on it.

mod quarantine;

use application::ports::ErasureReceipt;
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{Array, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    identity::Identity, intake::NewIdentity, ledger::day_of, notification::NotificationStatus,
    ticket_work::Deed,
};

use crate::{
    columns::{At, Day, Id, JsonText, Named},
    conversations,
    error::Failure,
    rows::IdentityRow,
    schema::{
        attempts, captured_mails, claims, daily_figures, identities, identity_clashes, kept_answers,
        notifications, ticket_events, tickets, user_search, users,
    },
    statement::{column, statement},
    totals::Totals,
};

/// Deletes a user and what is personal about it. None when there is no such user.
///
/// The user is locked first: whoever is about to write something that hangs on it is waited for, or waits.
pub(crate) async fn erase(
    connection: &mut AsyncPgConnection,
    id: Id,
) -> Result<Option<ErasureReceipt>, Failure> {
    let user = users::table.find(id).select(users::created_at).for_update();
    let Some(made_at): Option<At> = user.get_result(connection).await.optional()? else { return Ok(None) };
    let known_as = identities_of(connection, id).await?;
    let mut totals = Totals::default();
    totals.user(made_at);
    let tickets = blank_tickets(connection, id).await?;
    let notes = ticket_events::table.filter(ticket_events::ticket_id.eq_any(&tickets));
    diesel::delete(notes.filter(ticket_events::kind.eq(Named(Deed::Note)))).execute(connection).await?;
    let messages = conversations::erase(connection, &tickets, &known_as).await?;
    let (notifications, captured_mails) = erase_notifications(connection, id, &tickets, &mut totals).await?;
    let identities = identities::table.filter(identities::user_id.eq(id));
    let answers = kept_answers::table.filter(kept_answers::user_id.eq(id));
    let receipt = ErasureReceipt {
        identities: diesel::delete(identities).execute(connection).await?,
        tickets: tickets.len(),
        notifications,
        captured_mails,
        answers: diesel::delete(answers).execute(connection).await?,
        quarantined: quarantine::erase(connection, &known_as).await?,
        messages,
    };
    erase_clashes(connection, id).await?;
    erase_entries(connection, id, &tickets).await?;
    diesel::delete(users::table.find(id)).execute(connection).await?;
    // Where it came from may be named there.
    diesel::delete(daily_figures::table.find(Day(day_of(made_at.0)))).execute(connection).await?;
    totals.write(connection).await?;
    Ok(Some(receipt))
}

async fn identities_of(connection: &mut AsyncPgConnection, user: Id) -> Result<Vec<Identity>, Failure> {
    let of_user = identities::table.filter(identities::user_id.eq(user));
    let rows: Vec<IdentityRow> = of_user.select(IdentityRow::as_select()).load(connection).await?;
    rows.into_iter().map(|row| NewIdentity::try_from(row).map(|known| known.identity)).collect()
}

/// The bare tickets stay, nobody's. Says which they are.
async fn blank_tickets(connection: &mut AsyncPgConnection, user: Id) -> QueryResult<Vec<Id>> {
    diesel::update(tickets::table.filter(tickets::user_id.eq(user)))
        .set((
            tickets::user_id.eq(None::<Id>),
            tickets::topic_asked.eq(None::<String>),
            tickets::description.eq(""),
            tickets::chat_customer.eq(None::<String>),
            tickets::chat_uuid.eq(None::<String>),
            tickets::reply_to.eq(None::<String>),
            tickets::fields.eq(JsonText("{}".to_owned())),
        ))
        .returning(tickets::id)
        .load(connection)
        .await
}

#[derive(QueryableByName)]
struct Planned {
    #[diesel(sql_type = Uuid)]
    id: Id,
    #[diesel(sql_type = Text)]
    status: Named<NotificationStatus>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    next_at: Option<At>,
    #[diesel(sql_type = Timestamptz)]
    created_at: At,
}

/// Deletes what was planned about the user or about one of its tickets. Says how many notifications and captured mails
/// there were.
async fn erase_notifications(
    connection: &mut AsyncPgConnection,
    user: Id,
    tickets: &[Id],
    totals: &mut Totals,
) -> Result<(usize, usize), Failure> {
    let planned: Vec<Planned> = statement(
        "SELECT id, status, next_at, created_at FROM notifications
         WHERE id IN (
             SELECT id FROM notifications WHERE user_id = $1
             UNION SELECT id FROM notifications WHERE ticket_id = ANY ($2)
         )
         ORDER BY id FOR UPDATE",
    )
    .bind::<Uuid, _>(user)
    .bind::<Array<Uuid>, _>(tickets)
    .load(connection)
    .await?;
    for planned in &planned {
        // What waits will never be sent.
        let waits = planned.next_at.is_some();
        let end = if waits { NotificationStatus::Cancelled } else { planned.status.0 };
        totals.notification(planned.created_at, end);
    }
    let mails = delete_notifications(connection, &column(&planned, |planned| planned.id)).await?;
    Ok((planned.len(), mails))
}

/// Deletes notifications that are locked. Says how many captured mails there were.
async fn delete_notifications(connection: &mut AsyncPgConnection, ids: &[Id]) -> QueryResult<usize> {
    let mails = captured_mails::table.filter(captured_mails::notification_id.eq_any(ids));
    let mails = diesel::delete(mails).execute(connection).await?;
    let attempts = attempts::table.filter(attempts::notification_id.eq_any(ids));
    diesel::delete(attempts).execute(connection).await?;
    let claims = claims::table.filter(claims::notification_id.eq_any(ids));
    diesel::delete(claims).execute(connection).await?;
    let notifications = notifications::table.filter(notifications::id.eq_any(ids));
    diesel::delete(notifications).execute(connection).await?;
    Ok(mails)
}

async fn erase_clashes(connection: &mut AsyncPgConnection, user: Id) -> QueryResult<()> {
    let own = identity_clashes::table.filter(identity_clashes::user_id.eq(user));
    diesel::delete(own).execute(connection).await?;
    let others = identity_clashes::table.filter(identity_clashes::other_user_id.eq(user));
    diesel::delete(others).execute(connection).await?;
    Ok(())
}

/// Whoever is just writing entries may have read what is erased here. The note has it deleted again.
async fn erase_entries(connection: &mut AsyncPgConnection, user: Id, tickets: &[Id]) -> QueryResult<()> {
    diesel::delete(user_search::table.find(user)).execute(connection).await?;
    statement(
        "DELETE FROM ticket_search WHERE ticket_id IN (
             SELECT ticket_id FROM ticket_search WHERE ticket_id = ANY ($1) ORDER BY ticket_id FOR UPDATE
         )",
    )
    .bind::<Array<Uuid>, _>(tickets)
    .execute(connection)
    .await?;
    statement("INSERT INTO search_notes (user_ids, ticket_ids) VALUES ($1, $2)")
        .bind::<Array<Uuid>, _>(vec![user])
        .bind::<Array<Uuid>, _>(tickets)
        .execute(connection)
        .await?;
    Ok(())
}
