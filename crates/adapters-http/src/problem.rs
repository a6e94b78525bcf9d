//! What everybody but a bot is told when a request fails.

use actix_web::{HttpResponse, http::StatusCode};
use domain::ids::RequestId;
use serde::Serialize;

/// A problem (RFC 9457).
#[derive(Serialize)]
struct ProblemResponse<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    request_id: RequestId,
}

/// Answers with a problem that is no more than its status, explained by `detail`.
pub(crate) fn problem(status: StatusCode, detail: &str, request_id: RequestId) -> HttpResponse {
    let title = status.canonical_reason().unwrap_or_default();
    let body = ProblemResponse { r#type: "about:blank", title, status: status.as_u16(), detail, request_id };
    let json = serde_json::to_vec(&body).expect("texts and numbers are JSON");
    HttpResponse::build(status).content_type("application/problem+json").body(json)
}
