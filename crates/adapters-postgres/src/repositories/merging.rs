//! Users who turn out to be one person.

use application::ports::{Belongings, MergeRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_types::{Array, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::UserId;

use crate::{
    columns::{At, Id},
    error::Failure,
    schema::{identities, identity_clashes, kept_answers, notifications, tickets, user_search, users},
    statement::statement,
    totals::Totals,
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl MergeRepository for PgUnitOfWork {
    async fn belongings(&mut self, id: UserId) -> Result<Belongings, StorageError> {
        self.run(async |connection| belongings(connection, id.into()).await).await
    }

    async fn merge(&mut self, given_up: UserId, kept: UserId) -> Result<Belongings, StorageError> {
        self.run(async |connection| merge(connection, given_up.into(), kept.into()).await).await
    }
}

async fn belongings(connection: &mut AsyncPgConnection, user: Id) -> Result<Belongings, Failure> {
    let count = |rows: QueryResult<i64>| rows.map(|rows| usize::try_from(rows).unwrap_or(usize::MAX));
    let tickets = tickets::table.filter(tickets::user_id.eq(user)).count();
    let notifications = notifications::table.filter(notifications::user_id.eq(user)).count();
    let identities = identities::table.filter(identities::user_id.eq(user)).count();
    Ok(Belongings {
        identities: count(identities.get_result(connection).await)?,
        tickets: count(tickets.get_result(connection).await)?,
        notifications: count(notifications.get_result(connection).await)?,
    })
}

async fn merge(connection: &mut AsyncPgConnection, given_up: Id, kept: Id) -> Result<Belongings, Failure> {
    let made_at: Option<At> =
        users::table.find(given_up).select(users::created_at).get_result(connection).await.optional()?;
    let mut totals = Totals::default();
    if let Some(made_at) = made_at {
        totals.user(made_at);
    }
    let identities = identities::table.filter(identities::user_id.eq(given_up));
    let identities = diesel::update(identities).set(identities::user_id.eq(kept)).execute(connection).await?;
    let tickets = tickets::table.filter(tickets::user_id.eq(given_up));
    let tickets = diesel::update(tickets).set(tickets::user_id.eq(kept)).returning(tickets::id);
    let tickets: Vec<Id> = tickets.load(connection).await?;
    let notifications = notifications::table.filter(notifications::user_id.eq(given_up));
    let notifications =
        diesel::update(notifications).set(notifications::user_id.eq(kept)).execute(connection).await?;
    join_clashes(connection, given_up, kept).await?;
    let answers = kept_answers::table.filter(kept_answers::user_id.eq_any([given_up, kept]));
    diesel::delete(answers).execute(connection).await?;
    diesel::delete(user_search::table.find(given_up)).execute(connection).await?;
    diesel::delete(users::table.find(given_up)).execute(connection).await?;
    statement("INSERT INTO search_notes (user_ids, ticket_ids) VALUES ($1, $2)")
        .bind::<Array<Uuid>, _>(vec![given_up, kept])
        .bind::<Array<Uuid>, _>(&tickets)
        .execute(connection)
        .await?;
    totals.write(connection).await?;
    Ok(Belongings { identities, tickets: tickets.len(), notifications })
}

/// What was between the two is settled.
async fn join_clashes(connection: &mut AsyncPgConnection, given_up: Id, kept: Id) -> QueryResult<()> {
    let one = identity_clashes::table.filter(identity_clashes::user_id.eq(given_up));
    diesel::update(one).set(identity_clashes::user_id.eq(kept)).execute(connection).await?;
    let other = identity_clashes::table.filter(identity_clashes::other_user_id.eq(given_up));
    diesel::update(other).set(identity_clashes::other_user_id.eq(kept)).execute(connection).await?;
    let settled = identity_clashes::user_id.eq(kept).and(identity_clashes::other_user_id.eq(kept));
    diesel::delete(identity_clashes::table.filter(settled)).execute(connection).await?;
    Ok(())
}
