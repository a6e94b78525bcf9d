//! What members of staff change is written down in the same commit as the change.

mod facts;
mod revert;

use std::{fmt::Display, sync::Arc};

use domain::{
    audit::{Action, AuditEntry, Author, Facts, differences},
    ids::AuditId,
};

pub(crate) use facts::{agent_facts, bot_facts, channel_facts, fact, topic_facts};
pub use revert::{RevertChange, RevertError};

use crate::ports::{Clock, Ids, StorageError, Transaction};

/// Who changes something: every use case that members of staff change something with has one.
#[derive(Clone)]
pub struct Audit {
    /// Who.
    pub author: Author,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The entry that is undone.
    reverts: Option<AuditId>,
}

impl Audit {
    /// Of what `author` does.
    pub const fn of(author: Author, ids: Arc<dyn Ids>, clock: Arc<dyn Clock>) -> Self {
        Self { author, ids, clock, reverts: None }
    }

    /// The same, for undoing an entry.
    fn reverting(&self, entry: AuditId) -> Self {
        Self { reverts: Some(entry), ..self.clone() }
    }

    /// Notes something that was done to `object`, and facts about it.
    pub(crate) async fn did(
        &self,
        tx: &mut Transaction,
        action: Action,
        object: impl Display,
        after: Facts,
    ) -> Result<(), StorageError> {
        self.note(tx, action, object.to_string(), Facts::new(), after).await
    }

    /// Notes how `object` was changed. Nothing is noted when nothing was.
    pub(crate) async fn changed(
        &self,
        tx: &mut Transaction,
        action: Action,
        object: impl Display,
        before: Facts,
        after: Facts,
    ) -> Result<(), StorageError> {
        let (before, after) = differences(before, after);
        if before.is_empty() && after.is_empty() {
            return Ok(());
        }
        self.note(tx, action, object.to_string(), before, after).await
    }

    async fn note(
        &self,
        tx: &mut Transaction,
        action: Action,
        object: String,
        before: Facts,
        after: Facts,
    ) -> Result<(), StorageError> {
        let id = AuditId::from_uuid(self.ids.next());
        let (at, author, reverts) = (self.clock.now(), self.author, self.reverts);
        tx.audit().insert(&AuditEntry { id, at, author, action, object, before, after, reverts }).await
    }
}
