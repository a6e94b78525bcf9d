//! Everything that is stored about a user.

use application::users::UserExport;
use domain::intake::NewIdentity;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::UserResponse;
use crate::api::{
    notifications::{AttemptResponse, NotificationResponse},
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
    notifications: Vec<ExportedNotificationResponse>,
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
            notifications: notifications.collect(),
        }
    }
}
