//! Who changed what.

use application::ports::{AuditFilter, AuditRepository, Page, StorageError};
use async_trait::async_trait;
use domain::{audit::AuditEntry, ids::AuditId};

use crate::storage::{Operation, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl AuditRepository for InMemoryUnitOfWork {
    async fn insert(&mut self, entry: &AuditEntry) -> Result<(), StorageError> {
        self.write(Operation::AuditInsert)?.audit.insert(entry.id, entry.clone(), "audit_entries_pkey")
    }

    async fn find(&mut self, id: AuditId) -> Result<Option<AuditEntry>, StorageError> {
        Ok(self.read(Operation::AuditFind)?.audit.get(&id).cloned())
    }

    async fn page(&mut self, filter: &AuditFilter, page: Page) -> Result<Vec<AuditEntry>, StorageError> {
        let state = self.read(Operation::AuditPage)?;
        let entries = state.audit.newest_first(page.before.map(AuditId::from_uuid));
        let shown = entries.filter(|entry| passes(filter, entry)).cloned();
        Ok(shown.take(page.limit.into()).collect())
    }
}

fn passes(filter: &AuditFilter, entry: &AuditEntry) -> bool {
    filter.agent.is_none_or(|agent| entry.author.agent == Some(agent))
        && filter.action.is_none_or(|action| entry.action == action)
        && filter.object.as_ref().is_none_or(|object| entry.object == *object)
        && filter.at.from.is_none_or(|from| entry.at >= from)
        && filter.at.until.is_none_or(|until| entry.at < until)
}
