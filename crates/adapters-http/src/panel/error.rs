//! Why a page cannot be shown, or an action is not done.

use std::fmt::Display;

use actix_web::http::StatusCode;
use application::{ports::StorageError, users::ImportRowsError};
use domain::agent::Role;

use super::words::Words;
use crate::state::UseCasePanicked;

/// Why a page cannot be shown, or an action is not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum PanelError {
    #[error("nobody is signed in")]
    SignedOut,
    #[error("the role {0} is needed")]
    Forbidden(Role),
    #[error("the form does not come from a page of this session")]
    Forged,
    #[error("there is nothing here")]
    NotFound,
    #[error("{field}: {message}")]
    Field { field: String, message: String },
    #[error("too many tries failed")]
    TooMany,
    #[error("somebody else changed it meanwhile")]
    Changed,
    #[error("{0}")]
    Refused(String),
    #[error("the form is too large or did not arrive whole")]
    Unread,
    #[error("storage failed")]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Panicked(#[from] UseCasePanicked),
}

impl From<ImportRowsError> for PanelError {
    fn from(error: ImportRowsError) -> Self {
        match error {
            ImportRowsError::Read(_) => Self::Unread,
            ImportRowsError::Storage(error) => Self::Storage(error),
        }
    }
}

impl PanelError {
    /// A field that cannot be taken as it is.
    pub(super) fn field(name: impl Into<String>, message: impl Display) -> Self {
        Self::Field { field: name.into(), message: message.to_string() }
    }

    /// What the state of things does not allow.
    pub(super) fn refused(reason: impl Display) -> Self {
        Self::Refused(reason.to_string())
    }

    /// Whether it is nothing that whoever asks could mend.
    pub(super) fn is_fault(&self) -> bool {
        self.status().is_server_error()
    }

    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::Forged => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Field { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused(_) | Self::Changed => StatusCode::CONFLICT,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unread => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Storage(_) | Self::Panicked(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A heading and a sentence for whoever reads the page.
    pub(super) fn words(&self, words: &'static Words) -> (&'static str, String) {
        let t = |english: &'static str| words.of(english);
        match self {
            Self::SignedOut => (t("Sign in"), t("Please sign in to see this page.").to_owned()),
            Self::Forbidden(_) => (t("Not allowed"), t("Your role does not allow this.").to_owned()),
            Self::Forged => (
                t("Not done"),
                t("The form was out of date or came from elsewhere. Please try again.").to_owned(),
            ),
            Self::NotFound => {
                (t("Not found"), t("There is nothing here. It may have been erased.").to_owned())
            }
            Self::Field { field, message } => (t("Not done"), format!("{field}: {message}")),
            Self::Refused(reason) => (t("Not done"), reason.clone()),
            Self::TooMany => (t("Not now"), t("Too many tries failed. Please wait a minute.").to_owned()),
            Self::Unread => (t("Not done"), t("The form is too large or did not arrive whole.").to_owned()),
            Self::Changed | Self::Storage(StorageError::Stale | StorageError::Conflict(_)) => {
                (t("Not done"), t("Somebody else changed this meanwhile. Please look again.").to_owned())
            }
            Self::Storage(_) | Self::Panicked(_) => {
                (t("Not now"), t("The database is not available. Please try again in a moment.").to_owned())
            }
        }
    }
}
