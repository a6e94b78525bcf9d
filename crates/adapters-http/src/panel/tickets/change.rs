//! Working on a ticket: where it stands, who works on it, how much it matters, and private notes.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use application::tickets::{AddNote, AddNoteError, ChangeTicket, ChangeTicketError};
use domain::{
    agent::Role,
    ids::{AgentId, TicketId},
    ticket_work::{TicketChange, assignee},
    topic::Slug,
};

use crate::panel::{
    act::act,
    error::PanelError,
    fields::Fields,
    visit::{Visit, go},
};

pub(in crate::panel) async fn change(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, form| {
        let id: TicketId = visit.path("ticket")?;
        let (change, agent) = (change_ticket(visit), visit.agent());
        let (wanted, seen) = (wanted(&form, agent.id())?, form.value("version")?);
        let changed = visit.run(async move { change.execute(&agent, id, &wanted, seen).await }).await?;
        Ok(go(&format!("/admin/tickets/{}?done=saved", changed.ticket.reference)))
    })
    .await
}

pub(super) fn change_ticket(visit: &Visit<'_>) -> ChangeTicket {
    ChangeTicket { storage: visit.storage(), clock: visit.clock(), ids: visit.state().ids.clone() }
}

/// What a form wants changed. What it leaves out stays.
pub(super) fn wanted(form: &Fields, me: AgentId) -> Result<TicketChange, PanelError> {
    let topic = form.text("topic").map(Slug::parse).transpose();
    let assignee = form.text("assignee").map(|name| assignee(name, me)).transpose();
    Ok(TicketChange {
        status: form.value("status")?,
        topic: topic.map_err(|error| PanelError::field("topic", error))?,
        priority: form.value("priority")?,
        assignee: assignee.map_err(|error| PanelError::field("assignee", error))?,
    })
}

pub(in crate::panel) async fn add_note(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Agent, async |visit, form| {
        let id: TicketId = visit.path("ticket")?;
        let add = AddNote { storage: visit.storage(), clock: visit.clock(), ids: visit.state().ids.clone() };
        let (agent, text) = (visit.agent(), form.text("text").unwrap_or_default().to_owned());
        visit.run(async move { add.execute(&agent, id, &text).await }).await?;
        Ok(go(&format!("/admin/tickets/{id}?done=saved")))
    })
    .await
}

impl From<ChangeTicketError> for PanelError {
    fn from(error: ChangeTicketError) -> Self {
        match error {
            ChangeTicketError::NotAllowed => Self::Forbidden(Role::Agent),
            ChangeTicketError::Unknown => Self::NotFound,
            ChangeTicketError::Status(_) => Self::refused(error),
            ChangeTicketError::Topic(_) => Self::field("topic", error),
            ChangeTicketError::Assignee => Self::field("assignee", error),
            ChangeTicketError::Stale => Self::Changed,
            ChangeTicketError::Storage(error) => error.into(),
        }
    }
}

impl From<AddNoteError> for PanelError {
    fn from(error: AddNoteError) -> Self {
        match error {
            AddNoteError::NotAllowed => Self::Forbidden(Role::Agent),
            AddNoteError::Unknown => Self::NotFound,
            AddNoteError::Text => Self::field("text", error),
            AddNoteError::Storage(error) => error.into(),
        }
    }
}
