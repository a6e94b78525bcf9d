//! What programs call: strict REST for integrators and staff tools, with the bearer token of an agent.
//!
//! To add a call: a handler in the module of its resource, which is an [`answer`](call::answer) for the least role that
//! may call it; a line in [`routes`]; an operation in `openapi/staff.rs`. A test calls every documented operation
//! without a token and with one that may too little.

mod agents;
mod audit;
mod bots;
mod call;
mod channels;
mod error;
mod idempotency;
mod ledger;
mod notifications;
mod quarantine;
mod reading;
mod routing;
mod ticket_work;
mod tickets;
mod topics;
mod users;

use actix_web::{
    HttpRequest, HttpResponse, Resource,
    http::{
        StatusCode,
        header::{ALLOW, HeaderValue},
    },
    middleware::from_fn,
    web::{self, ServiceConfig, delete, get, patch, post},
};

pub(crate) use agents::{AgentPatch, AgentRequest, AgentResponse};
pub(crate) use audit::AuditResponse;
pub(crate) use bots::{BotPatch, BotRequest, BotResponse, BotWithKeyResponse, RevokeRequest};
pub(crate) use channels::{
    ChannelPatch, ChannelRequest, ChannelResponse, ReceiptResponse as ChannelReceiptResponse,
};
pub(crate) use idempotency::KEY as IDEMPOTENCY_KEY;
pub(crate) use ledger::LedgerResponse;
pub(crate) use notifications::{NotificationResponse, RetriedResponse, RetryRequest, WithAttemptsResponse};
pub(crate) use quarantine::{HeldCallResponse, ReleaseRequest};
pub(crate) use reading::PAGE_MAX;
pub(crate) use routing::{PreviewRequest, PreviewResponse};
pub(crate) use ticket_work::{NoteRequest, NoteResponse, ReplyRequest, ReplyResponse, TicketPatch};
pub(crate) use tickets::{TicketResponse, WorkedTicketResponse};
pub(crate) use topics::{TopicPatch, TopicRequest, TopicResponse};
pub(crate) use users::{
    MergeRequest, MergerResponse, NewUserRequest, ReceiptResponse, TimelineResponse, UserExportResponse,
    UserPatch, UserResponse,
};

use crate::{problem::problem, state::request_id};

/// The parameters of lists, beside those of a page.
pub(crate) mod filters {
    pub(crate) use super::{
        audit::FILTERS as AUDIT, notifications::FILTERS as NOTIFICATIONS, quarantine::FILTERS as QUARANTINE,
        tickets::FILTERS as TICKETS, users::FILTERS as USERS,
    };
}

/// What every path of this API begins with.
const PREFIX: &str = "/api/v1";

/// A timeline shows at most so many of the newest notifications.
const TIMELINE_MAX: u16 = 500;

pub(crate) fn routes(config: &mut ServiceConfig) {
    let api = web::scope(PREFIX)
        .configure(people)
        .configure(messages)
        .configure(settings)
        .configure(staff)
        .default_service(web::to(unknown))
        .wrap(from_fn(idempotency::once));
    config.service(api);
}

fn people(config: &mut ServiceConfig) {
    config
        .service(resource("/users", "GET, POST").route(get().to(users::list)).route(post().to(users::create)))
        .service(
            resource("/users/{id}", "GET, PATCH, DELETE")
                .route(get().to(users::get))
                .route(patch().to(users::patch))
                .route(delete().to(users::erase)),
        )
        .service(resource("/users/{id}/timeline", "GET").route(get().to(users::timeline)))
        .service(resource("/users/{id}/merge", "POST").route(post().to(users::merge)))
        .service(resource("/users/{id}/export", "GET").route(get().to(users::export)))
        .service(resource("/tickets", "GET").route(get().to(tickets::list)))
        .service(
            resource("/tickets/{id}", "GET, PATCH")
                .route(get().to(tickets::get))
                .route(patch().to(ticket_work::patch)),
        )
        .service(resource("/tickets/{id}/notes", "POST").route(post().to(ticket_work::note)))
        .service(resource("/tickets/{id}/reply", "POST").route(post().to(ticket_work::reply)))
        .service(resource("/tickets/{id}/timeline", "GET").route(get().to(tickets::timeline)));
}

