//! `/api/v1/bots`

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    bots::{
        AddBot, ArchiveBot, BotChange, NewBot, RevokeBotKeys, RotateBotKey, SetBot, WhichKeys, bots_in_use,
    },
    ports::consult,
};
use domain::{
    agent::Role,
    bot::{Bot, Secret},
    ids::BotId,
    language::Language,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    call::{Call, answer, done, json},
    error::ApiError,
    idempotency::WithoutSecret,
    reading::{Listed, Nullable, body, nullable, parsed, path, read_nullable},
};

/// A calling chatbot.
#[derive(Serialize, ToSchema)]
#[schema(as = Bot)]
pub(crate) struct BotResponse {
    id: Uuid,
    name: String,
    /// The origin of users who come without one.
    default_origin: Option<String>,
    /// The language of users who did not say theirs.
    default_language: String,
    /// Where national phone numbers are from.
    default_country: Option<String>,
    /// Whether it has a key in force.
    has_key: bool,
    /// Whether the key before the last rotation is in force, too.
    has_previous_key: bool,
    created_at: Timestamp,
    /// When it was put away; `null` while it is in use.
    archived_at: Option<Timestamp>,
}

impl From<&Bot> for BotResponse {
    fn from(bot: &Bot) -> Self {
        Self {
            id: bot.id.as_uuid(),
            name: bot.name.clone(),
            default_origin: bot.default_origin.clone(),
            default_language: bot.default_language.to_string(),
            default_country: bot.default_country.as_ref().map(ToString::to_string),
            has_key: bot.keys.current.is_some(),
            has_previous_key: bot.keys.previous.is_some(),
            created_at: bot.created_at,
            archived_at: bot.archived_at,
        }
    }
}

/// A bot with its new key.
#[derive(Serialize, ToSchema)]
#[schema(as = BotWithKey)]
pub(crate) struct BotWithKeyResponse {
    bot: BotResponse,
    /// The key: it is never shown again, so that it is `null` in a response that is given again.
    key: Option<String>,
}

impl BotWithKeyResponse {
    pub(crate) fn new(bot: &Bot, key: &Secret) -> Self {
        Self { bot: BotResponse::from(bot), key: Some(key.reveal().to_owned()) }
    }

    /// Shows the key this once.
    fn shown(self, status: StatusCode) -> HttpResponse {
        let mut response = json(status, &self);
        let kept = serde_json::to_vec(&Self { key: None, ..self }).expect("what is answered is JSON");
        response.extensions_mut().insert(WithoutSecret(kept));
        response
    }
}

/// What a new bot is to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = BotRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct BotRequest {
    /// A name that no other bot has.
    name: String,
    /// The origin of users who come without one.
    default_origin: Option<String>,
    /// The language of users who did not say theirs; English if not given.
    default_language: Option<String>,
    /// Where national phone numbers are from: two letters (ISO 3166-1).
    default_country: Option<String>,
}

/// What changes of a bot: what is not given stays as it is.
#[derive(Deserialize, ToSchema)]
#[schema(as = BotPatch)]
#[serde(deny_unknown_fields)]
pub(crate) struct BotPatch {
    name: Option<String>,
    /// The origin of users who come without one; `null`: none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    default_origin: Nullable<String>,
    default_language: Option<String>,
    /// Where national phone numbers are from; `null`: they cannot be read.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    default_country: Nullable<String>,
}

/// Which keys are revoked.
#[derive(Deserialize, ToSchema)]
#[schema(as = RevokeRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevokeRequest {
    /// `all` or `previous`.
    keys: String,
}

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let storage = call.storage();
        let bots = call.run(async move { consult(&*storage, bots_in_use).await }).await??;
        Ok(json(StatusCode::OK, &Listed::all(bots.iter().map(BotResponse::from).collect())))
    })
    .await
}

pub(super) async fn get(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        Ok(json(StatusCode::OK, &BotResponse::from(&find(call).await?)))
    })
    .await
}

