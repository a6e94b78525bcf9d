//! What happened on a ticket, in its order.

use std::collections::HashMap;

use domain::{
    conversation::{Author, ConversationMessage},
    ids::NotificationId,
    notification::{Notification, NotificationStatus, Purpose},
    ticket::Ticket,
};
use jiff::Timestamp;
use serde::Serialize;

/// Something that happened.
#[derive(Serialize)]
pub struct Event {
    pub at: Timestamp,
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum What {
    /// The person asked for help.
    Opened { text: String },
    /// Somebody wrote.
    Message {
        author: Author,
        kind: String,
        text: String,
        /// How a reply is delivered, and how far that is.
        delivery: Option<DeliveryRecord>,
    },
    /// A team was told.
    Notification { purpose: Purpose, delivery: DeliveryRecord },
}

/// How something is delivered, and how far that is.
#[derive(Serialize)]
pub struct DeliveryRecord {
    pub id: NotificationId,
    pub channel: String,
    pub status: NotificationStatus,
}

impl From<&Notification> for DeliveryRecord {
    fn from(notification: &Notification) -> Self {
        let Notification { id, channel, status, .. } = notification;
        Self { id: *id, channel: channel.clone(), status: *status }
    }
}

/// Puts a ticket, its conversation and its notifications (both newest first) in order.
pub fn timeline(
    ticket: &Ticket,
    messages: Vec<ConversationMessage>,
    notifications: &[Notification],
) -> Vec<Event> {
    let by_id: HashMap<_, _> = notifications.iter().map(|one| (one.id, one)).collect();
    let opened = Event { at: ticket.created_at, what: What::Opened { text: ticket.description.clone() } };
    let said = messages.into_iter().rev().map(|message| {
        let delivery = message.notification_id.and_then(|id| by_id.get(&id));
        let delivery = delivery.map(|notification| DeliveryRecord::from(*notification));
        let ConversationMessage { author, kind, text, sent_at, .. } = message;
        Event { at: sent_at, what: What::Message { author, kind, text, delivery } }
    });
    let told = notifications.iter().rev().filter(|one| one.purpose != Purpose::Reply).map(|one| Event {
        at: one.due_at,
        what: What::Notification { purpose: one.purpose, delivery: one.into() },
    });
    let mut events: Vec<_> = std::iter::once(opened).chain(said).chain(told).collect();
    events.sort_by_key(|event| event.at);
    events
}
