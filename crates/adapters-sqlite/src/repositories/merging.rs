//! Users who turn out to be one person.

use application::ports::{Belongings, Changed, MergeRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::ids::UserId;

use crate::{
    columns::{At, Id},
    entries::{delete_user_entry, note},
    error::Failure,
    schema::{identities, identity_clashes, kept_answers, notifications, tickets, users},
    totals::Totals,
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl MergeRepository for SqliteUnitOfWork {
    async fn belongings(&mut self, id: UserId) -> Result<Belongings, StorageError> {
        self.run(move |connection| belongings(connection, id.into())).await
    }

    async fn merge(&mut self, given_up: UserId, kept: UserId) -> Result<Belongings, StorageError> {
        self.run(move |connection| merge(connection, given_up.into(), kept.into())).await
    }
}

fn belongings(connection: &mut SqliteConnection, user: Id) -> Result<Belongings, Failure> {
    let count = |rows: QueryResult<i64>| rows.map(|rows| usize::try_from(rows).unwrap_or(usize::MAX));
    let tickets = tickets::table.filter(tickets::user_id.eq(user)).count();
    let notifications = notifications::table.filter(notifications::user_id.eq(user)).count();
    let identities = identities::table.filter(identities::user_id.eq(user)).count();
    Ok(Belongings {
        identities: count(identities.get_result(connection))?,
        tickets: count(tickets.get_result(connection))?,
        notifications: count(notifications.get_result(connection))?,
    })
}

fn merge(connection: &mut SqliteConnection, given_up: Id, kept: Id) -> Result<Belongings, Failure> {
    let made_at: Option<At> =
        users::table.find(given_up).select(users::created_at).get_result(connection).optional()?;
    let mut totals = Totals::default();
    if let Some(made_at) = made_at {
        totals.user(made_at);
    }
    let of_user = tickets::table.filter(tickets::user_id.eq(given_up)).select(tickets::id);
    let moved: Vec<Id> = of_user.load(connection)?;
    let given = give(connection, given_up, kept)?;
    join_clashes(connection, given_up, kept)?;
    let answers = kept_answers::table.filter(kept_answers::user_id.eq_any([given_up, kept]));
    diesel::delete(answers).execute(connection)?;
    delete_user_entry(connection, given_up)?;
    diesel::delete(users::table.find(given_up)).execute(connection)?;
    let users = vec![given_up.into(), kept.into()];
    note(connection, &Changed { users, tickets: moved.into_iter().map(Id::into).collect() })?;
    totals.write(connection)?;
    Ok(given)
}

fn give(connection: &mut SqliteConnection, given_up: Id, kept: Id) -> Result<Belongings, Failure> {
    let identities = identities::table.filter(identities::user_id.eq(given_up));
    let tickets = tickets::table.filter(tickets::user_id.eq(given_up));
    let notifications = notifications::table.filter(notifications::user_id.eq(given_up));
    Ok(Belongings {
        identities: diesel::update(identities).set(identities::user_id.eq(kept)).execute(connection)?,
        tickets: diesel::update(tickets).set(tickets::user_id.eq(kept)).execute(connection)?,
        notifications: diesel::update(notifications)
            .set(notifications::user_id.eq(kept))
            .execute(connection)?,
    })
}

/// What was between the two is settled.
fn join_clashes(connection: &mut SqliteConnection, given_up: Id, kept: Id) -> QueryResult<()> {
    let one = identity_clashes::table.filter(identity_clashes::user_id.eq(given_up));
    diesel::update(one).set(identity_clashes::user_id.eq(kept)).execute(connection)?;
    let other = identity_clashes::table.filter(identity_clashes::other_user_id.eq(given_up));
    diesel::update(other).set(identity_clashes::other_user_id.eq(kept)).execute(connection)?;
    let settled = identity_clashes::user_id.eq(kept).and(identity_clashes::other_user_id.eq(kept));
    diesel::delete(identity_clashes::table.filter(settled)).execute(connection)?;
    Ok(())
}