async fn all(call: &Call<'_>) -> Result<Vec<Bot>, ApiError> {
    let storage = call.storage();
    Ok(call.run(async move { consult(&*storage, async |tx| tx.bots().all().await).await }).await??)
}

async fn find(call: &Call<'_>) -> Result<Bot, ApiError> {
    let id: BotId = path(call.request, "id", "bot")?;
    all(call).await?.into_iter().find(|bot| bot.id == id).ok_or(ApiError::NotFound("bot"))
}

async fn named(call: &Call<'_>, name: &str) -> Result<Bot, ApiError> {
    all(call).await?.into_iter().find(|bot| bot.name == name).ok_or(ApiError::NotFound("bot"))
}

pub(super) async fn create(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let asked: BotRequest = body(&request, payload).await?;
        let new = new_bot(&asked)?;
        let state = call.state();
        let add = AddBot {
            audit: call.audit(),
            storage: call.storage(),
            clock: call.clock(),
            ids: Arc::clone(&state.ids),
            entropy: Arc::clone(&state.entropy),
        };
        let key = call.run(async move { add.execute(new).await }).await??;
        let bot = named(call, asked.name.trim()).await?;
        Ok(BotWithKeyResponse::new(&bot, &key).shown(StatusCode::CREATED))
    })
    .await
}

fn new_bot(asked: &BotRequest) -> Result<NewBot, ApiError> {
    let country = |text: &String| parsed("default_country", text);
    Ok(NewBot {
        name: asked.name.clone(),
        default_origin: asked.default_origin.clone(),
        default_language: asked.default_language.as_deref().map(language).transpose()?.unwrap_or_default(),
        default_country: asked.default_country.as_ref().map(country).transpose()?,
    })
}

fn language(text: &str) -> Result<Language, ApiError> {
    let unknown = || ApiError::invalid("default_language", "invalid", "this is no tag of a language");
    Language::parse(text).ok_or_else(unknown)
}

pub(super) async fn patch(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let asked: BotPatch = body(&request, payload).await?;
        let country = |text: String| parsed("default_country", &text);
        let change = BotChange {
            name: asked.name,
            default_origin: asked.default_origin,
            default_language: asked.default_language.as_deref().map(language).transpose()?,
            default_country: read_nullable(asked.default_country, country)?,
        };
        let (name, set) = (find(call).await?.name, SetBot { audit: call.audit(), storage: call.storage() });
        let changed = call.run(async move { set.execute(&name, change).await }).await??;
        Ok(json(StatusCode::OK, &BotResponse::from(&changed)))
    })
    .await
}

pub(super) async fn archive(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let name = find(call).await?.name;
        let entropy = Arc::clone(&call.state().entropy);
        let archive =
            ArchiveBot { audit: call.audit(), storage: call.storage(), clock: call.clock(), entropy };
        call.run(async move { archive.execute(&name).await }).await??;
        Ok(done())
    })
    .await
}

pub(super) async fn rotate(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let name = find(call).await?.name;
        let rotate = RotateBotKey {
            audit: call.audit(),
            storage: call.storage(),
            entropy: Arc::clone(&call.state().entropy),
        };
        let rotated = name.clone();
        let key = call.run(async move { rotate.execute(&rotated).await }).await??;
        Ok(BotWithKeyResponse::new(&named(call, &name).await?, &key).shown(StatusCode::OK))
    })
    .await
}

pub(super) async fn revoke(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let asked: RevokeRequest = body(&request, payload).await?;
        let which = match asked.keys.as_str() {
            "all" => WhichKeys::All,
            "previous" => WhichKeys::Previous,
            _ => return Err(ApiError::invalid("keys", "invalid", "it is all or previous")),
        };
        let (bot, revoke) =
            (find(call).await?, RevokeBotKeys { audit: call.audit(), storage: call.storage() });
        call.run(async move { revoke.execute(&bot.name, which).await }).await??;
        Ok(done())
    })
    .await
}
