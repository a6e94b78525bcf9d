//! `/api/v1/routing/preview`

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::{Wording, consult},
    routing::{MatchedPerson, MatchedTopic, PlannedNotification, RoutingPreview},
};
use domain::{
    agent::Role,
    bot::Bot,
    bot_call::{Field, Reading},
    identity::IdentityKind,
    ids::UserId,
    intake::{CallPath, RawCall},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    call::{Call, answer, json},
    error::ApiError,
    idempotency::NotKept,
    reading::{body, parsed},
};

/// A call as a bot would send it.
#[derive(Deserialize, ToSchema)]
#[schema(as = PreviewRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewRequest {
    /// The name of the bot.
    bot: String,
    /// Where it would be sent: `tickets` or `users`; `tickets` unless given.
    path: Option<String>,
    /// The query string.
    #[serde(default)]
    query: String,
    /// The body: JSON, or a text that is read as it is.
    #[serde(default)]
    #[schema(value_type = Object)]
    body: Value,
}

/// What would become of a call.
#[derive(Serialize, ToSchema)]
#[schema(as = RoutingPreview)]
pub(crate) struct PreviewResponse {
    /// Each name and value, and what it was read as. Empty when the body cannot be read at all.
    readings: Vec<ReadingResponse>,
    /// What the bot would be answered: `ok` or `invalid`.
    result: &'static str,
    /// Why the call would not be taken.
    refused: Option<RefusedResponse>,
    /// Whom it would be taken for; `null` if it names nobody or is not taken.
    person: Option<MatchedPersonResponse>,
    /// What the ticket would be about; `null` if it opens none.
    topic: Option<MatchedTopicResponse>,
    /// What would be kept in `fields`.
    #[schema(value_type = Object)]
    extra: Value,
    /// What would be sent.
    notifications: Vec<PlannedResponse>,
}

/// One name and value of a call, and what became of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Reading)]
struct ReadingResponse {
    name: String,
    given: String,
    /// The field that the name means.
    field: Option<&'static str>,
    /// `taken`, `cut`, `unreadable`, `kept` or `not_given`.
    fate: &'static str,
    read_as: Option<String>,
}

/// Why a call would not be taken.
#[derive(Serialize, ToSchema)]
#[schema(as = Refusal)]
struct RefusedResponse {
    /// What must be asked again.
    field: Option<&'static str>,
    code: &'static str,
}

/// The person of a call.
#[derive(Serialize, ToSchema)]
#[schema(as = MatchedPerson)]
struct MatchedPersonResponse {
    /// The user who it is; `null` if it would be a new one.
    user_id: Option<Uuid>,
    /// The name that would be stored then.
    name: Option<String>,
    /// By which kind of identity the user is known.
    matched_by: Option<&'static str>,
    /// Which identities of the call are another user's.
    clashes: Vec<&'static str>,
}

/// The topic of a call.
#[derive(Serialize, ToSchema)]
#[schema(as = MatchedTopic)]
struct MatchedTopicResponse {
    slug: String,
    title: String,
    /// What the bot asked for.
    asked: Option<String>,
    /// `slug`, `title`, `alias` or `default`.
    matched_by: &'static str,
}

/// A notification that would be planned.
#[derive(Serialize, ToSchema)]
#[schema(as = PlannedNotification)]
struct PlannedResponse {
    purpose: &'static str,
    /// The name of the channel.
    channel: String,
    kind: &'static str,
    /// Where the channel leads.
    target: String,
    /// Whether the environment variable that the target names has a value; `null` where it names none.
    is_secret_set: Option<bool>,
    paused_at: Option<Timestamp>,
    quiet_hours: Option<String>,
    /// The name of the channel that is told when this one fails for good.
    fallback: Option<String>,
    due_at: Timestamp,
    /// When it would go out: later than due in quiet hours. A paused channel waits longer.
    goes_out_at: Timestamp,
    /// What it would say, where that can be told beforehand.
    wording: Option<WordingResponse>,
    /// Why that cannot be told.
    problem: Option<String>,
}

