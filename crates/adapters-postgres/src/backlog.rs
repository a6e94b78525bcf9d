//! The tickets of a topic that are not done.

use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::Bool,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    reminder::{Backlog, WaitingTicket},
    ticket::{Reference, TicketStatus},
};

use crate::{
    columns::{At, Id, Named},
    schema::tickets,
};

/// Tells PostgreSQL that a partial index has all rows that are asked for.
const IS_WAITING: &str = "status IN ('open', 'pending')";

/// How many wait for whom, and at most `limit` of the oldest.
pub(crate) async fn backlog(
    connection: &mut AsyncPgConnection,
    topic: &str,
    limit: u16,
) -> QueryResult<Backlog> {
    let counts: Vec<(Named<TicketStatus>, i64)> = tickets::table
        .filter(tickets::topic.eq(topic))
        .filter(sql::<Bool>(IS_WAITING))
        .group_by(tickets::status)
        .select((tickets::status, count_star()))
        .load(connection)
        .await?;
    let count = |status| {
        let known = counts.iter().find(|(counted, _)| counted.0 == status);
        known.map_or(0, |(_, count)| count.unsigned_abs())
    };
    Ok(Backlog {
        open: count(TicketStatus::Open),
        pending: count(TicketStatus::Pending),
        oldest: oldest(connection, topic, limit).await?,
    })
}

async fn oldest(
    connection: &mut AsyncPgConnection,
    topic: &str,
    limit: u16,
) -> QueryResult<Vec<WaitingTicket>> {
    let rows: Vec<(Id, i64, Named<TicketStatus>, At)> = tickets::table
        .filter(tickets::topic.eq(topic))
        .filter(sql::<Bool>(IS_WAITING))
        .order(tickets::id)
        .limit(limit.into())
        .select((tickets::id, tickets::number, tickets::status, tickets::created_at))
        .load(connection)
        .await?;
    let waiting = |(id, number, status, opened_at): (Id, i64, Named<TicketStatus>, At)| WaitingTicket {
        id: id.into(),
        reference: Reference::new(number.cast_unsigned()),
        status: status.0,
        opened_at: opened_at.0,
    };
    Ok(rows.into_iter().map(waiting).collect())
}
