//! `/api/v1/tickets/{id}`: working on a ticket.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    conversation::ReplyError,
    tickets::{AddNote, AddNoteError, ChangeTicket, ChangeTicketError, TicketAsWorkedOn},
};
use domain::{
    agent::{Agent, Role},
    conversation::reply::WhyMail,
    ids::AgentId,
    ticket_work::{TicketChange, TicketEvent, assignee},
    topic::Slug,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    call::{Call, answer, json},
    error::ApiError,
    idempotency::About,
    reading::{body, if_match, parsed, tagged},
    tickets::{WorkedTicketResponse, find, tag},
};

/// What is to change of a ticket. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = TicketPatch)]
#[serde(deny_unknown_fields)]
pub(crate) struct TicketPatch {
    /// `open`, `pending`, `resolved` or `closed`, as far as it can go there.
    status: Option<String>,
    /// The slug of a topic.
    topic: Option<String>,
    /// `low`, `normal`, `high` or `urgent`.
    priority: Option<String>,
    /// The id of a member of staff, `me`, or `nobody`.
    assignee: Option<String>,
}

/// A private note.
#[derive(Deserialize, ToSchema)]
#[schema(as = NoteRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteRequest {
    /// 1 to 10,000 characters. The person never sees them.
    text: String,
}

/// A private note, as it was written.
#[derive(Serialize, ToSchema)]
#[schema(as = Note)]
pub(crate) struct NoteResponse {
    id: Uuid,
    ticket_id: Uuid,
    agent_id: Option<Uuid>,
    text: String,
    at: Timestamp,
}

impl From<&TicketEvent> for NoteResponse {
    fn from(note: &TicketEvent) -> Self {
        Self {
            id: note.id.as_uuid(),
            ticket_id: note.ticket_id.as_uuid(),
            agent_id: note.agent_id.map(AgentId::as_uuid),
            text: note.after.clone().unwrap_or_default(),
            at: note.at,
        }
    }
}

/// An answer to the person of a ticket.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReplyRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplyRequest {
    /// 1 to 10,000 characters.
    text: String,
}

/// An answer that is on its way.
#[derive(Serialize, ToSchema)]
#[schema(as = Reply)]
pub(crate) struct ReplyResponse {
    pub(crate) message_id: Uuid,
    pub(crate) notification_id: Uuid,
    /// `landbot` for the chat, or `email`.
    pub(crate) over: &'static str,
    /// Why it goes by mail, if it does: `no_chat`, `not_connected` or `window_closed`.
    pub(crate) why_mail: Option<&'static str>,
}

pub(super) async fn patch(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Agent, async |call| {
        let wanted = wanted(&body(&request, payload).await?, call.agent())?;
        let known = find(call).await?;
        let (id, seen) = (known.ticket.id, if_match(&request, &tag(&known))?.then_some(known.work.version));
        let change = change_ticket(call);
        let agent = call.agent().clone();
        let changed = call.run(async move { change.execute(&agent, id, &wanted, seen).await }).await?;
        let changed: TicketAsWorkedOn = changed?;
        Ok(tagged(json(StatusCode::OK, &WorkedTicketResponse::from(&changed)), &tag(&changed)))
    })
    .await
}

fn change_ticket(call: &Call<'_>) -> ChangeTicket {
    ChangeTicket { storage: call.storage(), clock: call.clock(), ids: call.state().ids.clone() }
}

fn wanted(patch: &TicketPatch, agent: &Agent) -> Result<TicketChange, ApiError> {
    let slug = |text: &String| {
        Slug::parse(text).map_err(|error| ApiError::invalid("topic", "invalid", error.to_string()))
    };
    let assignee = patch.assignee.as_deref().map(|name| assignee(name, agent.id())).transpose();
    Ok(TicketChange {
        status: patch.status.as_deref().map(|text| parsed("status", text)).transpose()?,
        topic: patch.topic.as_ref().map(slug).transpose()?,
        priority: patch.priority.as_deref().map(|text| parsed("priority", text)).transpose()?,
        assignee: assignee.map_err(|error| ApiError::invalid("assignee", "invalid", error.to_string()))?,
    })
}

pub(super) async fn note(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Agent, async |call| {
        let NoteRequest { text } = body(&request, payload).await?;
        let ticket = find(call).await?.ticket;
        let id = ticket.id;
        let add = AddNote { storage: call.storage(), clock: call.clock(), ids: call.state().ids.clone() };
        let agent = call.agent().clone();
        let note = call.run(async move { add.execute(&agent, id, &text).await }).await??;
        let mut response = json(StatusCode::CREATED, &NoteResponse::from(&note));
        if let Some(user) = ticket.user_id {
            response.extensions_mut().insert(About(user));
        }
        Ok(response)
    })
    .await
}

pub(super) async fn reply(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Agent, async |call| {
        let ReplyRequest { text } = body(&request, payload).await?;
        let reference = find(call).await?.ticket.reference;
        // A key of the program holds for the whole call, so that it comes here once.
        let key = call.state().ids.next().to_string();
        let (reply, agent) = (call.state().reply_to_ticket.clone(), call.agent().clone());
        let replied = call.run(async move { reply.execute(&agent, reference, &text, &key).await }).await??;
        let body = ReplyResponse {
            message_id: replied.message_id.as_uuid(),
            notification_id: replied.notification_id.as_uuid(),
            over: replied.over.as_str(),
            why_mail: replied.why_mail.map(WhyMail::as_str),
        };
        Ok(json(StatusCode::CREATED, &body))
    })
    .await
}

impl From<ChangeTicketError> for ApiError {
    fn from(error: ChangeTicketError) -> Self {
        match error {
            ChangeTicketError::NotAllowed => Self::Forbidden(Role::Agent),
            ChangeTicketError::Unknown => Self::NotFound("ticket"),
            ChangeTicketError::Status(_) => Self::Conflict(error.to_string()),
            ChangeTicketError::Topic(_) => Self::invalid("topic", "unknown", error.to_string()),
            ChangeTicketError::Assignee => Self::invalid("assignee", "unknown", error.to_string()),
            ChangeTicketError::Stale => Self::PreconditionFailed,
            ChangeTicketError::Storage(error) => error.into(),
        }
    }
}

impl From<AddNoteError> for ApiError {
    fn from(error: AddNoteError) -> Self {
        match error {
            AddNoteError::NotAllowed => Self::Forbidden(Role::Agent),
            AddNoteError::Unknown => Self::NotFound("ticket"),
            AddNoteError::Text => Self::invalid("text", "invalid", error.to_string()),
            AddNoteError::Storage(error) => error.into(),
        }
    }
}

impl From<ReplyError> for ApiError {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::NotAllowed => Self::Forbidden(Role::Agent),
            ReplyError::UnknownTicket(_) => Self::NotFound("ticket"),
            ReplyError::Text(_) => Self::invalid("text", "invalid", error.to_string()),
            ReplyError::Key | ReplyError::KeyReused | ReplyError::NoWay(_) => {
                Self::Conflict(error.to_string())
            }
            ReplyError::Storage(error) => error.into(),
        }
    }
}