fn messages(config: &mut ServiceConfig) {
    config
        .service(resource("/notifications", "GET").route(get().to(notifications::list)))
        .service(resource("/notifications/retry", "POST").route(post().to(notifications::retry_many)))
        .service(resource("/notifications/{id}", "GET").route(get().to(notifications::get)))
        .service(resource("/notifications/{id}/retry", "POST").route(post().to(notifications::retry)))
        .service(resource("/notifications/{id}/cancel", "POST").route(post().to(notifications::cancel)))
        .service(resource("/audit", "GET").route(get().to(audit::list)))
        .service(resource("/quarantine", "GET").route(get().to(quarantine::list)))
        .service(resource("/quarantine/{id}", "GET").route(get().to(quarantine::get)))
        .service(resource("/quarantine/{id}/release", "POST").route(post().to(quarantine::release)))
        .service(resource("/quarantine/{id}/discard", "POST").route(post().to(quarantine::discard)))
        .service(resource("/ledger/{day}", "GET").route(get().to(ledger::day)));
}

fn settings(config: &mut ServiceConfig) {
    config
        .service(resource("/bots", "GET, POST").route(get().to(bots::list)).route(post().to(bots::create)))
        .service(
            resource("/bots/{id}", "GET, PATCH, DELETE")
                .route(get().to(bots::get))
                .route(patch().to(bots::patch))
                .route(delete().to(bots::archive)),
        )
        .service(resource("/bots/{id}/rotate", "POST").route(post().to(bots::rotate)))
        .service(resource("/bots/{id}/revoke", "POST").route(post().to(bots::revoke)))
        .service(
            resource("/topics", "GET, POST").route(get().to(topics::list)).route(post().to(topics::create)),
        )
        .service(
            resource("/topics/{slug}", "GET, PATCH, DELETE")
                .route(get().to(topics::get))
                .route(patch().to(topics::patch))
                .route(delete().to(topics::remove)),
        )
        .service(
            resource("/channels", "GET, POST")
                .route(get().to(channels::list))
                .route(post().to(channels::create)),
        )
        .service(
            resource("/channels/{id}", "GET, PATCH, DELETE")
                .route(get().to(channels::get))
                .route(patch().to(channels::patch))
                .route(delete().to(channels::archive)),
        )
        .service(resource("/channels/{id}/pause", "POST").route(post().to(channels::pause)))
        .service(resource("/channels/{id}/resume", "POST").route(post().to(channels::resume)))
        .service(resource("/channels/{id}/test", "POST").route(post().to(channels::test)))
        .service(resource("/routing/preview", "POST").route(post().to(routing::preview)));
}

fn staff(config: &mut ServiceConfig) {
    config
        .service(
            resource("/agents", "GET, POST").route(get().to(agents::list)).route(post().to(agents::create)),
        )
        .service(
            resource("/agents/{id}", "GET, PATCH, DELETE")
                .route(get().to(agents::get))
                .route(patch().to(agents::patch))
                .route(delete().to(agents::deactivate)),
        );
}

fn resource(path: &str, methods: &'static str) -> Resource {
    let refuse = move |request: HttpRequest| std::future::ready(other_method(&request, methods));
    web::resource(path).default_service(web::to(refuse))
}

fn other_method(request: &HttpRequest, methods: &'static str) -> HttpResponse {
    let detail = format!("this path takes {methods} only");
    let mut response = problem(StatusCode::METHOD_NOT_ALLOWED, &detail, request_id(request));
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    response
}

async fn unknown(request: HttpRequest) -> HttpResponse {
    problem(StatusCode::NOT_FOUND, "there is no such call; see /api/docs", request_id(&request))
}
