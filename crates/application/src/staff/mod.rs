//! Members of staff, their sessions and their API tokens.

mod first_admin;
mod hashing;
mod members;
mod second_factor;
mod sign_in;

use std::sync::Arc;

use domain::{
    agent::{Agent, ApiToken, Role, Scope},
    audit::{Action, Facts},
    bot::{Secret, SecretDigest},
    ids::{AgentId, TokenId},
};
pub use first_admin::{CreateFirstAdmin, FIRST_ADMIN_LINK_LIFETIME, FirstAdminLink, OfferFirstAdmin};
pub(crate) use hashing::hash_new;
pub use members::{AddAgent, AgentChange, ChangeAgent, ChangePassword};
pub use second_factor::SecondFactors;
pub use sign_in::{AuthenticateSession, EndSession, Entrance, SignIn, SignInError, SignedIn};

use crate::{
    audit::Audit,
    ports::{Clock, Entropy, Ids, PasswordHashError, Storage, StorageError, atomically, consult},
};

/// A password has at least so many characters (NIST SP 800-63B-4, section 3.1.1.2: fifteen where it is the only factor,
/// eight at the least; twelve is a common middle).
pub const PASSWORD_MIN: usize = 12;

/// A longer password is refused, so that hashing stays bounded.
pub const PASSWORD_MAX: usize = 256;

/// Why staff stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The address cannot be read.
    #[error("the email address cannot be read")]
    Email,
    /// The password is too short or too long.
    #[error("a password needs {PASSWORD_MIN} to {PASSWORD_MAX} characters")]
    Password,
    /// The address is somebody's.
    #[error("there is a member of staff with this address already")]
    EmailTaken,
    /// Nobody signs in with this address.
    #[error("nobody signs in with this address")]
    Unknown,
    /// There is no such token in force.
    #[error("there is no token {0} in force")]
    UnknownToken(TokenId),
    /// The present password is another one.
    #[error("the present password is wrong")]
    WrongPassword,
    /// The code is none of the telephone, or was used already.
    #[error("the code is wrong, or was used already")]
    WrongCode,
    /// A second factor that is on is turned off before another one is set up.
    #[error("the second factor is on already")]
    SecondFactorIsOn,
    /// There is none.
    #[error("there is no second factor")]
    NoSecondFactor,
    /// Secrets cannot be encrypted, or were encrypted with another key.
    #[error("a second factor needs FRONTDESK__SECRET_KEY, the same in every process")]
    NoVault,
    /// Nobody would be left who may do everything.
    #[error("there must always be an admin who can sign in")]
    LastAdmin,
    /// The agent's role does not allow it.
    #[error("only an admin may do this")]
    NotAllowed,
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] PasswordHashError),
    /// It could not be written.
    #[error("changing staff failed")]
    Storage(#[from] StorageError),
}

/// Makes an admin, for whoever works at the machine itself.
#[derive(Clone)]
pub struct CreateSuperuser(pub AddAgent);

impl CreateSuperuser {
    /// Makes an admin who signs in with this address and password.
    pub async fn execute(&self, email: &str, password: String) -> Result<AgentId, StaffError> {
        self.0.add(email, password, Role::Admin).await
    }
}

/// Makes an API token for a member of staff.
#[derive(Clone)]
pub struct AddToken {
    /// Where staff is.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// New tokens.
    pub entropy: Arc<dyn Entropy>,
    /// Who does it.
    pub audit: Audit,
}

impl AddToken {
    /// Answers the token, which can never be shown again.
    pub async fn execute(&self, email: &str, name: &str, scope: Scope) -> Result<Secret, StaffError> {
        let secret = Secret::api_token(self.entropy.secret());
        let email = email.trim().to_lowercase();
        atomically(&*self.storage, async |tx| {
            let member = tx.agents().by_email(&email).await?.ok_or(StaffError::Unknown)?;
            let token = ApiToken {
                id: TokenId::from_uuid(self.ids.next()),
                agent_id: member.id,
                name: name.trim().to_owned(),
                digest: secret.digest(),
                scope,
                created_at: self.clock.now(),
                revoked_at: None,
            };
            tx.agents().insert_token(&token).await?;
            let facts = Facts::from_iter([
                ("of".to_owned(), email.clone().into()),
                ("scope".to_owned(), scope.as_str().into()),
            ]);
            Ok::<_, StaffError>(self.audit.did(tx, Action::TokenAdded, &token.name, facts).await?)
        })
        .await?;
        Ok(secret)
    }
}

/// Revokes an API token.
#[derive(Clone)]
pub struct RevokeToken {
    /// Where staff is.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who does it.
    pub audit: Audit,
}

impl RevokeToken {
    /// From now on it lets nobody in.
    pub async fn execute(&self, id: TokenId) -> Result<(), StaffError> {
        let now = self.clock.now();
        atomically(&*self.storage, async |tx| {
            if !tx.agents().revoke_token(id, now).await? {
                return Err(StaffError::UnknownToken(id));
            }
            Ok(self.audit.did(tx, Action::TokenRevoked, id, Facts::new()).await?)
        })
        .await
    }
}

/// Finds out who presents a token.
#[derive(Clone)]
pub struct AuthenticateAgent {
    /// Where staff is.
    pub storage: Arc<dyn Storage>,
}

impl AuthenticateAgent {
    /// What the holder of `presented` may do; none for a token that is unknown or revoked.
    pub async fn execute(&self, presented: &str) -> Result<Option<Agent>, StorageError> {
        let digest = SecretDigest::of(presented);
        let found =
            consult(&*self.storage, async |snapshot| snapshot.agents().by_token(digest).await).await?;
        Ok(found.and_then(|(member, token)| Agent::by_token(&member, &token)))
    }
}
