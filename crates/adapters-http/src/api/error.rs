//! Why a call of a program is not done.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use application::{
    bots::BotError,
    delivery::InterveneError,
    ports::{PasswordHashError, StorageError},
    quarantine::QuarantineError,
    routing::RoutingError,
};
use domain::{agent::Role, ids::RequestId};

use crate::{
    problem::{FieldError, Problem},
    sign_in::TooManyFailures,
    state::UseCasePanicked,
};

/// After so many seconds a call that found no database may come again.
const RETRY_AFTER_SECS: i64 = 5;

/// Why a call of a program is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("a bearer token that is in force is needed; `frontdesk token add` makes one")]
    Unauthorized,
    #[error("too many wrong tokens came from this address")]
    TooManyFailures(TooManyFailures),
    #[error("the token may not do this; it needs the scope of the role {0}")]
    Forbidden(Role),
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("{0}")]
    Conflict(String),
    #[error("it was changed since you looked: get it again")]
    PreconditionFailed,
    #[error("the body must be JSON, with the content type application/json")]
    MediaType,
    #[error("the body is larger than 64 KiB")]
    BodyTooLarge,
    #[error("the body did not arrive whole and in time")]
    BodyIncomplete,
    #[error("the body is no JSON: {0}")]
    NoJson(String),
    #[error("some values cannot be taken")]
    Invalid(Vec<FieldError>),
    #[error("the database did not answer")]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Hash(PasswordHashError),
    #[error(transparent)]
    Panicked(#[from] UseCasePanicked),
}

impl ApiError {
    /// One value cannot be taken.
    pub(crate) fn invalid(field: &str, code: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.to_owned(),
            code: code.to_owned(),
            message: message.into(),
        }])
    }

    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::TooManyFailures(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyIncomplete => StatusCode::REQUEST_TIMEOUT,
            Self::NoJson(_) => StatusCode::BAD_REQUEST,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Storage(_) | Self::Hash(_) | Self::Panicked(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(crate) fn response(&self, request_id: RequestId) -> HttpResponse {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(
                error = self as &dyn std::error::Error,
                "a call of a program could not be answered"
            );
        } else {
            tracing::debug!(reason = %self, "a call of a program was refused");
        }
        let problem = Problem::new(status, &self.to_string(), request_id);
        let mut response = match self {
            Self::Invalid(errors) => problem.about(errors.clone()),
            _ => problem,
        }
        .response();
        match self {
            Self::Unauthorized => {
                let challenge = HeaderValue::from_static("Bearer realm=\"Frontdesk\"");
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
            Self::TooManyFailures(failures) => {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(failures.whole_secs()));
            }
            Self::Storage(_) | Self::Hash(_) | Self::Panicked(_) => {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECS));
            }
            _ => {}
        }
        response
    }
}

impl From<TooManyFailures> for ApiError {
    fn from(failures: TooManyFailures) -> Self {
        Self::TooManyFailures(failures)
    }
}

impl From<InterveneError> for ApiError {
    fn from(error: InterveneError) -> Self {
        match error {
            InterveneError::Unknown(_) => Self::NotFound("notification"),
            InterveneError::Standing(_) => Self::Conflict(error.to_string()),
            InterveneError::Storage(error) => error.into(),
        }
    }
}

impl From<QuarantineError> for ApiError {
    fn from(error: QuarantineError) -> Self {
        match error {
            QuarantineError::Unknown(_) => Self::NotFound("call in quarantine"),
            QuarantineError::NotHeld(_) | QuarantineError::BotGone => Self::Conflict(error.to_string()),
            QuarantineError::StillInvalid(field) => {
                let field = field.map_or("fields", |field| field.as_str());
                Self::invalid(field, "still_invalid", error.to_string())
            }
            QuarantineError::Storage(error) => error.into(),
        }
    }
}

impl From<BotError> for ApiError {
    fn from(error: BotError) -> Self {
        match error {
            BotError::Name => Self::invalid("name", "invalid", error.to_string()),
            BotError::NameTaken(_) | BotError::NoKey(_) => Self::Conflict(error.to_string()),
            BotError::Unknown(_) => Self::NotFound("bot"),
            BotError::Storage(error) => error.into(),
        }
    }
}

impl From<RoutingError> for ApiError {
    fn from(error: RoutingError) -> Self {
        match error {
            RoutingError::Name => Self::invalid("name", "invalid", error.to_string()),
            RoutingError::NameTaken(..)
            | RoutingError::DefaultTopic(_)
            | RoutingError::OwnChannel(_)
            | RoutingError::ChannelInUse(..) => Self::Conflict(error.to_string()),
            RoutingError::Changed => Self::PreconditionFailed,
            RoutingError::Unknown("topic", _) => Self::NotFound("topic"),
            RoutingError::Unknown(..) | RoutingError::NoChannel | RoutingError::PersonChannel => {
                Self::invalid("channels", "invalid", error.to_string())
            }
            RoutingError::Fallback(..) => Self::invalid("fallback", "invalid", error.to_string()),
            RoutingError::Storage(error) => error.into(),
        }
    }
}
