//! Users and their identities.

use application::ports::{ErasureReceipt, KnownPersons, Page, StorageError, UserFilter, UserRepository};
use async_trait::async_trait;
use domain::{identity::Identity, ids::UserId, intake::NewIdentity, user::User};
use jiff::Timestamp;

use crate::storage::{Operation, state::State, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl UserRepository for InMemoryUnitOfWork {
    async fn by_identities(&mut self, identities: &[Identity]) -> Result<KnownPersons, StorageError> {
        let state = self.read(Operation::UsersByIdentities)?;
        let known = identities.iter().filter_map(|identity| state.identities.get(identity));
        let identities: Vec<_> = known.map(|known| (known.identity.clone(), known.user_id)).collect();
        let mut owners: Vec<_> = identities.iter().map(|(_, owner)| *owner).collect();
        owners.sort_unstable();
        owners.dedup();
        let users = owners.iter().filter_map(|owner| state.users.get(owner)).cloned().collect();
        Ok(KnownPersons { users, identities })
    }

    async fn insert(&mut self, users: &[User]) -> Result<(), StorageError> {
        let state = self.write(Operation::UsersInsert)?;
        users.iter().try_for_each(|user| state.users.insert(user.id, user.clone(), "users_pkey"))
    }

    async fn update(&mut self, users: &[User]) -> Result<(), StorageError> {
        let state = self.write(Operation::UsersUpdate)?;
        for user in users {
            if let Some(stored) = state.users.get_mut(&user.id) {
                stored.clone_from(user);
            }
        }
        Ok(())
    }

    async fn add_identities(&mut self, identities: &[NewIdentity]) -> Result<(), StorageError> {
        let state = self.write(Operation::UsersAddIdentities)?;
        identities.iter().try_for_each(|new| {
            state.identities.insert(new.identity.clone(), new.clone(), "identities_kind_value_key")
        })
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StorageError> {
        Ok(self.read(Operation::UsersFind)?.users.get(&id).cloned())
    }

    async fn identities_of(&mut self, id: UserId) -> Result<Vec<NewIdentity>, StorageError> {
        let state = self.read(Operation::UsersIdentitiesOf)?;
        Ok(state.identities.values().filter(|known| known.user_id == id).cloned().collect())
    }

    async fn page(&mut self, filter: &UserFilter, page: Page) -> Result<Vec<User>, StorageError> {
        let state = self.read(Operation::UsersPage)?;
        let users = state.users.newest_first(page.before.map(UserId::from_uuid));
        let fitting = users.filter(|user| state.fits_user(filter, user));
        Ok(fitting.take(page.limit.into()).cloned().collect())
    }

    async fn erase(&mut self, id: UserId, _at: Timestamp) -> Result<Option<ErasureReceipt>, StorageError> {
        let state = self.write(Operation::UsersErase)?;
        Ok(state.users.get(&id).is_some().then(|| state.erase(id)))
    }
}

impl State {
    /// What was not indexed yet is found by its time only.
    fn fits_user(&self, filter: &UserFilter, user: &User) -> bool {
        let UserFilter { needle, origin, bot_id, created } = filter;
        let entry = self.user_entries.get(&user.id);
        created.contains(user.created_at)
            && bot_id.is_none_or(|bot| entry.is_some_and(|entry| entry.bot_id == bot))
            && origin.as_ref().is_none_or(|_| entry.is_some_and(|entry| entry.origin == *origin))
            && needle.as_ref().is_none_or(|needle| entry.is_some_and(|entry| needle.is_in(&entry.text)))
    }
}
