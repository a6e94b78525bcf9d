//! `/admin/audit`: who changed what.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use application::{
    audit::{RevertChange, RevertError},
    ports::{AuditFilter, consult},
    routing::RoutingError,
};
use askama::Template;
use domain::{
    agent::{Role, StaffMember},
    audit::{Action, AuditEntry, Facts},
    ids::AuditId,
};
use serde_json::Value;

use super::{
    act::act,
    error::PanelError,
    fields::{Fields, older},
    frame::{Frame, Section},
    visit::{go, shown, visit},
};

const PATH: &str = "/admin/audit";

#[derive(Template)]
#[template(path = "panel/audit.html")]
struct AuditPage {
    frame: Frame,
    asked: Fields,
    members: Vec<StaffMember>,
    entries: Vec<AuditEntry>,
    older: Option<String>,
}

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Admin, async |visit| {
        let asked = Fields::of_query(&request);
        let (filter, page) = (filter(&asked)?, asked.page()?);
        let storage = visit.storage();
        let look = async move {
            consult(&*storage, async |tx| {
                Ok((tx.agents().all().await?, tx.audit().page(&filter, page).await?))
            })
            .await
        };
        let (members, mut entries) = visit.run(look).await?;
        let older = older(&mut entries, &asked, PATH, |entry| entry.id.as_uuid());
        let frame = visit.frame(visit.t("Audit log"), Section::Agents);
        shown(&AuditPage { frame, asked, members, entries, older })
    })
    .await
}

pub(super) async fn revert(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, _| {
        let id: AuditId = visit.path("id")?;
        let revert = RevertChange { storage: visit.storage(), audit: visit.audit() };
        visit.run(async move { revert.execute(id).await }).await?;
        Ok(go("/admin/audit?done=reverted"))
    })
    .await
}

fn filter(asked: &Fields) -> Result<AuditFilter, PanelError> {
    Ok(AuditFilter {
        agent: asked.value("agent")?,
        action: asked.value("action")?,
        object: asked.text("object").map(str::to_owned),
        at: asked.days("at")?,
    })
}

impl From<RevertError> for PanelError {
    fn from(error: RevertError) -> Self {
        match error {
            RevertError::Unknown => Self::NotFound,
            RevertError::Storage(error) | RevertError::Routing(RoutingError::Storage(error)) => error.into(),
            refused => Self::refused(refused),
        }
    }
}

/// What a fact was before, and what it was afterwards.
struct Difference<'e> {
    name: &'e str,
    before: Option<String>,
    after: Option<String>,
}

impl AuditPage {
    fn actions(&self) -> &'static [Action] {
        Action::ALL
    }

    fn is_asked(&self, name: &str, value: &str) -> bool {
        self.asked.text(name) == Some(value)
    }

    fn author(&self, entry: &AuditEntry) -> String {
        let via = self.frame.label(entry.author.via.as_str());
        let member = self.members.iter().find(|member| Some(member.id) == entry.author.agent);
        member.map_or_else(|| via.to_owned(), |member| format!("{} · {via}", member.email))
    }

    fn differences<'e>(&self, entry: &'e AuditEntry) -> Vec<Difference<'e>> {
        let names: BTreeSet<_> = entry.before.keys().chain(entry.after.keys()).collect();
        let told = |facts: &Facts, name| facts.get(name).map(|value| self.told(value));
        let difference = |name: &'e String| Difference {
            name,
            before: told(&entry.before, name),
            after: told(&entry.after, name),
        };
        names.into_iter().map(difference).collect()
    }

    fn told(&self, value: &Value) -> String {
        match value {
            Value::Null => "–".to_owned(),
            Value::Array(values) => {
                values.iter().map(|value| self.frame.sent(value).into_owned()).collect::<Vec<_>>().join(", ")
            }
            other => self.frame.sent(other).into_owned(),
        }
    }
}
