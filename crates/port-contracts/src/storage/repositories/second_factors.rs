//! What members of staff show beside their password.

use application::ports::{SecondFactorRepository, StorageError};
use async_trait::async_trait;
use domain::{ids::AgentId, second_factor::SecondFactor};

use crate::storage::{Operation, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl SecondFactorRepository for InMemoryUnitOfWork {
    async fn of_agent(&mut self, agent: AgentId) -> Result<Option<SecondFactor>, StorageError> {
        Ok(self.read(Operation::SecondFactorsOfAgent)?.second_factors.get(&agent).cloned())
    }

    async fn confirmed(&mut self) -> Result<Vec<AgentId>, StorageError> {
        let all = self.read(Operation::SecondFactorsConfirmed)?.second_factors.values();
        Ok(all.filter(|factor| factor.confirmed_at.is_some()).map(|factor| factor.agent_id).collect())
    }

    async fn put(&mut self, factor: &SecondFactor) -> Result<(), StorageError> {
        let state = self.write(Operation::SecondFactorsPut)?;
        state.second_factors.remove_where(|present| present.agent_id == factor.agent_id);
        state.second_factors.insert(factor.agent_id, factor.clone(), "second_factors_pkey")
    }

    async fn delete(&mut self, agent: AgentId) -> Result<bool, StorageError> {
        let state = self.write(Operation::SecondFactorsDelete)?;
        Ok(state.second_factors.remove_where(|present| present.agent_id == agent) > 0)
    }
}
