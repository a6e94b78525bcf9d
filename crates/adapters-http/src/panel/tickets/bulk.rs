//! Changing many tickets at once: those that are ticked, or all that the list shows.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use application::tickets::{BulkChange, ChangeTickets, Chosen};
use domain::{agent::Role, ids::TicketId};

use super::{change::wanted, list::filter};
use crate::panel::{
    act::act,
    error::PanelError,
    fields::{Fields, ROWS},
    visit::go,
};

/// Changes each ticket that can be changed so. One that cannot, because of where it stands, stays.
pub(in crate::panel) async fn bulk(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, form| {
        let agent = visit.agent();
        let wanted = wanted(&form, agent.id())?;
        let list = Fields::of_form(form.text("list").unwrap_or_default().as_bytes()).filter();
        let chosen = if form.is_ticked("all") {
            Chosen::Listed(Box::new(filter(&list, agent.id())?))
        } else {
            let read = |text: &str| text.parse::<TicketId>().map_err(|_| PanelError::NotFound);
            Chosen::These(form.all("id").take(ROWS.into()).map(read).collect::<Result<_, _>>()?)
        };
        let change =
            ChangeTickets { storage: visit.storage(), clock: visit.clock(), ids: visit.state().ids.clone() };
        let bulk = visit.run(async move { change.execute(&agent, &chosen, &wanted).await }).await?;
        Ok(go(&format!("/admin/tickets{}", list.with("done", outcome(bulk)).query())))
    })
    .await
}

/// What the list then says.
const fn outcome(bulk: BulkChange) -> &'static str {
    match bulk {
        BulkChange { is_cut: true, .. } => "first_changed",
        BulkChange { stayed: 0, .. } => "saved",
        _ => "some_stayed",
    }
}
