//! The API described by `OpenAPI` 3.1, made from the same types and sentences that answer.

mod answers;
mod fields;
mod operations;
mod samples;
mod staff;

use std::{future::ready, sync::LazyLock};

use actix_web::{
    HttpResponse,
    http::header::CACHE_CONTROL,
    web::{self, ServiceConfig},
};
use utoipa::openapi::{
    ComponentsBuilder, Info, OpenApi, OpenApiBuilder, Server, Tag,
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    tag::TagBuilder,
};

pub(crate) const PATH: &str = "/api/openapi.json";

const DESCRIPTION: &str = "\
Frontdesk is the back end behind a chatbot. A bot registers people and opens tickets; Frontdesk keeps them, \
tells the right team, and greets each person by mail.

Calls are read leniently: JSON with any or no `Content-Type`, a form, or the query string, all three merged. \
Field names ignore case, `-`, `_` and spaces. A missing, empty or unfilled value (`null`, `\"\"`, `@phone`) \
means that nothing was given. A trailing slash changes nothing.

Every call that could be decided is answered `200` with the same flat JSON; branch on `result`, and show \
`message` to the visitor. A call may safely be sent twice: people are recognised, and an equal call within a \
minute is answered again with `replayed` `true`.";

/// The document as JSON, as it is served at `/api/openapi.json`.
pub fn openapi() -> String {
    let mut json = serde_json::to_string_pretty(&document()).expect("the document is JSON");
    json.push('\n');
    json
}

/// Written for the first who asks: most servers are never asked.
static DOCUMENT: LazyLock<web::Bytes> = LazyLock::new(|| web::Bytes::from(openapi()));

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.route(PATH, web::get().to(|| ready(serve())));
}

fn serve() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .body(DOCUMENT.clone())
}

fn document() -> OpenApi {
    let mut info = Info::new("Frontdesk", env!("CARGO_PKG_VERSION"));
    info.description = Some(DESCRIPTION.to_owned());
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .tags(Some([
            tag("bot", "What a chatbot calls, with the key of its bot."),
            tag("staff", "What programs call, with the token of a member of staff."),
            tag("health", "What machines ask. Needs no key, and answers under any host name."),
        ]))
        .paths(staff::add(operations::paths()).build())
        .components(Some(components()))
        .build()
}

fn tag(name: &str, description: &str) -> Tag {
    TagBuilder::new().name(name).description(Some(description)).build()
}

fn components() -> utoipa::openapi::Components {
    let bearer = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("fd_ and 43 characters")
        .description(Some(
            "`Authorization: Bearer <key>`, with the key that `frontdesk bot add` printed. The word `Token` \
             may stand in the place of `Bearer`.",
        ))
        .build();
    let header = ApiKeyValue::with_description(
        "X-Api-Key",
        "Or `X-Api-Key: <key>`, where `Authorization` cannot be set.",
    );
    let (agent, token) = staff::security();
    ComponentsBuilder::new()
        .security_scheme("bearer", SecurityScheme::Http(bearer))
        .security_scheme("xApiKey", SecurityScheme::ApiKey(ApiKey::Header(header)))
        .security_scheme(agent, token)
        .schemas_from_iter(fields::schemas())
        .schemas_from_iter(answers::schemas())
        .schemas_from_iter(staff::schemas())
        .responses_from_iter(answers::shared_responses())
        .responses_from_iter(staff::shared_responses())
        .build()
}
