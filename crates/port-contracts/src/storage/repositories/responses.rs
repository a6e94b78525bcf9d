//! What programs were answered.

use application::ports::{ResponseRepository, StorageError};
use async_trait::async_trait;
use domain::response::{BoundResponse, ResponseSlot};
use jiff::Timestamp;

use crate::storage::{Operation, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl ResponseRepository for InMemoryUnitOfWork {
    async fn find(
        &mut self,
        slot: &ResponseSlot,
        now: Timestamp,
    ) -> Result<Option<BoundResponse>, StorageError> {
        let bound = self.read(Operation::ResponsesFind)?.responses.get(slot);
        Ok(bound.filter(|bound| bound.expires_at > now).cloned())
    }

    async fn put(&mut self, bound: &BoundResponse, now: Timestamp) -> Result<(), StorageError> {
        let responses = &mut self.write(Operation::ResponsesPut)?.responses;
        if responses.get(&bound.slot).is_some_and(|kept| kept.expires_at > now) {
            return Err(StorageError::Conflict("kept_answers_principal_scope_digest_key"));
        }
        responses.put(bound.slot.clone(), bound.clone());
        Ok(())
    }

    async fn release(&mut self, slot: &ResponseSlot) -> Result<(), StorageError> {
        self.write(Operation::ResponsesRelease)?.responses.remove(slot);
        Ok(())
    }
}
