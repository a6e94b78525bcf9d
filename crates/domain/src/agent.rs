//! Members of staff and what they may do.

use std::fmt;

use jiff::Timestamp;

use crate::{
    bot::SecretDigest,
    ids::{AgentId, TokenId},
    names::named,
    session::Session,
};

named! {
    /// What an agent may do; each role may do what the lesser ones may.
    Role {
        /// Reads.
        Viewer = "viewer",
        /// Reads and works on tickets.
        Agent = "agent",
        /// May do everything.
        Admin = "admin",
    }
}

named! {
    /// What an API token may do; each scope allows what the lesser ones allow.
    Scope {
        /// Reads.
        Read = "read",
        /// Reads and works on tickets.
        Write = "write",
        /// May do everything.
        Admin = "admin",
    }
}

impl Scope {
    /// The role that may do as much.
    pub const fn as_role(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Write => Role::Agent,
            Self::Admin => Role::Admin,
        }
    }
}

/// A member of staff.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Its id.
    pub id: AgentId,
    /// The address it signs in with, lower-case, unique.
    pub email: String,
    /// The argon2id hash of the password, in PHC string format.
    pub password_hash: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it may not sign in any more.
    pub deactivated_at: Option<Timestamp>,
}

impl StaffMember {
    /// Whether it may sign in.
    pub const fn is_active(&self) -> bool {
        self.deactivated_at.is_none()
    }
}

impl fmt::Debug for StaffMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaffMember").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

/// An API token of an agent, by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: TokenId,
    /// Whose it is.
    pub agent_id: AgentId,
    /// What people call it.
    pub name: String,
    /// SHA-256 of the token.
    pub digest: SecretDigest,
    /// What it may do.
    pub scope: Scope,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
}

/// Proof that a request comes from a member of staff with at least this role. Staff use cases take one by
/// reference; whoever has none cannot call them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    id: AgentId,
    role: Role,
}

impl Agent {
    /// What the holder of `token` may do: the lesser of its scope and its agent's role. None once revoked.
    pub fn by_token(member: &StaffMember, token: &ApiToken) -> Option<Self> {
        let owns = token.agent_id == member.id && token.revoked_at.is_none() && member.is_active();
        owns.then(|| Self { id: member.id, role: token.scope.as_role().min(member.role) })
    }

    /// What somebody who is signed in may do at `now`. None once the session ended.
    pub fn by_session(member: &StaffMember, session: &Session, now: Timestamp) -> Option<Self> {
        let goes_on = session.agent_id == member.id && session.is_live(now) && member.is_active();
        goes_on.then_some(Self { id: member.id, role: member.role })
    }

    /// What a member of staff may do who works at the machine itself, in its own name.
    pub const fn at_the_machine(member: &StaffMember) -> Self {
        Self { id: member.id, role: member.role }
    }

    /// Who it is.
    pub const fn id(&self) -> AgentId {
        self.id
    }

    /// What it may do.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Whether it may do what `needed` may.
    pub fn may(&self, needed: Role) -> bool {
        self.role >= needed
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::bot::Secret;

    fn member(role: Role) -> StaffMember {
        StaffMember {
            id: AgentId::from_uuid(Uuid::from_u128(1)),
            email: "ana@example.com".to_owned(),
            password_hash: String::new(),
            role,
            created_at: Timestamp::UNIX_EPOCH,
            deactivated_at: None,
        }
    }

    fn token(scope: Scope) -> ApiToken {
        ApiToken {
            id: TokenId::from_uuid(Uuid::from_u128(2)),
            agent_id: AgentId::from_uuid(Uuid::from_u128(1)),
            name: "laptop".to_owned(),
            digest: Secret::api_token([1; 32]).digest(),
            scope,
            created_at: Timestamp::UNIX_EPOCH,
            revoked_at: None,
        }
    }

    #[test]
    fn a_token_never_allows_more_than_the_role_of_its_agent() {
        let agent = Agent::by_token(&member(Role::Viewer), &token(Scope::Admin)).expect("not revoked");
        assert!(agent.may(Role::Viewer) && !agent.may(Role::Agent));
        let agent = Agent::by_token(&member(Role::Admin), &token(Scope::Write)).expect("not revoked");
        assert!(agent.may(Role::Agent) && !agent.may(Role::Admin));
    }

    #[test]
    fn a_revoked_token_makes_no_agent() {
        let revoked = ApiToken { revoked_at: Some(Timestamp::UNIX_EPOCH), ..token(Scope::Admin) };
        assert_eq!(Agent::by_token(&member(Role::Admin), &revoked), None);
    }

    #[test]
    fn who_was_deactivated_is_no_agent_any_more() {
        let gone = StaffMember { deactivated_at: Some(Timestamp::UNIX_EPOCH), ..member(Role::Admin) };
        assert_eq!(Agent::by_token(&gone, &token(Scope::Admin)), None);
    }
}
