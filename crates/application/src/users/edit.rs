//! A person is called otherwise, or spoken to in another language.

use std::sync::Arc;

use domain::{
    audit::Action,
    ids::UserId,
    language::Language,
    text::{ONE_LINE_MAX, is_given, one_line},
    user::User,
};

use crate::{
    audit::{Audit, fact},
    ports::{Changed, Clock, Storage, StorageError, Transaction, atomically},
};

/// Why a user stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum EditUserError {
    /// The name says nothing, or is too long.
    #[error("a name needs 1 to {ONE_LINE_MAX} characters")]
    Name,
    /// There is no such user.
    #[error("there is no user {0}")]
    Unknown(UserId),
    /// It could not be written.
    #[error("changing the user failed")]
    Storage(#[from] StorageError),
}

/// What changes of a user; what is none stays as it is.
#[derive(Clone, Default)]
pub struct UserEdit {
    /// What it is called.
    pub name: Option<String>,
    /// The language it is spoken to in.
    pub language: Option<Language>,
}

/// Changes what a human knows better than a bot. How a user is known stays as it is: identities are merged, not edited.
#[derive(Clone)]
pub struct EditUser {
    /// Where users are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who does it.
    pub audit: Audit,
}

impl EditUser {
    /// Answers the user as it is then.
    pub async fn execute(&self, id: UserId, edit: UserEdit) -> Result<User, EditUserError> {
        let name = edit.name.as_deref().map(checked_name).transpose()?;
        // What somebody is called is not kept here: it goes with the person.
        let name_given = edit.name.is_some().then_some("name");
        let what: Vec<_> = name_given.into_iter().chain(edit.language.as_ref().map(|_| "language")).collect();
        let now = self.clock.now();
        atomically(&*self.storage, async |tx| {
            let mut user = locked(tx, id).await?.ok_or(EditUserError::Unknown(id))?;
            let known = user.clone();
            user.name = name.or(user.name);
            user.language = edit.language.unwrap_or(user.language);
            user.updated_at = now;
            tx.users().update(std::slice::from_ref(&user)).await?;
            tx.search().note(&Changed { users: vec![id], tickets: Vec::new() }).await?;
            if (&user.name, &user.language) != (&known.name, &known.language) {
                self.audit.did(tx, Action::UserChanged, id, fact("changed", what)).await?;
            }
            Ok(user)
        })
        .await
    }
}

fn checked_name(name: &str) -> Result<String, EditUserError> {
    let cleaned = one_line(name, ONE_LINE_MAX);
    if cleaned.cut || !is_given(&cleaned.text) { Err(EditUserError::Name) } else { Ok(cleaned.text) }
}

/// A user is locked by what it is known by, as bots' calls do it: so neither writes over what the other wrote.
async fn locked(tx: &mut Transaction, id: UserId) -> Result<Option<User>, StorageError> {
    let known_by: Vec<_> =
        tx.users().identities_of(id).await?.into_iter().map(|known| known.identity).collect();
    let known = tx.users().by_identities(&known_by).await?;
    Ok(known.users.into_iter().find(|user| user.id == id))
}
