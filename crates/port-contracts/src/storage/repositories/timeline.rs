//! What happened to users.

use std::sync::Arc;

use application::ports::{StorageError, TimelineRepository};
use async_trait::async_trait;
use domain::{ids::UserId, intake::IdentityClash};

use crate::storage::{Operation, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl TimelineRepository for InMemoryUnitOfWork {
    async fn record_clashes(&mut self, clashes: &[IdentityClash]) -> Result<(), StorageError> {
        let state = self.write(Operation::TimelineRecordClashes)?;
        Arc::make_mut(&mut state.clashes).extend_from_slice(clashes);
        Ok(())
    }

    async fn clashes_of(&mut self, user_id: UserId) -> Result<Vec<IdentityClash>, StorageError> {
        let state = self.read(Operation::TimelineClashesOf)?;
        let concerns = |clash: &&IdentityClash| clash.user_id == user_id || clash.other_user_id == user_id;
        Ok(state.clashes.iter().filter(concerns).cloned().collect())
    }
}
