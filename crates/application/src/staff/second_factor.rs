//! A second factor beside the password.

use std::sync::Arc;

use domain::{
    agent::{Agent, Role},
    audit::{Action, Facts},
    ids::{AgentId, SessionId},
    second_factor::{RECOVERY_CODES, RecoveryCode, SecondFactor, TotpSecret},
};
use jiff::Timestamp;

use super::{StaffError, hashing, members::own};
use crate::audit::Audit;
use crate::ports::{
    Clock, Entropy, PasswordHasher, Storage, StorageError, Transaction, Vault, atomically, consult,
};

/// What the secrets of telephones are encrypted for.
const PURPOSE: &str = "second factor";

/// Sets up, confirms and removes the second factors of members of staff.
#[derive(Clone)]
pub struct SecondFactors {
    /// Where they are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Compares passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Encrypts secrets. Without one nobody gets a second factor.
    pub vault: Option<Arc<dyn Vault>>,
}

impl SecondFactors {
    /// A new secret for one's own telephone. It is not asked for until it is confirmed; one that is confirmed has to be
    /// turned off before.
    pub async fn begin(&self, agent: &Agent) -> Result<TotpSecret, StaffError> {
        let vault = self.vault.as_ref().ok_or(StaffError::NoVault)?;
        let secret = TotpSecret::new(self.entropy.secret());
        let begun = SecondFactor::begun(agent.id(), seal(&**vault, agent.id(), &secret));
        atomically(&*self.storage, async |tx| {
            let present = tx.second_factors().of_agent(agent.id()).await?;
            if present.is_some_and(|present| present.confirmed_at.is_some()) {
                return Err(StaffError::SecondFactorIsOn);
            }
            Ok(tx.second_factors().put(&begun).await?)
        })
        .await?;
        Ok(secret)
    }

    /// The secret that was begun, to be shown again when a wrong code was typed.
    pub async fn begun(&self, agent: &Agent) -> Result<TotpSecret, StaffError> {
        atomically(&*self.storage, async |tx| Ok(self.unconfirmed(tx, agent).await?.1)).await
    }

    /// Takes the first code of the telephone. From now on a code is asked for, and all other sessions end. Answers the
    /// recovery codes, which can never be shown again.
    pub async fn confirm(
        &self,
        agent: &Agent,
        kept: SessionId,
        typed: &str,
    ) -> Result<Vec<RecoveryCode>, StaffError> {
        let now = self.clock.now();
        let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| RecoveryCode::new(self.entropy.secret())).collect();
        atomically(&*self.storage, async |tx| {
            let (mut factor, secret) = self.unconfirmed(tx, agent).await?;
            if !factor.take(&secret, typed, now) {
                return Err(StaffError::WrongCode);
            }
            factor.confirmed_at = Some(now);
            factor.recovery = codes.iter().map(RecoveryCode::digest).collect();
            tx.second_factors().put(&factor).await?;
            tx.sessions().end_others(agent.id(), Some(kept)).await?;
            Ok(())
        })
        .await?;
        Ok(codes)
    }

    async fn unconfirmed(
        &self,
        tx: &mut Transaction,
        agent: &Agent,
    ) -> Result<(SecondFactor, TotpSecret), StaffError> {
        let vault = self.vault.as_ref().ok_or(StaffError::NoVault)?;
        let factor = tx.second_factors().of_agent(agent.id()).await?.ok_or(StaffError::NoSecondFactor)?;
        if factor.confirmed_at.is_some() {
            return Err(StaffError::SecondFactorIsOn);
        }
        let secret = open(&**vault, &factor).ok_or(StaffError::NoVault)?;
        Ok((factor, secret))
    }

    /// Turns off one's own, for somebody who knows the password. All other sessions end.
    pub async fn turn_off(&self, agent: &Agent, kept: SessionId, password: String) -> Result<(), StaffError> {
        let member = atomically(&*self.storage, async |tx| own(tx, agent).await).await?;
        if !hashing::matches(&self.hasher, password, Some(member.password_hash)).await? {
            return Err(StaffError::WrongPassword);
        }
        self.delete(agent.id(), Some(kept), None).await
    }

    /// Removes the one of somebody who can neither compute nor recover a code, and ends its sessions.
    pub async fn remove(&self, audit: &Audit, admin: &Agent, id: AgentId) -> Result<(), StaffError> {
        if !admin.may(Role::Admin) {
            return Err(StaffError::NotAllowed);
        }
        self.delete(id, None, Some(audit)).await
    }

    /// The same for whoever works at the machine itself.
    pub async fn remove_at_the_machine(&self, audit: &Audit, email: &str) -> Result<(), StaffError> {
        let email = email.trim().to_lowercase();
        let member =
            consult(&*self.storage, async |snapshot| snapshot.agents().by_email(&email).await).await?;
        self.delete(member.ok_or(StaffError::Unknown)?.id, None, Some(audit)).await
    }

    async fn delete(
        &self,
        id: AgentId,
        kept: Option<SessionId>,
        audit: Option<&Audit>,
    ) -> Result<(), StaffError> {
        atomically(&*self.storage, async |tx| {
            if !tx.second_factors().delete(id).await? {
                return Err(StaffError::NoSecondFactor);
            }
            tx.sessions().end_others(id, kept).await?;
            if let Some(audit) = audit {
                audit.did(tx, Action::SecondFactorRemoved, id, Facts::new()).await?;
            }
            Ok(())
        })
        .await
    }
}

fn seal(vault: &dyn Vault, agent: AgentId, secret: &TotpSecret) -> Vec<u8> {
    vault.seal(&purpose(agent), secret.as_bytes())
}

/// The secret of a second factor. None if it was encrypted with another key.
pub(super) fn open(vault: &dyn Vault, factor: &SecondFactor) -> Option<TotpSecret> {
    vault.open(&purpose(factor.agent_id), &factor.sealed).and_then(|bytes| TotpSecret::restore(&bytes))
}

/// Names the agent, so that nobody's secret can be put in the place of somebody else's.
fn purpose(agent: AgentId) -> String {
    format!("{PURPOSE} {agent}")
}

/// Takes a code for signing in. Says whether it was right.
pub(super) async fn take(
    tx: &mut Transaction,
    vault: &dyn Vault,
    agent: AgentId,
    typed: &str,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let factor = tx.second_factors().of_agent(agent).await?;
    let Some(mut factor) = factor.filter(|factor| factor.confirmed_at.is_some()) else { return Ok(false) };
    let Some(secret) = open(vault, &factor) else {
        tracing::error!(
            %agent,
            "a second factor was encrypted with another secret key; bring FRONTDESK__SECRET_KEY back, or remove it with \
             `frontdesk agent no-second-factor`"
        );
        return Ok(false);
    };
    let is_right = factor.take(&secret, typed, now);
    if is_right {
        tx.second_factors().put(&factor).await?;
    }
    Ok(is_right)
}
