//! `/api/v1/notifications`

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    delivery::{CancelNotification, RetryNotification, RetryNotifications},
    ports::{NotificationFilter, Page, consult},
    users::{ExportedNotification, with_attempts},
};
use domain::{
    agent::Role,
    ids::{ChannelId, NotificationId, TicketId, UserId},
    notification::{Attempt, Notification, OutcomeKind},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    call::{Call, answer, done, json},
    error::ApiError,
    reading::{Listed, Parameters, body, parsed, path},
};

/// One message to one target over one channel.
#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
pub(crate) struct NotificationResponse {
    id: Uuid,
    /// What it says.
    purpose: &'static str,
    /// The name of its channel.
    channel: String,
    channel_id: Uuid,
    /// How the channel reaches its target.
    kind: &'static str,
    user_id: Option<Uuid>,
    ticket_id: Option<Uuid>,
    /// The call that made it.
    request_id: Uuid,
    /// `scheduled`, `queued`, `sending`, `sent`, `retrying`, `failed`, `unknown` or `cancelled`.
    status: &'static str,
    due_at: Timestamp,
    /// How many attempts were closed.
    attempts: u16,
    /// Whether an earlier attempt may have reached its target.
    possible_duplicate: bool,
    /// The notification that failed for good and that this one is sent instead of, over the fallback channel.
    instead_of: Option<Uuid>,
    created_at: Timestamp,
}

impl From<&Notification> for NotificationResponse {
    fn from(notification: &Notification) -> Self {
        Self {
            id: notification.id.as_uuid(),
            purpose: notification.purpose.as_str(),
            channel: notification.channel.clone(),
            channel_id: notification.channel_id.as_uuid(),
            kind: notification.kind.as_str(),
            user_id: notification.user_id.map(UserId::as_uuid),
            ticket_id: notification.ticket_id.map(TicketId::as_uuid),
            request_id: notification.request_id.as_uuid(),
            status: notification.status.as_str(),
            due_at: notification.due_at,
            attempts: notification.attempts,
            possible_duplicate: notification.possible_duplicate,
            instead_of: notification.instead_of.map(NotificationId::as_uuid),
            created_at: notification.created_at,
        }
    }
}

/// One try to deliver a notification.
#[derive(Serialize, ToSchema)]
#[schema(as = Attempt)]
pub(crate) struct AttemptResponse {
    /// Counts from 1.
    number: u16,
    opened_at: Timestamp,
    closed_at: Option<Timestamp>,
    /// `sent`, `temporary`, `permanent` or `unknown`; `null` while it is open.
    outcome: Option<&'static str>,
    /// An SMTP reply code or an HTTP status.
    code: Option<u16>,
    /// The receiving side's words, capped, secrets masked.
    answer: Option<String>,
    /// The receiving side's id for the message.
    provider_id: Option<String>,
    /// From the first byte to the answer, in microseconds.
    elapsed_us: Option<u64>,
    /// Whether mail stood in for the channel.
    mimicked: bool,
}

impl From<&Attempt> for AttemptResponse {
    fn from(attempt: &Attempt) -> Self {
        Self {
            number: attempt.number,
            opened_at: attempt.opened_at,
            closed_at: attempt.closed_at,
            outcome: attempt.outcome.map(OutcomeKind::as_str),
            code: attempt.code,
            answer: attempt.answer.clone(),
            provider_id: attempt.provider_id.clone(),
            elapsed_us: attempt.elapsed_us,
            mimicked: attempt.mimicked,
        }
    }
}

/// A notification with its attempts, the oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationWithAttempts)]
pub(crate) struct WithAttemptsResponse {
    notification: NotificationResponse,
    attempts: Vec<AttemptResponse>,
}

impl WithAttemptsResponse {
    pub(crate) fn new(notification: &Notification, attempts: &[Attempt]) -> Self {
        Self {
            notification: NotificationResponse::from(notification),
            attempts: attempts.iter().map(AttemptResponse::from).collect(),
        }
    }
}

