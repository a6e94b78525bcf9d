//! Members of staff: who there is, and what they may do.

use std::sync::Arc;

use domain::{
    agent::{Agent, Role, StaffMember},
    audit::Action,
    identity::EmailAddress,
    ids::{AgentId, SessionId},
};
use jiff::Timestamp;

use super::{StaffError, hashing};
use crate::{
    audit::{Audit, agent_facts},
    ports::{Clock, Ids, PasswordHasher, Storage, StorageError, Transaction, atomically},
};

/// Makes members of staff.
#[derive(Clone)]
pub struct AddAgent {
    /// Where staff is.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Who does it.
    pub audit: Audit,
}

impl AddAgent {
    /// Makes a member of staff who signs in with this address and password.
    pub async fn execute(
        &self,
        admin: &Agent,
        email: &str,
        password: String,
        role: Role,
    ) -> Result<AgentId, StaffError> {
        needs_admin(admin)?;
        self.add(email, password, role).await
    }

    pub(super) async fn add(&self, email: &str, password: String, role: Role) -> Result<AgentId, StaffError> {
        let member = self.member(email, password, role).await?;
        match atomically(&*self.storage, async |tx| self.insert(tx, &member).await).await {
            Ok(()) => Ok(member.id),
            Err(StorageError::Conflict(_)) => Err(StaffError::EmailTaken),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn insert(
        &self,
        tx: &mut Transaction,
        member: &StaffMember,
    ) -> Result<(), StorageError> {
        tx.agents().insert(member).await?;
        self.audit.did(tx, Action::AgentAdded, &member.email, agent_facts(member)).await
    }

    /// A member of staff who is not written yet: hashing is slow, and no transaction waits for it.
    pub(super) async fn member(
        &self,
        email: &str,
        password: String,
        role: Role,
    ) -> Result<StaffMember, StaffError> {
        let email = EmailAddress::parse(email).map_err(|_| StaffError::Email)?;
        Ok(StaffMember {
            id: AgentId::from_uuid(self.ids.next()),
            email: email.to_string(),
            password_hash: hashing::hash_new(&self.hasher, password).await?,
            role,
            created_at: self.clock.now(),
            deactivated_at: None,
        })
    }
}

/// What is to change of a member of staff. What is none stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct AgentChange {
    /// What it may do.
    pub role: Option<Role>,
    /// Whether it may sign in.
    pub active: Option<bool>,
}

/// Changes what members of staff may do.
#[derive(Clone)]
pub struct ChangeAgent {
    /// Where staff is.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who does it.
    pub audit: Audit,
}

impl ChangeAgent {
    /// Changes one. There is always an admin left who may sign in. Who may no longer sign in is signed out everywhere.
    pub async fn execute(&self, admin: &Agent, id: AgentId, change: AgentChange) -> Result<(), StaffError> {
        needs_admin(admin)?;
        let now = self.clock.now();
        atomically(&*self.storage, async |tx| {
            let members = tx.agents().all().await?;
            let member = members.iter().find(|member| member.id == id).ok_or(StaffError::Unknown)?;
            let changed = apply(member.clone(), change, now);
            let others = members.iter().filter(|other| other.id != id);
            if !others.chain([&changed]).any(|left| left.role == Role::Admin && left.is_active()) {
                return Err(StaffError::LastAdmin);
            }
            if !changed.is_active() {
                tx.sessions().end_others(id, None).await?;
            }
            tx.agents().update(&changed).await?;
            let (before, after) = (agent_facts(member), agent_facts(&changed));
            Ok(self.audit.changed(tx, Action::AgentChanged, &member.email, before, after).await?)
        })
        .await
    }
}

fn apply(member: StaffMember, change: AgentChange, now: Timestamp) -> StaffMember {
    let deactivated_at = match change.active {
        Some(true) => None,
        Some(false) => member.deactivated_at.or(Some(now)),
        None => member.deactivated_at,
    };
    StaffMember { role: change.role.unwrap_or(member.role), deactivated_at, ..member }
}

/// Changes one's own password.
#[derive(Clone)]
pub struct ChangePassword {
    /// Where staff is.
    pub storage: Arc<dyn Storage>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
}

impl ChangePassword {
    /// Takes a new password from somebody who knows the present one. All other sessions end.
    pub async fn execute(
        &self,
        agent: &Agent,
        kept: SessionId,
        present: String,
        new: String,
    ) -> Result<(), StaffError> {
        let member = atomically(&*self.storage, async |tx| own(tx, agent).await).await?;
        if !hashing::matches(&self.hasher, present, Some(member.password_hash)).await? {
            return Err(StaffError::WrongPassword);
        }
        let password_hash = hashing::hash_new(&self.hasher, new).await?;
        atomically(&*self.storage, async |tx| {
            let member = own(tx, agent).await?;
            tx.agents().update(&StaffMember { password_hash, ..member }).await?;
            tx.sessions().end_others(agent.id(), Some(kept)).await?;
            Ok(())
        })
        .await
    }
}

pub(super) async fn own(tx: &mut Transaction, agent: &Agent) -> Result<StaffMember, StaffError> {
    let members = tx.agents().all().await?;
    members.into_iter().find(|member| member.id == agent.id()).ok_or(StaffError::Unknown)
}

fn needs_admin(agent: &Agent) -> Result<(), StaffError> {
    if agent.may(Role::Admin) { Ok(()) } else { Err(StaffError::NotAllowed) }
}
