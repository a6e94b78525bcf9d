//! Signing in and out.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    agent::{Agent, StaffMember},
    bot::{Secret, SecretDigest},
    ids::{AgentId, SessionId},
    session::{CLIENT_MAX, SESSION_IDLE, Session},
    text::one_line,
    throttle::Throttle,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{PASSWORD_MAX, hashing::matches, second_factor};
use crate::ports::{
    Clock, Entropy, Ids, PasswordHashError, PasswordHasher, Storage, StorageError, Vault, atomically, consult,
};

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The address or the password is wrong; which of them is not said.
    #[error("the address or the password is wrong")]
    Wrong,
    /// Too many tries failed; the next one is looked at after this time.
    #[error("too many tries failed")]
    Throttled(SignedDuration),
    /// The code is wrong or was used already.
    #[error("the code is wrong, or was used already")]
    WrongCode,
    /// The password was typed too long ago, or elsewhere.
    #[error("the password has to be typed again")]
    Late,
    /// Codes cannot be checked.
    #[error("a second factor is on, and FRONTDESK__SECRET_KEY is not set in this process")]
    NoVault,
    /// The password could not be compared.
    #[error(transparent)]
    Hash(#[from] PasswordHashError),
    /// It could not be looked up or written.
    #[error("signing in failed")]
    Storage(#[from] StorageError),
}

/// One who fails may try so many times at once.
const TRIES_AT_ONCE: i32 = 5;

/// Then once in so long. A million common passwords would take two years.
const TRY_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Between password and code somebody may take so long.
const HALFWAY: SignedDuration = SignedDuration::from_mins(5);

/// What is sealed for whoever typed the password and not yet the code.
const PURPOSE: &str = "half signed in";

/// How far somebody came.
#[derive(Debug)]
pub enum Entrance {
    /// In: the secret of a new session.
    Entered(Secret),
    /// The password was right, and a code is needed: what [`SignIn::finish`] needs beside it.
    Halfway(Vec<u8>),
}

/// Who tries: the address that is typed and where the try comes from. A stranger elsewhere, who guesses, shuts nobody
/// out.
type Tried = (SecretDigest, String);

/// Signs members of staff in.
pub struct SignIn {
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    entropy: Arc<dyn Entropy>,
    hasher: Arc<dyn PasswordHasher>,
    vault: Option<Arc<dyn Vault>>,
    failures: Mutex<Throttle<Tried>>,
}

impl SignIn {
    /// Over these ports. Failures are counted by this value.
    pub fn new(
        storage: Arc<dyn Storage>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        entropy: Arc<dyn Entropy>,
        hasher: Arc<dyn PasswordHasher>,
        vault: Option<Arc<dyn Vault>>,
    ) -> Self {
        Self {
            storage,
            clock,
            ids,
            entropy,
            hasher,
            vault,
            failures: Mutex::new(Throttle::new(TRIES_AT_ONCE, TRY_EVERY)),
        }
    }

    /// Lets somebody in, or asks for a code where a second factor is on. `remote` is where the try comes from, `client` what the browser calls
    /// itself. An address that nobody has takes as long as a wrong password.
    pub async fn execute(
        &self,
        email: &str,
        password: String,
        remote: &str,
        client: &str,
    ) -> Result<Entrance, SignInError> {
        let now = self.clock.now();
        let email = email.trim().to_lowercase();
        let tried = (SecretDigest::of(&email), remote.to_owned());
        if let Some(wait) = self.failures().wait(&tried, now) {
            return Err(SignInError::Throttled(wait));
        }
        let Some(member) = self.check(&email, password).await? else {
            self.failures().failed(tried, now);
            return Err(SignInError::Wrong);
        };
        let entrance = match self.halfway(&member, now).await? {
            Some(halfway) => Entrance::Halfway(halfway),
            None => Entrance::Entered(self.begin(&member, client, now).await?),
        };
        self.failures().succeeded(&tried);
        Ok(entrance)
    }

    /// Lets somebody in who came halfway and types a code of the telephone or a recovery code. Wrong codes are counted
    /// wherever they come from: whoever types one knows the password.
    pub async fn finish(&self, halfway: &[u8], typed: &str, client: &str) -> Result<Secret, SignInError> {
        let now = self.clock.now();
        let vault = self.vault.as_ref().ok_or(SignInError::NoVault)?;
        let agent = vault.open(PURPOSE, halfway).and_then(|sealed| read_halfway(&sealed, now));
        let agent = agent.ok_or(SignInError::Late)?;
        let tried = (SecretDigest::of(&agent.to_string()), String::new());
        if let Some(wait) = self.failures().wait(&tried, now) {
            return Err(SignInError::Throttled(wait));
        }
        // Counted before it is looked at: many tries at once are many tries.
        self.failures().failed(tried.clone(), now);
        let (member, is_right) = atomically(&*self.storage, async |tx| {
            let members = tx.agents().all().await?;
            let member = members.into_iter().find(|member| member.id == agent && member.is_active());
            Ok::<_, StorageError>((member, second_factor::take(tx, &**vault, agent, typed, now).await?))
        })
        .await?;
        let member = member.filter(|_| is_right).ok_or(SignInError::WrongCode)?;
        self.failures().succeeded(&tried);
        Ok(self.begin(&member, client, now).await?)
    }

    /// What whoever typed the right password needs beside a code. None where no code is asked for.
    async fn halfway(&self, member: &StaffMember, now: Timestamp) -> Result<Option<Vec<u8>>, SignInError> {
        let factor =
            consult(&*self.storage, async |snapshot| snapshot.second_factors().of_agent(member.id).await)
                .await?;
        if factor.is_none_or(|factor| factor.confirmed_at.is_none()) {
            return Ok(None);
        }
        let vault = self.vault.as_ref().ok_or(SignInError::NoVault)?;
        let plain = [&member.id.as_uuid().as_bytes()[..], &now.as_second().to_be_bytes()].concat();
        Ok(Some(vault.seal(PURPOSE, &plain)))
    }

    async fn check(&self, email: &str, password: String) -> Result<Option<StaffMember>, SignInError> {
        let member =
            consult(&*self.storage, async |snapshot| snapshot.agents().by_email(email).await).await?;
        let member = member.filter(StaffMember::is_active);
        if password.chars().count() > PASSWORD_MAX {
            return Ok(None);
        }
        let hash = member.as_ref().map(|member| member.password_hash.clone());
        let is_right = matches(&self.hasher, password, hash).await?;
        Ok(member.filter(|_| is_right))
    }

    async fn begin(
        &self,
        member: &StaffMember,
        client: &str,
        now: Timestamp,
    ) -> Result<Secret, StorageError> {
        let secret = Secret::session(self.entropy.secret());
        let session = Session {
            id: SessionId::from_uuid(self.ids.next()),
            agent_id: member.id,
            digest: secret.digest(),
            client: one_line(client, CLIENT_MAX).text,
            created_at: now,
            seen_at: now,
        };
        let long_idle = now.checked_sub(SESSION_IDLE).unwrap_or(Timestamp::MIN);
        atomically(&*self.storage, async |tx| {
            tx.sessions().forget_idle(long_idle).await?;
            tx.sessions().insert(&session).await
        })
        .await?;
        Ok(secret)
    }

    fn failures(&self) -> std::sync::MutexGuard<'_, Throttle<Tried>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who came halfway, if that is not too long ago.
fn read_halfway(plain: &[u8], now: Timestamp) -> Option<AgentId> {
    let (id, at) = plain.split_first_chunk::<16>()?;
    let at = Timestamp::from_second(i64::from_be_bytes(at.try_into().ok()?)).ok()?;
    let is_fresh = now.duration_since(at) < HALFWAY;
    is_fresh.then(|| AgentId::from_uuid(Uuid::from_bytes(*id)))
}

/// Somebody who is signed in, and on which browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// What it may do.
    pub agent: Agent,
    /// The address it signs in with.
    pub email: String,
    /// The session.
    pub session: SessionId,
}

/// Finds out who is signed in.
#[derive(Clone)]
pub struct AuthenticateSession {
    /// Where sessions are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl AuthenticateSession {
    /// Who presents the secret of a session; nobody once the session ended. That it is used is written once a minute.
    pub async fn execute(&self, presented: &str) -> Result<Option<SignedIn>, StorageError> {
        let now = self.clock.now();
        let Some((who, session)) = self.find(presented, now).await? else { return Ok(None) };
        if session.is_seen_anew(now) {
            atomically(&*self.storage, async |tx| tx.sessions().note_seen(session.id, now).await).await?;
        }
        Ok(Some(who))
    }

    /// The same for what an open page asks by itself: the session is not used by it, and ends as if it had not asked.
    pub async fn look(&self, presented: &str) -> Result<Option<SignedIn>, StorageError> {
        Ok(self.find(presented, self.clock.now()).await?.map(|(who, _)| who))
    }

    async fn find(
        &self,
        presented: &str,
        now: Timestamp,
    ) -> Result<Option<(SignedIn, Session)>, StorageError> {
        let digest = SecretDigest::of(presented);
        let found =
            consult(&*self.storage, async |snapshot| snapshot.sessions().by_digest(digest).await).await?;
        let Some((member, session)) = found else { return Ok(None) };
        let agent = Agent::by_session(&member, &session, now);
        Ok(agent.map(|agent| (SignedIn { agent, email: member.email, session: session.id }, session)))
    }
}

/// Ends sessions.
#[derive(Clone)]
pub struct EndSession {
    /// Where sessions are.
    pub storage: Arc<dyn Storage>,
}

impl EndSession {
    /// Ends one of the agent's own sessions. Says whether there was one.
    pub async fn execute(&self, agent: &Agent, id: SessionId) -> Result<bool, StorageError> {
        atomically(&*self.storage, async |tx| tx.sessions().end(agent.id(), id).await).await
    }
}
