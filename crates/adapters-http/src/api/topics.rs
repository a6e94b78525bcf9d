//! `/api/v1/topics`

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::consult,
    routing::{AddTopic, NewTopic, RouteTopic, SetReminders},
};
use domain::{
    agent::Role,
    channel::Channel,
    reminder::Reminders,
    topic::{Slug, Topic},
};
use jiff::{SignedDuration, civil::Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    call::{Call, answer, json},
    error::ApiError,
    reading::{Listed, body, parsed, path},
};

/// What a ticket can be about.
#[derive(Serialize, ToSchema)]
#[schema(as = Topic)]
pub(crate) struct TopicResponse {
    slug: String,
    title: String,
    /// Other texts that mean it.
    aliases: Vec<String>,
    /// Whether tickets on no known topic are about this one.
    is_default: bool,
    /// The names of the channels that are told, in order.
    channels: Vec<String>,
    /// At this time of the day (UTC) a mail says what waits; `null`: never.
    digest_at: Option<String>,
    /// After so many minutes without a reply a ticket is told once more; `null`: never.
    escalate_after_minutes: Option<i64>,
}

impl TopicResponse {
    pub(crate) fn new(topic: &Topic, channels: &[Channel]) -> Self {
        let routes = topic.routes.iter().map(|route| route.channel_id);
        let named = routes.filter_map(|id| channels.iter().find(|channel| channel.id == id));
        Self {
            slug: topic.slug.to_string(),
            title: topic.title.clone(),
            aliases: topic.aliases.clone(),
            is_default: topic.is_default,
            channels: named.map(|channel| channel.name.clone()).collect(),
            digest_at: topic.reminders.digest_at.map(|time| time.strftime("%H:%M").to_string()),
            escalate_after_minutes: topic.reminders.escalate_after.map(|wait| wait.as_mins()),
        }
    }
}

/// What a new topic is to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = TopicRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopicRequest {
    /// Lower-case letters, digits and dashes.
    slug: String,
    title: String,
    /// Other texts that mean it.
    #[serde(default)]
    aliases: Vec<String>,
    /// Whether tickets on no known topic are about this one from now on.
    #[serde(default)]
    is_default: bool,
    /// The names of the channels that are told.
    channels: Vec<String>,
}

/// What changes of a topic: what is not given stays as it is.
#[derive(Deserialize, ToSchema)]
#[schema(as = TopicPatch)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopicPatch {
    /// The names of the channels that are told from now on.
    channels: Option<Vec<String>>,
    /// A time of the day (UTC), such as `08:00`; `null`: never.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    digest_at: Option<Option<String>>,
    /// So many minutes; `null`: never.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>)]
    escalate_after_minutes: Option<Option<u32>>,
}

/// Tells `null` from what is not given.
fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let (topics, channels) = routing(call).await?;
        let shown = topics.iter().map(|topic| TopicResponse::new(topic, &channels)).collect();
        Ok(json(StatusCode::OK, &Listed::all(shown)))
    })
    .await
}

pub(super) async fn get(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| shown(call, StatusCode::OK, &slug(call)?).await).await
}

async fn routing(call: &Call<'_>) -> Result<(Vec<Topic>, Vec<Channel>), ApiError> {
    let storage = call.storage();
    let look = async move {
        consult(&*storage, async |tx| {
            Ok((tx.topics().routing().await?.topics().to_vec(), tx.channels().all().await?))
        })
        .await
    };
    Ok(call.run(look).await??)
}

async fn shown(call: &Call<'_>, status: StatusCode, slug: &Slug) -> Result<HttpResponse, ApiError> {
    let (topics, channels) = routing(call).await?;
    let topic = topics.iter().find(|topic| topic.slug == *slug).ok_or(ApiError::NotFound("topic"))?;
    Ok(json(status, &TopicResponse::new(topic, &channels)))
}

fn slug(call: &Call<'_>) -> Result<Slug, ApiError> {
    let text: String = path(call.request, "slug", "topic")?;
    Slug::parse(&text).map_err(|_| ApiError::NotFound("topic"))
}

pub(super) async fn create(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let TopicRequest { slug, title, aliases, is_default, channels } = body(&request, payload).await?;
        let slug =
            Slug::parse(&slug).map_err(|error| ApiError::invalid("slug", "invalid", error.to_string()))?;
        let new = NewTopic { slug: slug.clone(), title, aliases, is_default, channels };
        let add = AddTopic { storage: call.storage(), clock: call.clock() };
        call.run(async move { add.execute(new).await }).await??;
        shown(call, StatusCode::CREATED, &slug).await
    })
    .await
}

pub(super) async fn patch(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let slug = slug(call)?;
        let patch: TopicPatch = body(&request, payload).await?;
        let reminders = reminders(&patch)?;
        if let Some(channels) = patch.channels {
            let (route, topic) = (RouteTopic { storage: call.storage() }, slug.clone());
            call.run(async move { route.execute(&topic, &channels).await }).await??;
        }
        let (set, topic) = (SetReminders { storage: call.storage() }, slug.clone());
        call.run(async move { set.execute(&topic, reminders).await }).await??;
        shown(call, StatusCode::OK, &slug).await
    })
    .await
}

/// What changes of the reminders.
fn reminders(patch: &TopicPatch) -> Result<impl FnOnce(&mut Reminders) + Send + 'static, ApiError> {
    let time = |text: &String| parsed::<Time>("digest_at", text);
    let digest_at = patch.digest_at.as_ref().map(|at| at.as_ref().map(time).transpose()).transpose()?;
    let wait = |minutes: u32| SignedDuration::from_mins(minutes.into());
    let escalate_after = patch.escalate_after_minutes.map(|minutes| minutes.map(wait));
    Ok(move |reminders: &mut Reminders| {
        reminders.digest_at = digest_at.unwrap_or(reminders.digest_at);
        reminders.escalate_after = escalate_after.unwrap_or(reminders.escalate_after);
    })
}