/// What a message would say.
#[derive(Serialize, ToSchema)]
#[schema(as = Wording)]
struct WordingResponse {
    subject: Option<String>,
    text: String,
    /// Whether mail to the team would stand in for the channel.
    mimicked: bool,
}

impl From<RoutingPreview> for PreviewResponse {
    fn from(shown: RoutingPreview) -> Self {
        Self {
            readings: shown.readings.into_iter().map(ReadingResponse::from).collect(),
            result: shown.result.as_str(),
            refused: shown.refused.map(|refused| RefusedResponse {
                field: refused.field.map(Field::as_str),
                code: refused.code.as_str(),
            }),
            person: shown.person.map(MatchedPersonResponse::from),
            topic: shown.topic.map(MatchedTopicResponse::from),
            extra: shown.extra.into(),
            notifications: shown.notifications.into_iter().map(PlannedResponse::from).collect(),
        }
    }
}

impl From<Reading> for ReadingResponse {
    fn from(Reading { name, given, field, fate, read_as }: Reading) -> Self {
        Self { name, given, field: field.map(Field::as_str), fate: fate.as_str(), read_as }
    }
}

impl From<MatchedPerson> for MatchedPersonResponse {
    fn from(person: MatchedPerson) -> Self {
        Self {
            user_id: person.user_id.map(UserId::as_uuid),
            name: person.name,
            matched_by: person.matched_by.map(IdentityKind::as_str),
            clashes: person.clashes.iter().map(|kind| kind.as_str()).collect(),
        }
    }
}

impl From<MatchedTopic> for MatchedTopicResponse {
    fn from(MatchedTopic { slug, title, asked, matched_by }: MatchedTopic) -> Self {
        Self { slug, title, asked, matched_by: matched_by.as_str() }
    }
}

impl From<PlannedNotification> for PlannedResponse {
    fn from(planned: PlannedNotification) -> Self {
        Self {
            purpose: planned.purpose.as_str(),
            channel: planned.channel,
            kind: planned.kind.as_str(),
            target: planned.target,
            is_secret_set: planned.is_secret_set,
            paused_at: planned.paused_at,
            quiet_hours: planned.quiet_hours,
            fallback: planned.fallback,
            due_at: planned.due_at,
            goes_out_at: planned.goes_out_at,
            wording: planned.wording.map(WordingResponse::from),
            problem: planned.problem,
        }
    }
}

impl From<Wording> for WordingResponse {
    fn from(Wording { subject, text, mimicked, .. }: Wording) -> Self {
        Self { subject, text, mimicked }
    }
}

pub(super) async fn preview(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let asked: PreviewRequest = body(&request, payload).await?;
        let bot = bot_named(call, asked.bot).await?;
        let path = match asked.path.as_deref().map(|text| parsed("path", text)).transpose()? {
            Some(CallPath::Messages) => {
                return Err(ApiError::invalid("path", "invalid", "it is tickets or users"));
            }
            path => path.unwrap_or(CallPath::Tickets),
        };
        let raw = RawCall { query: asked.query, body: raw(&asked.body) };
        let preview = call.state().preview_routing.clone();
        let shown = call.run(async move { preview.execute(&bot, path, raw).await }).await??;
        let mut response = json(StatusCode::OK, &PreviewResponse::from(shown));
        response.extensions_mut().insert(NotKept);
        Ok(response)
    })
    .await
}

/// The bot that a body names.
pub(super) async fn bot_named(call: &Call<'_>, name: String) -> Result<Bot, ApiError> {
    let storage = call.storage();
    let found = call.run(async move { consult(&*storage, async |tx| tx.bots().by_name(&name).await).await });
    found.await??.ok_or_else(|| ApiError::invalid("bot", "unknown", "there is no bot of this name"))
}

/// What a bot would have sent.
fn raw(body: &Value) -> Vec<u8> {
    match body {
        Value::Null => Vec::new(),
        Value::String(text) => text.clone().into_bytes(),
        json => serde_json::to_vec(json).expect("JSON is JSON"),
    }
}
