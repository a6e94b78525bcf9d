//! Who changed what.

use diesel::prelude::*;
use domain::audit::{Action, AuditEntry, Author, Facts, Via};

use crate::{
    columns::{At, Id, Named},
    error::Failure,
    schema::audit_entries,
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub(crate) struct AuditRow {
    id: Id,
    at: At,
    agent_id: Option<Id>,
    via: Named<Via>,
    action: Named<Action>,
    object: String,
    before: String,
    after: String,
    reverts: Option<Id>,
}

impl From<&AuditEntry> for AuditRow {
    fn from(entry: &AuditEntry) -> Self {
        let text = |facts: &Facts| serde_json::to_string(facts).expect("a JSON object is JSON");
        Self {
            id: entry.id.into(),
            at: At(entry.at),
            agent_id: entry.author.agent.map(Id::from),
            via: Named(entry.author.via),
            action: Named(entry.action),
            object: entry.object.clone(),
            before: text(&entry.before),
            after: text(&entry.after),
            reverts: entry.reverts.map(Id::from),
        }
    }
}

impl TryFrom<AuditRow> for AuditEntry {
    type Error = Failure;

    fn try_from(row: AuditRow) -> Result<Self, Failure> {
        let facts = |text: &str| serde_json::from_str(text).map_err(|_| Failure::Unreadable("audit entry"));
        Ok(Self {
            id: row.id.into(),
            at: row.at.0,
            author: Author { agent: row.agent_id.map(Into::into), via: row.via.0 },
            action: row.action.0,
            object: row.object,
            before: facts(&row.before)?,
            after: facts(&row.after)?,
            reverts: row.reverts.map(Into::into),
        })
    }
}
