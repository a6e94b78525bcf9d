//! What bots call. Written for chatbot builders, who have no code: the same flat JSON in every answer.

mod access;
mod answer_body;
mod body;
mod calls;
mod hook;
mod limits;
mod lookups;
mod refusal;
mod respond;
mod topics;

use std::future::ready;

use actix_web::{
    HttpRequest, HttpResponse, Resource,
    http::{
        StatusCode,
        header::{ALLOW, HeaderValue},
    },
    web::{self, ServiceConfig},
};
use domain::answer::Verdict;

pub(crate) use answer_body::{BotAnswerResponse, notice};
pub(crate) use limits::BotLimits;
pub(crate) use respond::sorry;
pub(crate) use topics::TopicsResponse;

use crate::state::request_id;

/// What every path of this API begins with.
const PREFIX: &str = "/bot/v1";

/// After so many seconds a call that could not be stored may come again.
const RETRY_AFTER_SECS: i64 = 5;

pub(crate) fn routes(config: &mut ServiceConfig) {
    let users = resource("/users", "GET, POST")
        .route(web::post().to(calls::users))
        .route(web::get().to(lookups::users));
    let tickets = resource("/tickets", "GET, POST")
        .route(web::post().to(calls::tickets))
        // An empty field in the place of the reference.
        .route(web::get().to(lookups::ticket));
    let ticket = resource("/tickets/{reference}", "GET").route(web::get().to(lookups::ticket));
    let topics = resource("/topics", "GET").route(web::get().to(topics::topics));
    let messages = resource("/messages/{hook}", "POST").route(web::post().to(hook::deliver));
    let bot_api = web::scope(PREFIX).service(users).service(tickets).service(ticket).service(topics);
    config.service(bot_api.service(messages).default_service(web::to(unknown_call)));
}

fn resource(path: &str, methods: &'static str) -> Resource {
    web::resource(path)
        .default_service(web::to(move |request: HttpRequest| ready(method_not_allowed(&request, methods))))
}

/// Whether answers under `path` are flat.
pub(crate) fn is_bot_path(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

async fn unknown_call(request: HttpRequest) -> HttpResponse {
    let message = "There is no such call. The calls that exist are described at /api/docs.";
    notice(StatusCode::NOT_FOUND, Verdict::Invalid, message, request_id(&request))
}

fn method_not_allowed(request: &HttpRequest, methods: &'static str) -> HttpResponse {
    let message = format!("This path is called with {}.", methods.replace(", ", " or "));
    let mut response =
        notice(StatusCode::METHOD_NOT_ALLOWED, Verdict::Invalid, &message, request_id(request));
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    response
}
