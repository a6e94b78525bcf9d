//! Which path leads where.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{self, ServiceConfig},
};

use crate::{bot, docs_page, health, mail_pages, openapi, page, problem::problem, state::request_id};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .configure(bot::routes)
        .configure(health::routes)
        .configure(openapi::routes)
        .configure(docs_page::routes)
        .configure(mail_pages::routes)
        .configure(page::routes)
        .route("/", web::get().to(home))
        .default_service(web::to(not_found));
}

async fn home() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, docs_page::PATH)).finish()
}

async fn not_found(request: HttpRequest) -> HttpResponse {
    problem(StatusCode::NOT_FOUND, "there is nothing at this path; see /api/docs", request_id(&request))
}
