//! What happened, in its order.

use application::users::{ExportedNotification, UserExport};
use domain::{
    conversation::ConversationMessage,
    notification::{Attempt, OutcomeKind},
    ticket::Ticket,
    ticket_work::TicketEvent,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// What happened, the oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = Timeline)]
pub(crate) struct TimelineResponse {
    items: Vec<EventResponse>,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
#[schema(as = TimelineEvent)]
pub(crate) struct EventResponse {
    at: Timestamp,
    /// `registered`, `identified`, `clash`, `ticket_opened`, `message`, `status`, `topic`, `priority`, `assignee`, `note`,
    /// `notification_planned` or `attempt`.
    kind: &'static str,
    /// What it was about; its members depend on the kind.
    #[schema(value_type = Object)]
    about: Value,
}

impl TimelineResponse {
    /// What happened to a user.
    pub(crate) fn of_user(export: &UserExport) -> Self {
        let user = &export.user;
        let mut items =
            vec![event(user.created_at, "registered", json!({ "user_id": user.id, "bot_id": user.bot_id }))];
        items.extend(export.identities.iter().map(|known| {
            let kind = known.identity.kind().as_str();
            event(known.created_at, "identified", json!({ "kind": kind, "value": known.identity.value() }))
        }));
        items.extend(export.clashes.iter().map(|clash| {
            let users = json!({ "user_id": clash.user_id, "other_user_id": clash.other_user_id });
            event(clash.at, "clash", users)
        }));
        items.extend(export.tickets.iter().map(opened));
        items.extend(export.messages.iter().map(written));
        items.extend(export.notifications.iter().flat_map(told));
        Self::in_order(items)
    }

    /// What happened to a ticket.
    pub(crate) fn of_ticket(
        ticket: &Ticket,
        messages: &[ConversationMessage],
        notifications: &[ExportedNotification],
        done: &[TicketEvent],
    ) -> Self {
        let mut items = vec![opened(ticket)];
        items.extend(done.iter().map(worked));
        items.extend(messages.iter().map(written));
        items.extend(notifications.iter().flat_map(told));
        Self::in_order(items)
    }

    fn in_order(mut items: Vec<EventResponse>) -> Self {
        items.sort_by_key(|event| event.at);
        Self { items }
    }
}

fn event(at: Timestamp, kind: &'static str, about: Value) -> EventResponse {
    EventResponse { at, kind, about }
}

fn opened(ticket: &Ticket) -> EventResponse {
    let about = json!({
        "ticket_id": ticket.id,
        "reference": ticket.reference.to_string(),
        "topic": ticket.topic.as_str(),
        "status": ticket.status.as_str(),
    });
    event(ticket.created_at, "ticket_opened", about)
}

fn worked(done: &TicketEvent) -> EventResponse {
    let about = json!({
        "ticket_id": done.ticket_id,
        "agent_id": done.agent_id,
        "before": done.before,
        "after": done.after,
    });
    event(done.at, done.deed.as_str(), about)
}

fn written(message: &ConversationMessage) -> EventResponse {
    let about = json!({
        "message_id": message.id,
        "author": message.author.as_str(),
        "kind": message.kind,
        "text": message.text,
        "ticket_id": message.ticket_id,
        "notification_id": message.notification_id,
    });
    event(message.sent_at, "message", about)
}

fn told(exported: &ExportedNotification) -> impl Iterator<Item = EventResponse> {
    let notification = &exported.notification;
    let id = notification.id;
    let about = json!({
        "notification_id": id,
        "purpose": notification.purpose.as_str(),
        "channel": notification.channel,
        "status": notification.status.as_str(),
        "due_at": notification.due_at.to_string(),
    });
    let planned = event(notification.created_at, "notification_planned", about);
    let tried = exported.attempts.iter().map(move |attempt: &Attempt| {
        let about = json!({
            "notification_id": id,
            "number": attempt.number,
            "outcome": attempt.outcome.map(OutcomeKind::as_str),
            "code": attempt.code,
        });
        event(attempt.opened_at, "attempt", about)
    });
    [planned].into_iter().chain(tried)
}
