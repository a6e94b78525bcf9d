//! Members of staff and their tokens.

use application::ports::{AgentRepository, StorageError};
use async_trait::async_trait;
use domain::{
    agent::{ApiToken, StaffMember},
    bot::SecretDigest,
    ids::{AgentId, TokenId},
};
use jiff::Timestamp;

use crate::storage::{Operation, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl AgentRepository for InMemoryUnitOfWork {
    async fn insert(&mut self, member: &StaffMember) -> Result<(), StorageError> {
        let state = self.write(Operation::AgentsInsert)?;
        if state.agents.values().any(|other| other.email == member.email) {
            return Err(StorageError::Conflict("agents_email_key"));
        }
        state.agents.insert(member.id, member.clone(), "agents_pkey")
    }

    async fn all(&mut self) -> Result<Vec<StaffMember>, StorageError> {
        Ok(self.read(Operation::AgentsAll)?.agents.values().cloned().collect())
    }

    async fn update(&mut self, member: &StaffMember) -> Result<(), StorageError> {
        if let Some(known) = self.write(Operation::AgentsUpdate)?.agents.get_mut(&member.id) {
            known.clone_from(member);
        }
        Ok(())
    }

    async fn by_email(&mut self, email: &str) -> Result<Option<StaffMember>, StorageError> {
        let state = self.read(Operation::AgentsByEmail)?;
        Ok(state.agents.values().find(|member| member.email == email).cloned())
    }

    async fn by_token(
        &mut self,
        digest: SecretDigest,
    ) -> Result<Option<(StaffMember, ApiToken)>, StorageError> {
        let state = self.read(Operation::AgentsByToken)?;
        let token = state.tokens.values().find(|token| token.digest == digest);
        Ok(token.and_then(|token| Some((state.agents.get(&token.agent_id)?.clone(), token.clone()))))
    }

    async fn insert_token(&mut self, token: &ApiToken) -> Result<(), StorageError> {
        self.write(Operation::AgentsInsertToken)?.tokens.insert(token.id, token.clone(), "api_tokens_pkey")
    }

    async fn tokens(&mut self, agent: Option<AgentId>) -> Result<Vec<ApiToken>, StorageError> {
        let state = self.read(Operation::AgentsTokens)?;
        let of_agent = |token: &&ApiToken| agent.is_none_or(|agent| token.agent_id == agent);
        Ok(state.tokens.values().filter(of_agent).cloned().collect())
    }

    async fn revoke_token(&mut self, id: TokenId, at: Timestamp) -> Result<bool, StorageError> {
        let state = self.write(Operation::AgentsRevokeToken)?;
        let in_force = state.tokens.get_mut(&id).filter(|token| token.revoked_at.is_none());
        Ok(in_force.map(|token| token.revoked_at = Some(at)).is_some())
    }
}
