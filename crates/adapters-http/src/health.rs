//! Whether the process lives, can do its job, and what it counted.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, ServiceConfig},
};
use serde::Serialize;

use crate::state::shared;

/// Whether this process can do its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadinessLevel {
    /// All is well.
    Ready,
    /// It can, but something that is not its job is amiss.
    Degraded,
    /// It cannot: it starts, drains, or misses the database.
    Unavailable,
}

/// The level, and what is amiss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadinessStatus {
    /// Whether this process can do its job.
    pub level: ReadinessLevel,
    /// One sentence for each thing that is amiss. Everybody can read them.
    pub reasons: Vec<String>,
}

/// Knows whether this process can do its job.
pub trait Readiness: Send + Sync {
    /// Answers at once, from what is known.
    fn status(&self) -> ReadinessStatus;

    /// Whether this process will soon take no connections any more: answers then ask clients to come over a new one,
    /// which leads to another process. Answers at once.
    fn is_draining(&self) -> bool;
}

#[derive(Serialize)]
struct LiveResponse {
    status: &'static str,
}

#[derive(Serialize)]
struct ReadyResponse {
    status: &'static str,
    reasons: Vec<String>,
}

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/health/live").route(web::get().to(live)).route(web::head().to(live)))
        .service(web::resource("/health/ready").route(web::get().to(ready)).route(web::head().to(ready)))
        .service(web::resource("/metrics").route(web::get().to(metrics)));
}

/// Depends on nothing: a restart would mend nothing else.
async fn live() -> HttpResponse {
    HttpResponse::Ok().json(LiveResponse { status: "live" })
}

async fn ready(request: HttpRequest) -> HttpResponse {
    let ReadinessStatus { level, reasons } = shared(&request).state.readiness.status();
    let (mut response, status) = match level {
        ReadinessLevel::Ready => (HttpResponse::Ok(), "ready"),
        ReadinessLevel::Degraded => (HttpResponse::Ok(), "degraded"),
        ReadinessLevel::Unavailable => (HttpResponse::ServiceUnavailable(), "unavailable"),
    };
    response.json(ReadyResponse { status, reasons })
}

async fn metrics(request: HttpRequest) -> HttpResponse {
    let text = (shared(&request).state.metrics)();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
}
