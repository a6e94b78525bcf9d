//! Who changed what.

use async_trait::async_trait;
use domain::{
    audit::{Action, AuditEntry},
    ids::{AgentId, AuditId},
};

use super::{Page, Span, StorageError};

/// Which entries are asked for.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only what this member of staff did.
    pub agent: Option<AgentId>,
    /// Only this.
    pub action: Option<Action>,
    /// Only what was done to this.
    pub object: Option<String>,
    /// Only what was done then.
    pub at: Span,
}

/// Who changed what. There are some thousand entries a year, and they are kept for ever.
#[async_trait]
pub trait AuditRepository: Send {
    /// Writes a new entry, which is there when the unit of work is committed and not otherwise.
    async fn insert(&mut self, entry: &AuditEntry) -> Result<(), StorageError>;

    /// An entry.
    async fn find(&mut self, id: AuditId) -> Result<Option<AuditEntry>, StorageError>;

    /// Entries, the newest first.
    async fn page(&mut self, filter: &AuditFilter, page: Page) -> Result<Vec<AuditEntry>, StorageError>;
}
