//! `/admin/agents`: who works here.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use application::{
    ports::consult,
    staff::{AgentChange, ChangeAgent},
};
use askama::Template;
use domain::{
    agent::{Role, StaffMember},
    ids::AgentId,
};

use crate::panel::{
    act::act,
    frame::{Frame, Section},
    visit::{go, shown, visit},
};

#[derive(Template)]
#[template(path = "panel/staff/agents.html")]
struct AgentsPage {
    frame: Frame,
    members: Vec<StaffMember>,
    with_second_factor: Vec<AgentId>,
}

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Admin, async |visit| {
        let storage = visit.storage();
        let look = async move {
            consult(&*storage, async |tx| {
                Ok((tx.agents().all().await?, tx.second_factors().confirmed().await?))
            })
            .await
        };
        let (members, with_second_factor) = visit.run(look).await?;
        let frame = visit.frame(visit.t("Agents"), Section::Agents);
        shown(&AgentsPage { frame, members, with_second_factor })
    })
    .await
}

pub(super) async fn add(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let add = visit.state().add_agent(visit.audit());
        let (admin, email) = (visit.agent(), form.needed("email")?.to_owned());
        let password = form.raw("password").unwrap_or_default().to_owned();
        let role = form.value("role")?.unwrap_or(Role::Agent);
        visit.run(async move { add.execute(&admin, &email, password, role).await }).await?;
        Ok(go("/admin/agents?done=added"))
    })
    .await
}

pub(super) async fn change(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let id: AgentId = visit.path("id")?;
        let change = ChangeAgent { audit: visit.audit(), storage: visit.storage(), clock: visit.clock() };
        let wanted = AgentChange { role: form.value("role")?, active: form.value("active")? };
        let admin = visit.agent();
        visit.run(async move { change.execute(&admin, id, wanted).await }).await?;
        Ok(go("/admin/agents?done=saved"))
    })
    .await
}

impl AgentsPage {
    fn has_second_factor(&self, member: &StaffMember) -> bool {
        self.with_second_factor.contains(&member.id)
    }

    fn roles(&self) -> &'static [Role] {
        Role::ALL
    }
}
