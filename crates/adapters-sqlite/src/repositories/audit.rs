//! Who changed what.

use application::ports::{AuditFilter, AuditRepository, Page, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::{audit::AuditEntry, ids::AuditId};

use crate::{
    columns::{At, Id, Named},
    rows::AuditRow,
    schema::audit_entries,
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl AuditRepository for SqliteUnitOfWork {
    async fn insert(&mut self, entry: &AuditEntry) -> Result<(), StorageError> {
        let row = AuditRow::from(entry);
        self.run(move |connection| {
            diesel::insert_into(audit_entries::table).values(&row).execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn find(&mut self, id: AuditId) -> Result<Option<AuditEntry>, StorageError> {
        self.run(move |connection| {
            let entry = audit_entries::table.find(Id::from(id)).select(AuditRow::as_select());
            entry.get_result(connection).optional()?.map(AuditEntry::try_from).transpose()
        })
        .await
    }

    async fn page(&mut self, filter: &AuditFilter, page: Page) -> Result<Vec<AuditEntry>, StorageError> {
        let filter = filter.clone();
        self.run(move |connection| {
            let mut entries = audit_entries::table
                .filter(audit_entries::id.lt(Id::before(page.before)))
                .order(audit_entries::id.desc())
                .limit(page.limit.into())
                .select(AuditRow::as_select())
                .into_boxed::<diesel::sqlite::Sqlite>();
            if let Some(agent) = filter.agent {
                entries = entries.filter(audit_entries::agent_id.eq(Id::from(agent)));
            }
            if let Some(action) = filter.action {
                entries = entries.filter(audit_entries::action.eq(Named(action)));
            }
            if let Some(object) = &filter.object {
                entries = entries.filter(audit_entries::object.eq(object));
            }
            if let Some(from) = filter.at.from {
                entries = entries.filter(audit_entries::at.ge(At(from)));
            }
            if let Some(until) = filter.at.until {
                entries = entries.filter(audit_entries::at.lt(At(until)));
            }
            entries.load(connection)?.into_iter().map(AuditEntry::try_from).collect()
        })
        .await
    }
}
