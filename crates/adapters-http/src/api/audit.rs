//! `/api/v1/audit`: who changed what.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use application::ports::{AuditFilter, consult};
use domain::{
    agent::Role,
    audit::{AuditEntry, Facts},
    ids::{AgentId, AuditId},
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    call::{answer, json},
    reading::{Listed, Parameters},
};

/// Something that a member of staff changed.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct AuditResponse {
    id: Uuid,
    at: Timestamp,
    /// Who did it; `null` for whoever works at the machine itself.
    agent_id: Option<Uuid>,
    /// `panel`, `api` or `command_line`.
    via: &'static str,
    /// What was done, such as `topic.changed`.
    action: &'static str,
    /// To what: a slug, a name or an id.
    object: String,
    /// What was changed, as it was before.
    #[schema(value_type = Object)]
    before: Facts,
    /// The same, as it was afterwards.
    #[schema(value_type = Object)]
    after: Facts,
    /// The entry that was undone by this.
    reverts: Option<Uuid>,
}

impl From<&AuditEntry> for AuditResponse {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            id: entry.id.as_uuid(),
            at: entry.at,
            agent_id: entry.author.agent.map(AgentId::as_uuid),
            via: entry.author.via.as_str(),
            action: entry.action.as_str(),
            object: entry.object.clone(),
            before: entry.before.clone(),
            after: entry.after.clone(),
            reverts: entry.reverts.map(AuditId::as_uuid),
        }
    }
}

/// The parameters of the list.
pub(crate) const FILTERS: &[&str] = &["agent", "action", "object", "at_after", "at_before"];

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let asked = Parameters::read(&request, FILTERS)?;
        let page = asked.page()?;
        let filter = AuditFilter {
            agent: asked.value("agent")?,
            action: asked.value("action")?,
            object: asked.text("object").map(str::to_owned),
            at: asked.span("at")?,
        };
        let storage = call.storage();
        let found = call
            .run(async move { consult(&*storage, async |tx| tx.audit().page(&filter, page).await).await })
            .await??;
        let id = |entry: &AuditEntry| entry.id.as_uuid();
        Ok(json(StatusCode::OK, &Listed::<AuditResponse>::new(found, page, id)))
    })
    .await
}
