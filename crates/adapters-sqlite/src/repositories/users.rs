//! Users and their identities.

use std::collections::BTreeSet;

use application::ports::{ErasureReceipt, KnownPersons, Page, StorageError, UserFilter, UserRepository};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::{identity::Identity, ids::UserId, intake::NewIdentity, user::User};
use jiff::Timestamp;

use crate::{
    columns::{Id, Named},
    constant::changed,
    erasure,
    error::{Failure, inserted},
    lists::user_ids,
    rows::{IdentityRow, UserRow},
    schema::{identities, users},
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl UserRepository for SqliteUnitOfWork {
    async fn by_identities(&mut self, wanted: &[Identity]) -> Result<KnownPersons, StorageError> {
        if wanted.is_empty() {
            return Ok(KnownPersons::default());
        }
        let wanted = wanted.to_vec();
        self.run(move |connection| known_persons(connection, wanted)).await
    }

    async fn insert(&mut self, users: &[User]) -> Result<(), StorageError> {
        if users.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = users.iter().map(UserRow::from).collect();
        self.run(move |connection| insert(connection, &rows)).await
    }

    async fn update(&mut self, users: &[User]) -> Result<(), StorageError> {
        if users.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = users.iter().map(UserRow::from).collect();
        self.run(move |connection| update(connection, &rows)).await
    }

    async fn add_identities(&mut self, new: &[NewIdentity]) -> Result<(), StorageError> {
        if new.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = new.iter().map(IdentityRow::from).collect();
        self.run(move |connection| add_identities(connection, &rows)).await
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StorageError> {
        self.run(move |connection| find(connection, id.into())).await
    }

    async fn identities_of(&mut self, id: UserId) -> Result<Vec<NewIdentity>, StorageError> {
        self.run(move |connection| {
            let of_user = identities::table.filter(identities::user_id.eq(Id::from(id)));
            let rows = of_user.select(IdentityRow::as_select()).load(connection)?;
            rows.into_iter().map(NewIdentity::try_from).collect()
        })
        .await
    }

    async fn page(&mut self, filter: &UserFilter, page: Page) -> Result<Vec<User>, StorageError> {
        let filter = filter.clone();
        self.run(move |connection| {
            let ids = user_ids(connection, &filter, page)?;
            ids.into_iter().filter_map(|id| find(connection, id).transpose()).collect()
        })
        .await
    }

    async fn erase(&mut self, id: UserId, _at: Timestamp) -> Result<Option<ErasureReceipt>, StorageError> {
        self.run(move |connection| erasure::erase(connection, id.into())).await
    }
}

pub(crate) fn known_persons(
    connection: &mut SqliteConnection,
    wanted: Vec<Identity>,
) -> Result<KnownPersons, Failure> {
    let mut known = Vec::new();
    for identity in wanted {
        let key = (Named(identity.kind()), identity.value());
        let owner = identities::table.find(key).select(identities::user_id);
        let owner: Option<Id> = owner.get_result(connection).optional()?;
        known.extend(owner.map(|owner| (identity, owner.into())));
    }
    let users = load(connection, known.iter().map(|(_, owner)| Id::from(*owner)).collect())?;
    Ok(KnownPersons { users, identities: known })
}

pub(crate) fn insert(connection: &mut SqliteConnection, rows: &[UserRow]) -> Result<(), Failure> {
    for row in rows {
        diesel::insert_into(users::table).values(row).execute(connection)?;
    }
    Ok(())
}

pub(crate) fn update(connection: &mut SqliteConnection, rows: &[UserRow]) -> Result<(), Failure> {
    for row in rows {
        changed(connection, diesel::update(users::table.find(row.id)).set(row).returning(users::id))?;
    }
    Ok(())
}

pub(crate) fn add_identities(connection: &mut SqliteConnection, rows: &[IdentityRow]) -> Result<(), Failure> {
    for row in rows {
        let insert = diesel::insert_into(identities::table).values(row).on_conflict_do_nothing();
        inserted(insert.execute(connection)?, "identities_kind_value_key")?;
    }
    Ok(())
}

fn load(connection: &mut SqliteConnection, ids: BTreeSet<Id>) -> Result<Vec<User>, Failure> {
    ids.into_iter().filter_map(|id| find(connection, id).transpose()).collect()
}

fn find(connection: &mut SqliteConnection, id: Id) -> Result<Option<User>, Failure> {
    let row = users::table.find(id).select(UserRow::as_select()).get_result(connection).optional()?;
    row.map(User::try_from).transpose()
}
