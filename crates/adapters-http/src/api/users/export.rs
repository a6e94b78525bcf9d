//! Everything that is stored about a user.

use application::users::UserExport;
use domain::{conversation::ConversationMessage, intake::NewIdentity};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::UserResponse;
use crate::api::{
    notifications::{AttemptResponse, NotificationResponse},
    quarantine::HeldCallResponse,
    ticket_work::NoteResponse,
    tickets::TicketResponse,
};

/// Everything that is stored about a user.
#[derive(Serialize, ToSchema)]
#[schema(as = UserExport)]
pub(crate) struct UserExportResponse {
    user: UserResponse,
    identities: Vec<IdentityResponse>,
    /// The newest first.
    tickets: Vec<TicketResponse>,
    /// The newest first.
    messages: Vec<MessageResponse>,
    /// The newest first.
    notifications: Vec<ExportedNotificationResponse>,
    /// What members of staff wrote about its tickets, and the person never saw.
    notes: Vec<NoteResponse>,
    /// Calls in quarantine that name it, also those that were released or discarded.
    quarantined: Vec<HeldCallResponse>,
}

/// One message of a conversation.
#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
pub(crate) struct MessageResponse {
    /// Who wrote it.
    author: &'static str,
    /// What Landbot calls messages like this: `text`, `image` and so on.
    kind: String,
    /// What it says; of a picture its address.
    text: String,
    sent_at: Timestamp,
}

/// One way in which a user is known.
#[derive(Serialize, ToSchema)]
#[schema(as = Identity)]
pub(crate) struct IdentityResponse {
    kind: String,
    value: String,
    created_at: Timestamp,
}

/// A notification with its attempts.
#[derive(Serialize, ToSchema)]
#[schema(as = ExportedNotification)]
pub(crate) struct ExportedNotificationResponse {
    notification: NotificationResponse,
    attempts: Vec<AttemptResponse>,
    /// The whole mail (RFC 5322), if it was captured instead of sent.
    captured_mail: Option<String>,
}

impl From<&NewIdentity> for IdentityResponse {
    fn from(known: &NewIdentity) -> Self {
        Self {
            kind: known.identity.kind().to_string(),
            value: known.identity.value(),
            created_at: known.created_at,
        }
    }
}

impl From<&ConversationMessage> for MessageResponse {
    fn from(message: &ConversationMessage) -> Self {
        Self {
            author: message.author.as_str(),
            kind: message.kind.clone(),
            text: message.text.clone(),
            sent_at: message.sent_at,
        }
    }
}

impl From<&UserExport> for UserExportResponse {
    fn from(export: &UserExport) -> Self {
        let notifications = export.notifications.iter().map(|exported| ExportedNotificationResponse {
            notification: NotificationResponse::from(&exported.notification),
            attempts: exported.attempts.iter().map(AttemptResponse::from).collect(),
            captured_mail: exported
                .captured_mail
                .as_ref()
                .map(|mail| String::from_utf8_lossy(&mail.message).into_owned()),
        });
        Self {
            user: UserResponse::from(&export.user),
            identities: export.identities.iter().map(IdentityResponse::from).collect(),
            tickets: export.tickets.iter().map(TicketResponse::from).collect(),
            messages: export.messages.iter().map(MessageResponse::from).collect(),
            notifications: notifications.collect(),
            notes: export.notes.iter().map(NoteResponse::from).collect(),
            quarantined: export.quarantined.iter().map(HeldCallResponse::from).collect(),
        }
    }
}
