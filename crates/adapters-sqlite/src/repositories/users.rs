//! Users and their identities.

use std::collections::BTreeSet;

use application::ports::{ErasureReceipt, KnownPersons, Page, StorageError, UserRepository};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::{identity::Identity, ids::UserId, intake::NewIdentity, user::User};
use jiff::Timestamp;

use crate::{
    columns::{Id, Named},
    constant::changed,
    erasure,
    error::{Failure, inserted},
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
        let keys: Vec<_> = wanted.iter().map(|identity| (identity.kind(), identity.value())).collect();
        let (owners, users) = self
            .run(move |connection| {
                let owners = keys.into_iter().map(|(kind, value)| {
                    let owner = identities::table.find((Named(kind), value)).select(identities::user_id);
                    owner.get_result(connection).optional()
                });
                let owners: Vec<Option<Id>> = owners.collect::<Result<_, _>>()?;
                let users = load(connection, owners.iter().flatten().copied().collect())?;
                Ok((owners, users))
            })
            .await?;
        let known = wanted.iter().zip(owners);
        let identities =
            known.filter_map(|(identity, owner)| Some((identity.clone(), owner?.into()))).collect();
        Ok(KnownPersons { users, identities })
    }

    async fn insert(&mut self, users: &[User]) -> Result<(), StorageError> {
        if users.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = users.iter().map(UserRow::from).collect();
        self.run(move |connection| {
            for row in &rows {
                diesel::insert_into(users::table).values(row).execute(connection)?;
            }
            Ok(())
        })
        .await
    }

    async fn update(&mut self, users: &[User]) -> Result<(), StorageError> {
        if users.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = users.iter().map(UserRow::from).collect();
        self.run(move |connection| {
            for row in &rows {
                changed(connection, diesel::update(users::table.find(row.id)).set(row).returning(users::id))?;
            }
            Ok(())
        })
        .await
    }

    async fn add_identities(&mut self, new: &[NewIdentity]) -> Result<(), StorageError> {
        if new.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = new.iter().map(IdentityRow::from).collect();
        self.run(move |connection| {
            for row in &rows {
                let insert = diesel::insert_into(identities::table).values(row).on_conflict_do_nothing();
                inserted(insert.execute(connection)?, "identities_kind_value_key")?;
            }
            Ok(())
        })
        .await
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

    async fn page(&mut self, page: Page) -> Result<Vec<User>, StorageError> {
        self.run(move |connection| {
            let rows = users::table
                .filter(users::id.lt(Id::before(page.before)))
                .order(users::id.desc())
                .limit(page.limit.into())
                .select(UserRow::as_select())
                .load(connection)?;
            rows.into_iter().map(User::try_from).collect()
        })
        .await
    }

    async fn erase(&mut self, id: UserId, _at: Timestamp) -> Result<Option<ErasureReceipt>, StorageError> {
        self.run(move |connection| erasure::erase(connection, id.into())).await
    }
}

fn load(connection: &mut SqliteConnection, ids: BTreeSet<Id>) -> Result<Vec<User>, Failure> {
    ids.into_iter().filter_map(|id| find(connection, id).transpose()).collect()
}

fn find(connection: &mut SqliteConnection, id: Id) -> Result<Option<User>, Failure> {
    let row = users::table.find(id).select(UserRow::as_select()).get_result(connection).optional()?;
    row.map(User::try_from).transpose()
}
