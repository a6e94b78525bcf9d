//! What happens to every request, whatever it asks for.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{ConnectionType, StatusCode},
    middleware::Next,
};
use domain::{answer::Verdict, ids::RequestId};
use tracing::Instrument;

use crate::{
    bot::{self, notice},
    headers::mark,
    hosts::asked_host,
    metrics::Kind,
    problem::problem,
    shield::{Panicked, shielded},
    state::{Shared, shared},
};

/// Gives the request its id, refuses hosts that are not ours, catches panics, counts.
pub(crate) async fn edge(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let shared = shared(request.request()).clone();
    let request_id = RequestId::from_uuid(shared.state.ids.next());
    let kind = Kind::of(request.method(), request.path());
    let is_bot = bot::is_bot_path(request.path());
    request.extensions_mut().insert(request_id);
    // Of the highest level, so that where only errors are logged they still name their request.
    let span = tracing::error_span!("http.request", %request_id);
    let answered = handle(&shared, request, next, is_bot, request_id).instrument(span).await;
    let status = match &answered {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    shared.traffic.record(kind, status, started.elapsed());
    let is_draining = shared.state.readiness.is_draining();
    answered.map(|mut response| {
        mark(response.headers_mut(), request_id, is_bot, shared.state.is_https);
        if is_draining {
            response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
        }
        response
    })
}

async fn handle(
    shared: &Shared,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    is_bot: bool,
    request_id: RequestId,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Some(refusal) = refuse_host(shared, &request, request_id) {
        return Ok(request.into_response(refusal));
    }
    match shielded(next.call(request)).await {
        Ok(answered) => answered.map(ServiceResponse::map_into_boxed_body),
        Err(panicked) => Err(apologise(shared, &panicked, is_bot, request_id)),
    }
}

/// An error, because the request that a response belongs to is lost in a panic.
fn apologise(shared: &Shared, panicked: &Panicked, is_bot: bool, request_id: RequestId) -> Error {
    tracing::error!(panic = panicked.0, "a request panicked");
    let mut response = if is_bot {
        bot::sorry(shared, request_id)
    } else {
        problem(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong here; it was logged", request_id)
    };
    mark(response.headers_mut(), request_id, is_bot, shared.state.is_https);
    InternalError::from_response("a request panicked", response).into()
}

/// Health and metrics are asked for by machines under any name.
fn refuse_host(shared: &Shared, request: &ServiceRequest, request_id: RequestId) -> Option<HttpResponse> {
    let path = request.path();
    let is_exempt = path.starts_with("/health/") || path == "/metrics";
    let host = asked_host(request.request()).unwrap_or_default();
    if is_exempt || shared.state.allowed_hosts.allow(host) {
        return None;
    }
    tracing::info!(host, "a request for a host that is not allowed; see FRONTDESK__HTTP__ALLOWED_HOSTS");
    let detail = "this server does not answer under that host name; its operator can allow it";
    Some(if bot::is_bot_path(path) {
        notice(StatusCode::MISDIRECTED_REQUEST, Verdict::Denied, detail, request_id)
    } else {
        problem(StatusCode::MISDIRECTED_REQUEST, detail, request_id)
    })
}
