//! Changing many tickets at once: those that are ticked.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use application::tickets::ChangeTicketError;
use domain::{agent::Role, ids::TicketId};

use super::change::{change_ticket, wanted};
use crate::panel::{
    act::act,
    error::PanelError,
    fields::{Fields, ROWS},
    visit::go,
};

/// Changes each ticket that can be changed so. One that cannot, because of where it stands, stays and is counted.
pub(in crate::panel) async fn bulk(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, form| {
        let read = |text: &str| text.parse::<TicketId>().map_err(|_| PanelError::NotFound);
        let ids = form.all("id").take(ROWS.into()).map(read).collect::<Result<Vec<_>, _>>()?;
        let (change, agent) = (change_ticket(visit), visit.agent());
        let wanted = wanted(&form, agent.id())?;
        let all = async move {
            let mut stayed = 0_usize;
            for id in ids {
                match change.execute(&agent, id, &wanted, None).await {
                    Ok(_) => {}
                    Err(ChangeTicketError::Status(_) | ChangeTicketError::Unknown) => stayed += 1,
                    Err(error) => return Err(error),
                }
            }
            Ok(stayed)
        };
        let stayed = visit.run(all).await?;
        let done = if stayed == 0 { "saved" } else { "some_stayed" };
        let list = Fields::of_form(form.text("list").unwrap_or_default().as_bytes()).filter();
        Ok(go(&format!("/admin/tickets{}", list.with("done", done).query())))
    })
    .await
}