/// Which notifications are to be tried again.
#[derive(Deserialize, ToSchema)]
#[schema(as = RetryRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetryRequest {
    /// `failed`, `unknown` or `cancelled`.
    status: String,
    /// Only those over this channel.
    channel: Option<Uuid>,
    /// Only those about this ticket.
    ticket: Option<Uuid>,
    /// Only those about this user.
    user: Option<Uuid>,
}

/// How many notifications are due again.
#[derive(Serialize, ToSchema)]
#[schema(as = RetryAnswer)]
pub(crate) struct RetriedResponse {
    pub(crate) retried: usize,
}

/// The parameters of the list.
pub(crate) const FILTERS: &[&str] = &["status", "channel", "ticket", "user", "due_after", "due_before"];

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let asked = Parameters::read(&request, FILTERS)?;
        let page = asked.page()?;
        let filter = NotificationFilter {
            status: asked.value("status")?,
            channel_id: asked.value("channel")?,
            ticket_id: asked.value("ticket")?,
            user_id: asked.value("user")?,
            due: asked.span("due")?,
        };
        let storage = call.storage();
        let found =
            call.run(async move {
                consult(&*storage, async |tx| tx.notifications().page(filter, page).await).await
            })
            .await??;
        let id = |notification: &Notification| notification.id.as_uuid();
        Ok(json(StatusCode::OK, &Listed::<NotificationResponse>::new(found, page, id)))
    })
    .await
}

pub(super) async fn get(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let (id, storage) = (notification_id(call)?, call.storage());
        let look = async move {
            consult(&*storage, async |tx| {
                Ok((tx.notifications().find(id).await?, tx.notifications().attempts(id).await?))
            })
            .await
        };
        let (found, attempts) = call.run(look).await??;
        let found = found.ok_or(ApiError::NotFound("notification"))?;
        Ok(json(StatusCode::OK, &WithAttemptsResponse::new(&found, &attempts)))
    })
    .await
}

fn notification_id(call: &Call<'_>) -> Result<NotificationId, ApiError> {
    path(call.request, "id", "notification")
}

pub(super) async fn retry(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Agent, async |call| {
        let (id, retry) = (notification_id(call)?, retrying(call));
        call.run(async move { retry.execute(id).await }).await??;
        Ok(done())
    })
    .await
}

fn retrying(call: &Call<'_>) -> RetryNotification {
    let queue = Arc::clone(&call.state().take_calls.queue);
    RetryNotification { audit: call.audit(), storage: call.storage(), queue, clock: call.clock() }
}

fn many(call: &Call<'_>) -> RetryNotifications {
    let queue = Arc::clone(&call.state().take_calls.queue);
    RetryNotifications { audit: call.audit(), storage: call.storage(), queue, clock: call.clock() }
}

pub(super) async fn cancel(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Agent, async |call| {
        let (id, cancel) =
            (notification_id(call)?, CancelNotification { audit: call.audit(), storage: call.storage() });
        call.run(async move { cancel.execute(id).await }).await??;
        Ok(done())
    })
    .await
}

pub(super) async fn retry_many(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Agent, async |call| {
        let asked: RetryRequest = body(&request, payload).await?;
        let filter = NotificationFilter {
            status: Some(parsed("status", &asked.status)?),
            channel_id: asked.channel.map(ChannelId::from_uuid),
            ticket_id: asked.ticket.map(TicketId::from_uuid),
            user_id: asked.user.map(UserId::from_uuid),
            ..NotificationFilter::default()
        };
        let retry = many(call);
        let retried = call.run(async move { retry.execute(filter).await }).await??;
        Ok(json(StatusCode::OK, &RetriedResponse { retried }))
    })
    .await
}

/// The notifications about a ticket, with their attempts.
pub(super) async fn about_ticket(
    call: &Call<'_>,
    ticket: TicketId,
) -> Result<Vec<ExportedNotification>, ApiError> {
    let filter = NotificationFilter { ticket_id: Some(ticket), ..NotificationFilter::default() };
    let storage = call.storage();
    let look = async move {
        consult(&*storage, async |tx| {
            let about = tx.notifications().page(filter, Page::first(super::TIMELINE_MAX)).await?;
            with_attempts(tx, about).await
        })
        .await
    };
    Ok(call.run(look).await??)
}
