//! Which path leads where.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{self, ServiceConfig},
};

use crate::{api, bot, docs_page, health, openapi, page, panel, problem::problem, state::request_id};

/// What a process has that takes calls.
pub(crate) fn everything(config: &mut ServiceConfig) {
    config
        .configure(bot::routes)
        .configure(api::routes)
        .configure(health::routes)
        .configure(openapi::routes)
        .configure(docs_page::routes)
        .configure(page::routes)
        .configure(panel::routes)
        .route("/", web::get().to(home))
        .default_service(web::to(not_found));
}

/// What a process has that delivers only.
pub(crate) fn health_only(config: &mut ServiceConfig) {
    config.configure(health::routes).default_service(web::to(not_here));
}

async fn home() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, panel::PATH)).finish()
}

async fn not_found(request: HttpRequest) -> HttpResponse {
    if panel::has(request.path()) {
        return panel::not_found(&request).await;
    }
    problem(StatusCode::NOT_FOUND, "there is nothing at this path; see /api/docs", request_id(&request))
}

async fn not_here(request: HttpRequest) -> HttpResponse {
    let detail = "this process delivers notifications; it has /health/live, /health/ready and /metrics only";
    problem(StatusCode::NOT_FOUND, detail, request_id(&request))
}
