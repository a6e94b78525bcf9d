//! `/api/v1/channels`

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::{Receipt, consult},
    routing::{AddChannel, ArchiveChannel, ChannelChange, PauseChannel, SetChannel, TestChannelError},
};
use domain::{
    agent::Role,
    channel::{Channel, ChannelKind, Target},
    ids::ChannelId,
    notification::OutcomeKind,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    call::{Call, answer, done, json},
    error::ApiError,
    reading::{Listed, Nullable, body, nullable, parsed, path, read_nullable},
};

/// A place where a team or a person is told.
#[derive(Serialize, ToSchema)]
#[schema(as = Channel)]
pub(crate) struct ChannelResponse {
    id: Uuid,
    name: String,
    /// How it reaches its target.
    kind: &'static str,
    /// Where it leads: `team`, `person`, `env:NAME` or an address.
    target: String,
    /// The least time between two messages, in milliseconds.
    interval_ms: Option<i128>,
    /// Since when nothing is sent; `null` while it works.
    paused_at: Option<Timestamp>,
    /// The channel that is told instead of this one when it failed for good.
    fallback_id: Option<Uuid>,
    /// When nothing is sent, such as `mon-fri 20:00-08:00 Europe/Madrid`.
    quiet_hours: Option<String>,
    created_at: Timestamp,
}

impl From<&Channel> for ChannelResponse {
    fn from(channel: &Channel) -> Self {
        Self {
            id: channel.id.as_uuid(),
            name: channel.name.clone(),
            kind: channel.kind.as_str(),
            target: channel.target.to_string(),
            interval_ms: channel.interval.map(|interval| interval.as_millis()),
            paused_at: channel.paused_at,
            fallback_id: channel.fallback.map(ChannelId::as_uuid),
            quiet_hours: channel.quiet_hours.as_ref().map(ToString::to_string),
            created_at: channel.created_at,
        }
    }
}

/// What a new channel is to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = ChannelRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelRequest {
    /// A name that no other channel has.
    name: String,
    /// `email`, `slack`, `teams`, `discord`, `telegram`, `webhook` or `landbot`.
    kind: String,
    /// `team`, `env:NAME` or an address. Secrets are named by environment variables.
    target: String,
}

/// What changes of a channel: what is not given stays as it is.
#[derive(Deserialize, ToSchema)]
#[schema(as = ChannelPatch)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelPatch {
    /// `team`, `env:NAME` or an address.
    target: Option<String>,
    /// The channel that is told instead of this one when it failed for good; `null`: none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    fallback_id: Nullable<Uuid>,
    /// When nothing is sent, such as `mon-fri 20:00-08:00 Europe/Madrid`; `null`: at no time.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    quiet_hours: Nullable<String>,
}

/// What the receiving side said to a test.
#[derive(Serialize, ToSchema)]
#[schema(as = TestReceipt)]
pub(crate) struct ReceiptResponse {
    /// `sent`, `temporary`, `permanent` or `unknown`.
    outcome: &'static str,
    /// Its status: an SMTP reply code or an HTTP status.
    code: Option<u16>,
    /// Its words, without secrets and addresses.
    answer: Option<String>,
    /// Its id for the message.
    provider_id: Option<String>,
    /// Whether mail to the team stood in for the channel.
    mimicked: bool,
}

impl From<Receipt> for ReceiptResponse {
    fn from(receipt: Receipt) -> Self {
        let Receipt { outcome, code, answer, provider_id, mimicked } = receipt;
        Self { outcome: OutcomeKind::from(outcome).as_str(), code, answer, provider_id, mimicked }
    }
}

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let channels = all(call).await?;
        Ok(json(StatusCode::OK, &Listed::all(channels.iter().map(ChannelResponse::from).collect())))
    })
    .await
}

pub(super) async fn get(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let channel = find(call).await?;
        Ok(json(StatusCode::OK, &ChannelResponse::from(&channel)))
    })
    .await
}

