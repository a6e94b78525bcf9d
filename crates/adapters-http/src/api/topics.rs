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
use serde::{Deserialize, Deserializer, Serialize};
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
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    digest_at: Change<String>,
    /// So many minutes; `null`: never.
    #[serde(default)]
    #[schema(value_type = Option<u32>)]
    escalate_after_minutes: Change<u32>,
}

/// What becomes of a value that may be `null`.
#[derive(Default)]
enum Change<T> {
    /// It was not given.
    #[default]
    Keep,
    Set(Option<T>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Set)
    }
}

impl<T> Change<T> {
    fn try_map<U, E>(self, read: impl FnOnce(T) -> Result<U, E>) -> Result<Change<U>, E> {
        Ok(match self {
            Self::Keep => Change::Keep,
            Self::Set(value) => Change::Set(value.map(read).transpose()?),
        })
    }

    fn of(self, known: Option<T>) -> Option<T> {
        match self {
            Self::Keep => known,
            Self::Set(value) => value,
        }
    }
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
        let TopicPatch { channels, digest_at, escalate_after_minutes } = body(&request, payload).await?;
        let digest_at = digest_at.try_map(|text| parsed::<Time>("digest_at", &text))?;
        let minutes = |minutes: u32| Ok::<_, ApiError>(SignedDuration::from_mins(minutes.into()));
        let escalate_after = escalate_after_minutes.try_map(minutes)?;
        if let Some(channels) = channels {
            let (route, topic) = (RouteTopic { storage: call.storage() }, slug.clone());
            call.run(async move { route.execute(&topic, &channels).await }).await??;
        }
        let (set, topic) = (SetReminders { storage: call.storage() }, slug.clone());
        let change = move |reminders: &mut Reminders| {
            reminders.digest_at = digest_at.of(reminders.digest_at);
            reminders.escalate_after = escalate_after.of(reminders.escalate_after);
        };
        call.run(async move { set.execute(&topic, change).await }).await??;
        shown(call, StatusCode::OK, &slug).await
    })
    .await
}
