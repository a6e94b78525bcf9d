//! A batch of calls in two round trips: what is to be read is sent at once, and then what is to be written. The server
//! still runs the statements in their order.

use application::ports::{Asked, KnownPersons};
use diesel_async::AsyncPgConnection;
use domain::{
    intake::{Knowledge, Writes},
    topic::Routing,
};
use jiff::Timestamp;

use crate::{
    error::Failure,
    repositories::{intake, notifications, quarantine, tickets, timeline, topics, users},
};

/// Reads all that a batch asks for; the users are locked.
pub(crate) async fn knowledge(
    connection: &AsyncPgConnection,
    asked: &Asked,
    now: Timestamp,
) -> Result<Knowledge, Failure> {
    let (answers, persons, (routing, first_ticket_number)) = tokio::try_join!(
        biased;
        intake::kept_answers(connection, &asked.slots, now),
        users::by_identities(connection, &asked.identities, true),
        for_tickets(connection, asked.ticket_numbers),
    )?;
    let KnownPersons { users, identities } = persons;
    Ok(Knowledge { users, identities, answers, routing, first_ticket_number })
}

/// What only batches with tickets need: the routing, and the first of `count` new numbers.
async fn for_tickets(connection: &AsyncPgConnection, count: usize) -> Result<(Routing, u64), Failure> {
    match count {
        0 => Ok((Routing::default(), 0)),
        count => {
            tokio::try_join!(biased; topics::routing(connection), tickets::take_numbers(connection, count))
        }
    }
}

/// Writes all that follows from a batch.
pub(crate) async fn write(
    connection: &AsyncPgConnection,
    writes: &Writes,
    now: Timestamp,
) -> Result<(), Failure> {
    tokio::try_join!(
        biased;
        users::insert(connection, &writes.new_users),
        users::update(connection, &writes.changed_users),
        users::add_identities(connection, &writes.identities),
        tickets::insert(connection, &writes.tickets),
        notifications::insert(connection, &writes.notifications),
        timeline::record_clashes(connection, &writes.clashes),
        quarantine::hold(connection, &writes.quarantined),
        intake::record(connection, &writes.intake),
        intake::keep(connection, &writes.answers, now),
    )?;
    Ok(())
}
