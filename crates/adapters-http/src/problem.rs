//! What everybody but a bot is told when a request fails.

use actix_web::{HttpResponse, http::StatusCode};
use domain::ids::RequestId;
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not done (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem {
    /// A path that names the kind of problem, or `about:blank` if its status says it all.
    r#type: String,
    /// The kind of problem in a few words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong with this request.
    detail: String,
    /// The request, for support and logs. Also in the header `X-Request-Id`.
    #[schema(value_type = uuid::Uuid)]
    request_id: RequestId,
    /// What is wrong field by field, where it is about fields.
    errors: Vec<FieldError>,
}

/// What is wrong with a field of a body, or a parameter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// Which one.
    pub(crate) field: String,
    /// What is wrong, in a word for programs.
    pub(crate) code: String,
    /// What is wrong, in a sentence.
    pub(crate) message: String,
}

impl Problem {
    /// A problem that is no more than its status, explained by `detail`.
    pub(crate) fn new(status: StatusCode, detail: &str, request_id: RequestId) -> Self {
        Self {
            r#type: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail: detail.to_owned(),
            request_id,
            errors: Vec::new(),
        }
    }

    /// The same, with what is wrong field by field.
    pub(crate) fn about(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    pub(crate) fn response(&self) -> HttpResponse {
        let json = serde_json::to_vec(self).expect("texts and numbers are JSON");
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        HttpResponse::build(status).content_type("application/problem+json").body(json)
    }
}

/// Answers with a problem that is no more than its status, explained by `detail`.
pub(crate) fn problem(status: StatusCode, detail: &str, request_id: RequestId) -> HttpResponse {
    Problem::new(status, detail, request_id).response()
}
