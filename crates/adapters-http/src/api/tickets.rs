//! `/api/v1/tickets`

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use application::{
    ports::{Page, StorageError, TicketFilter, Transaction, Whose, consult},
    tickets::{TicketAsWorkedOn, find_named, with_work},
};
use domain::{
    agent::Role,
    conversation::ConversationMessage,
    ids::{AgentId, TicketId, UserId},
    search::Needle,
    ticket::Ticket,
    ticket_work::{TicketEvent, assignee},
    topic::Slug,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    call::{Call, answer, json},
    error::ApiError,
    notifications::about_ticket,
    reading::{Listed, Parameters, path, tagged},
    users::TimelineResponse,
};

/// A request for help.
#[derive(Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(crate) struct TicketResponse {
    id: Uuid,
    /// What people call it.
    reference: String,
    /// Whose it is; `null` if the bot named no person.
    user_id: Option<Uuid>,
    bot_id: Uuid,
    /// The slug of its topic.
    topic: String,
    /// The text that the bot asked for as its topic.
    topic_asked: Option<String>,
    description: String,
    /// `open`, `pending`, `resolved` or `closed`.
    status: &'static str,
    language: String,
    /// Everything else that the bot sent.
    #[schema(value_type = Object)]
    fields: serde_json::Value,
    created_at: Timestamp,
}

/// A request for help, and the work on it.
#[derive(Serialize, ToSchema)]
#[schema(as = WorkedTicket)]
pub(crate) struct WorkedTicketResponse {
    #[serde(flatten)]
    ticket: TicketResponse,
    /// Who works on it; `null` if nobody does.
    assignee_id: Option<Uuid>,
    /// `low`, `normal`, `high` or `urgent`.
    priority: &'static str,
}

impl From<&TicketAsWorkedOn> for WorkedTicketResponse {
    fn from(TicketAsWorkedOn { ticket, work }: &TicketAsWorkedOn) -> Self {
        let assignee_id = work.assignee.map(AgentId::as_uuid);
        Self { ticket: TicketResponse::from(ticket), assignee_id, priority: work.priority.as_str() }
    }
}

impl From<&Ticket> for TicketResponse {
    fn from(ticket: &Ticket) -> Self {
        Self {
            id: ticket.id.as_uuid(),
            reference: ticket.reference.to_string(),
            user_id: ticket.user_id.map(UserId::as_uuid),
            bot_id: ticket.bot_id.as_uuid(),
            topic: ticket.topic.to_string(),
            topic_asked: ticket.topic_asked.clone(),
            description: ticket.description.clone(),
            status: ticket.status.as_str(),
            language: ticket.language.to_string(),
            fields: ticket.fields.clone().into(),
            created_at: ticket.created_at,
        }
    }
}

/// The parameters of the list.
pub(crate) const FILTERS: &[&str] =
    &["q", "status", "topic", "assignee", "priority", "user", "origin", "created_after", "created_before"];

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let asked = Parameters::read(&request, FILTERS)?;
        let page = asked.page()?;
        let slug = |text| {
            Slug::parse(text).map_err(|error| ApiError::invalid("topic", "invalid", error.to_string()))
        };
        let agent_named = |name| {
            assignee(name, call.agent().id())
                .map_err(|error| ApiError::invalid("assignee", "invalid", error.to_string()))
        };
        let filter = TicketFilter {
            needle: asked.text("q").and_then(Needle::for_tickets),
            origin: asked.text("origin").map(str::to_owned),
            user_id: asked.value("user")?,
            status: asked.value("status")?,
            topic: asked.text("topic").map(slug).transpose()?,
            assignee: asked.text("assignee").map(agent_named).transpose()?,
            priority: asked.value("priority")?,
            created: asked.span("created")?,
        };
        let storage = call.storage();
        let found = call
            .run(async move { consult(&*storage, async |tx| listed(tx, &filter, page).await).await })
            .await??;
        let listed = Listed::<WorkedTicketResponse>::new(found, page, |known: &TicketAsWorkedOn| {
            known.ticket.id.as_uuid()
        });
        Ok(json(StatusCode::OK, &listed))
    })
    .await
}

pub(super) async fn get(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let known = find(call).await?;
        Ok(tagged(json(StatusCode::OK, &WorkedTicketResponse::from(&known)), &tag(&known)))
    })
    .await
}

pub(super) async fn timeline(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let TicketAsWorkedOn { ticket, .. } = find(call).await?;
        let messages = conversation(call, ticket.id).await?;
        let notifications = about_ticket(call, ticket.id).await?;
        let done = done_about(call, ticket.id).await?;
        Ok(json(StatusCode::OK, &TimelineResponse::of_ticket(&ticket, &messages, &notifications, &done)))
    })
    .await
}

/// What was written on a ticket and in its chat: the newest.
async fn conversation(call: &Call<'_>, id: TicketId) -> Result<Vec<ConversationMessage>, ApiError> {
    let (storage, page) = (call.storage(), Page::first(super::TIMELINE_MAX));
    let look = async move {
        consult(&*storage, async |tx| tx.conversation().page(Whose::Ticket(id), page).await).await
    };
    Ok(call.run(look).await??)
}

/// What staff did about a ticket: the newest.
async fn done_about(call: &Call<'_>, id: TicketId) -> Result<Vec<TicketEvent>, ApiError> {
    let (storage, page) = (call.storage(), Page::first(super::TIMELINE_MAX));
    let look = async move { consult(&*storage, async |tx| tx.ticket_work().events_of(id, page).await).await };
    Ok(call.run(look).await??)
}

async fn listed(
    tx: &mut Transaction,
    filter: &TicketFilter,
    page: Page,
) -> Result<Vec<TicketAsWorkedOn>, StorageError> {
    let tickets = tx.tickets().page(filter, page).await?;
    with_work(tx, tickets).await
}

/// By its id, or by what people call it.
pub(super) async fn find(call: &Call<'_>) -> Result<TicketAsWorkedOn, ApiError> {
    let text: String = path(call.request, "id", "ticket")?;
    let storage = call.storage();
    let found = async move { consult(&*storage, async |tx| find_named(tx, &text).await).await };
    call.run(found).await??.ok_or(ApiError::NotFound("ticket"))
}

/// What changes with a ticket: its version counts its changes.
pub(super) fn tag(known: &TicketAsWorkedOn) -> String {
    format!("\"{}\"", known.work.version)
}