async fn all(call: &Call<'_>) -> Result<Vec<Channel>, ApiError> {
    let storage = call.storage();
    Ok(call.run(async move { consult(&*storage, async |tx| tx.channels().all().await).await }).await??)
}

async fn find(call: &Call<'_>) -> Result<Channel, ApiError> {
    let id: ChannelId = path(call.request, "id", "channel")?;
    all(call).await?.into_iter().find(|channel| channel.id == id).ok_or(ApiError::NotFound("channel"))
}

pub(super) async fn create(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let asked: ChannelRequest = body(&request, payload).await?;
        let kind: ChannelKind = parsed("kind", &asked.kind)?;
        let target: Target = parsed("target", &asked.target)?;
        let add = AddChannel {
            audit: call.audit(),
            storage: call.storage(),
            clock: call.clock(),
            ids: Arc::clone(&call.state().ids),
        };
        let name = asked.name.clone();
        call.run(async move { add.execute(&name, kind, target).await }).await??;
        let added = all(call).await?.into_iter().find(|channel| channel.name == asked.name.trim());
        let added = added.ok_or(ApiError::NotFound("channel"))?;
        Ok(json(StatusCode::CREATED, &ChannelResponse::from(&added)))
    })
    .await
}

pub(super) async fn patch(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let asked: ChannelPatch = body(&request, payload).await?;
        let channels = all(call).await?;
        let unknown = || ApiError::invalid("fallback_id", "unknown", "there is no such channel");
        let name_of = |id: Uuid| {
            let named = channels.iter().find(|channel| channel.id.as_uuid() == id);
            named.map(|channel| channel.name.clone()).ok_or_else(unknown)
        };
        let hours = |text: String| parsed("quiet_hours", &text);
        let change = ChannelChange {
            target: asked.target.as_deref().map(|text| parsed("target", text)).transpose()?,
            fallback: read_nullable(asked.fallback_id, name_of)?,
            quiet_hours: read_nullable(asked.quiet_hours, hours)?,
        };
        let (name, set) =
            (find(call).await?.name, SetChannel { audit: call.audit(), storage: call.storage() });
        let changed = call.run(async move { set.execute(&name, change, None).await }).await??;
        Ok(json(StatusCode::OK, &ChannelResponse::from(&changed)))
    })
    .await
}

pub(super) async fn archive(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let name = find(call).await?.name;
        let archive = ArchiveChannel { audit: call.audit(), storage: call.storage(), clock: call.clock() };
        call.run(async move { archive.execute(&name).await }).await??;
        Ok(done())
    })
    .await
}

pub(super) async fn pause(request: HttpRequest) -> HttpResponse {
    set_paused(&request, true).await
}

pub(super) async fn resume(request: HttpRequest) -> HttpResponse {
    set_paused(&request, false).await
}

async fn set_paused(request: &HttpRequest, paused: bool) -> HttpResponse {
    answer(request, Role::Admin, async |call| {
        let name = find(call).await?.name;
        let pause = PauseChannel { audit: call.audit(), storage: call.storage(), clock: call.clock() };
        call.run(async move { pause.execute(&name, paused).await }).await??;
        Ok(json(StatusCode::OK, &ChannelResponse::from(&find(call).await?)))
    })
    .await
}

/// A test that did not arrive is an answer like any other.
pub(super) async fn test(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let name = find(call).await?.name;
        let test = call.state().test_channel.clone();
        let receipt = call.run(async move { test.execute(&name).await }).await??;
        Ok(json(StatusCode::OK, &ReceiptResponse::from(receipt)))
    })
    .await
}

impl From<TestChannelError> for ApiError {
    fn from(error: TestChannelError) -> Self {
        match error {
            TestChannelError::Unknown(_) => Self::NotFound("channel"),
            TestChannelError::Person(_) => Self::Conflict(error.to_string()),
            TestChannelError::Storage(error) => error.into(),
        }
    }
}
