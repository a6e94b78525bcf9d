//! What is documented of the API for programs.

mod call;
mod calls;
mod samples;

use serde_json::json;
use utoipa::{
    ToSchema,
    openapi::{
        ContentBuilder, PathItem, PathsBuilder, Ref, RefOr, Response, ResponseBuilder, Schema,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use crate::{api, problem::Problem};

/// The name of the security scheme.
const SCHEME: &str = "agent";

/// Adds the calls.
pub(super) fn add(paths: PathsBuilder) -> PathsBuilder {
    let mut items: Vec<(&'static str, PathItem)> = Vec::new();
    for call in calls::all() {
        let path = call.path;
        let at = items.iter().position(|(known, _)| *known == path).unwrap_or(items.len());
        if at == items.len() {
            items.push((path, PathItem::default()));
        }
        call.add_to(&mut items[at].1);
    }
    items.into_iter().fold(paths, |paths, (path, item)| paths.path(format!("/api/v1{path}"), item))
}

pub(super) fn security() -> (&'static str, SecurityScheme) {
    let bearer = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("fds_ and 43 characters")
        .description(Some(
            "The calls under `/api/v1` take the token of a member of staff that `frontdesk token add` printed, with a \
             scope: `read`, `write` or `admin`. It may never do more than the member may: viewers read, agents write, \
             admins do everything.",
        ))
        .build();
    (SCHEME, SecurityScheme::Http(bearer))
}

/// The schemas of all bodies, each once.
pub(super) fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut all = Vec::new();
    add_schema::<Problem>(&mut all);
    add_schema::<api::UserResponse>(&mut all);
    add_schema::<api::NewUserRequest>(&mut all);
    add_schema::<api::UserPatch>(&mut all);
    add_schema::<api::MergeRequest>(&mut all);
    add_schema::<api::MergerResponse>(&mut all);
    add_schema::<api::UserExportResponse>(&mut all);
    add_schema::<api::TimelineResponse>(&mut all);
    add_schema::<api::ReceiptResponse>(&mut all);
    add_schema::<api::WorkedTicketResponse>(&mut all);
    add_schema::<api::TicketPatch>(&mut all);
    add_schema::<api::NoteRequest>(&mut all);
    add_schema::<api::NoteResponse>(&mut all);
    add_schema::<api::ReplyRequest>(&mut all);
    add_schema::<api::ReplyResponse>(&mut all);
    add_schema::<api::WithAttemptsResponse>(&mut all);
    add_schema::<api::RetryRequest>(&mut all);
    add_schema::<api::RetriedResponse>(&mut all);
    add_schema::<api::HeldCallResponse>(&mut all);
    add_schema::<api::ReleaseRequest>(&mut all);
    add_schema::<api::AuditResponse>(&mut all);
    add_schema::<api::LedgerResponse>(&mut all);
    add_schema::<api::BotWithKeyResponse>(&mut all);
    add_schema::<api::BotRequest>(&mut all);
    add_schema::<api::BotPatch>(&mut all);
    add_schema::<api::RevokeRequest>(&mut all);
    add_schema::<api::TopicResponse>(&mut all);
    add_schema::<api::TopicRequest>(&mut all);
    add_schema::<api::TopicPatch>(&mut all);
    add_schema::<api::ChannelResponse>(&mut all);
    add_schema::<api::ChannelRequest>(&mut all);
    add_schema::<api::ChannelPatch>(&mut all);
    add_schema::<api::ChannelReceiptResponse>(&mut all);
    add_schema::<api::AgentResponse>(&mut all);
    add_schema::<api::AgentRequest>(&mut all);
    add_schema::<api::AgentPatch>(&mut all);
    add_schema::<api::PreviewRequest>(&mut all);
    add_schema::<api::PreviewResponse>(&mut all);
    let mut known = Vec::new();
    all.retain(|(name, _)| {
        !known.contains(name) && {
            known.push(name.clone());
            true
        }
    });
    all
}

fn add_schema<T: ToSchema>(all: &mut Vec<(String, RefOr<Schema>)>) {
    all.push((T::name().into_owned(), T::schema()));
    T::schemas(all);
}

/// What calls that are not done have in common.
pub(super) fn shared_responses() -> Vec<(&'static str, Response)> {
    let refused = "Something is wrong with the call: 400 (no JSON), 401 (no token in force), 403 (the token may not), \
                   404, 409 (it stands where this cannot be done), 412, 413, 415, or 422 with what is wrong field by field.";
    vec![
        ("Refused", problem(refused, "the token may not do this; it needs the scope of the role admin", 403)),
        ("NotNow", problem("The database is away: see `Retry-After`.", "the database did not answer", 503)),
    ]
}

fn problem(description: &str, detail: &str, status: u16) -> Response {
    let title = if status == 403 { "Forbidden" } else { "Service Unavailable" };
    let example = json!({
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": samples::ID,
        "errors": [],
    });
    let content =
        ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).example(Some(example)).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}
