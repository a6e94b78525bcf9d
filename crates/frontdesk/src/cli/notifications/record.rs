//! A notification as it is printed.

use domain::{
    channel::ChannelKind,
    ids::{NotificationId, RequestId, TicketId, UserId},
    notification::{Notification, NotificationStatus, Purpose},
};
use jiff::Timestamp;
use serde::Serialize;

/// A notification.
#[derive(Serialize)]
pub struct NotificationRecord {
    pub id: NotificationId,
    pub purpose: Purpose,
    pub channel: String,
    pub kind: ChannelKind,
    pub instead_of: Option<NotificationId>,
    pub status: NotificationStatus,
    pub due_at: Timestamp,
    pub attempt_count: u16,
    pub possible_duplicate: bool,
    pub user_id: Option<UserId>,
    pub ticket_id: Option<TicketId>,
    pub request_id: RequestId,
    pub created_at: Timestamp,
}

impl From<Notification> for NotificationRecord {
    fn from(notification: Notification) -> Self {
        Self {
            id: notification.id,
            purpose: notification.purpose,
            channel: notification.channel,
            kind: notification.kind,
            instead_of: notification.instead_of,
            status: notification.status,
            due_at: notification.due_at,
            attempt_count: notification.attempts,
            possible_duplicate: notification.possible_duplicate,
            user_id: notification.user_id,
            ticket_id: notification.ticket_id,
            request_id: notification.request_id,
            created_at: notification.created_at,
        }
    }
}
