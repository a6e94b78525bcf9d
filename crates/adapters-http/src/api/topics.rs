//! `/api/v1/topics`

use std::{fmt::Display, str::FromStr};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::consult,
    routing::{AddTopic, NewTopic, RemoveTopic, SetTopic, TopicChange},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    agent::Role,
    channel::Channel,
    response::digest_of_call,
    topic::{Slug, Topic},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    call::{Call, answer, done, json},
    error::ApiError,
    reading::{Listed, Nullable, body, if_match, nullable, parsed, path, read_nullable, tagged},
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
    /// The field of Landbot that is given the reference of a ticket opened in a chat; `null`: none.
    landbot_reference_field: Option<String>,
    /// The field that is given the status of such a ticket each time that it moves; `null`: none.
    landbot_status_field: Option<String>,
    /// Where the chat goes on once its ticket is resolved: `BOT/BLOCK` or `BOT`; `null`: nowhere.
    landbot_resume_at: Option<String>,
}

impl TopicResponse {
    /// Another one for every other state of the topic.
    fn tag(&self) -> String {
        let shown = serde_json::to_vec(self).expect("what is answered is JSON");
        let digest = digest_of_call("", &shown);
        format!("\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..16]))
    }

    fn shown(&self, status: StatusCode) -> HttpResponse {
        tagged(json(status, self), &self.tag())
    }

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
            landbot_reference_field: topic.chat_rules.reference_field.as_ref().map(ToString::to_string),
            landbot_status_field: topic.chat_rules.status_field.as_ref().map(ToString::to_string),
            landbot_resume_at: topic.chat_rules.resume_at.as_ref().map(ToString::to_string),
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
    title: Option<String>,
    /// Other texts that mean it, in the place of all before.
    aliases: Option<Vec<String>>,
    /// Whether tickets on no known topic are about this one from now on. To end that, make another one the default.
    #[serde(default)]
    is_default: bool,
    /// The names of the channels that are told from now on.
    channels: Option<Vec<String>>,
    /// A time of the day (UTC), such as `08:00`; `null`: never.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    digest_at: Nullable<String>,
    /// So many minutes; `null`: never.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>)]
    escalate_after_minutes: Nullable<u32>,
    /// Letters, digits and underscores; `null`: none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    landbot_reference_field: Nullable<String>,
    /// Letters, digits and underscores; `null`: none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    landbot_status_field: Nullable<String>,
    /// `BOT/BLOCK`, or `BOT` to begin; `null`: nowhere.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    landbot_resume_at: Nullable<String>,
}

impl TopicPatch {
    fn change(self) -> Result<TopicChange, ApiError> {
        let wait = |minutes: u32| SignedDuration::from_mins(minutes.into());
        Ok(TopicChange {
            title: self.title,
            aliases: self.aliases,
            make_default: self.is_default,
            channels: self.channels,
            digest_at: read_text("digest_at", self.digest_at)?,
            escalate_after: self.escalate_after_minutes.map(|given| given.map(wait)),
            reference_field: read_text("landbot_reference_field", self.landbot_reference_field)?,
            status_field: read_text("landbot_status_field", self.landbot_status_field)?,
            resume_at: read_text("landbot_resume_at", self.landbot_resume_at)?,
        })
    }
}

fn read_text<T: FromStr<Err: Display>>(
    field: &'static str,
    given: Nullable<String>,
) -> Result<Nullable<T>, ApiError> {
    read_nullable(given, |text| parsed(field, &text))
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
    Ok(found(call, slug).await?.1.shown(status))
}

/// A topic, and how it is shown.
async fn found(call: &Call<'_>, slug: &Slug) -> Result<(Topic, TopicResponse), ApiError> {
    let (topics, channels) = routing(call).await?;
    let topic = topics.into_iter().find(|topic| topic.slug == *slug).ok_or(ApiError::NotFound("topic"))?;
    let shown = TopicResponse::new(&topic, &channels);
    Ok((topic, shown))
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
        let add = AddTopic { audit: call.audit(), storage: call.storage(), clock: call.clock() };
        call.run(async move { add.execute(new).await }).await??;
        shown(call, StatusCode::CREATED, &slug).await
    })
    .await
}

/// Changes all that is given, or nothing.
pub(super) async fn patch(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let slug = slug(call)?;
        let change = body::<TopicPatch>(&request, payload).await?.change()?;
        let (topic, known) = found(call, &slug).await?;
        let seen = if_match(&request, &known.tag())?.then_some(topic);
        let (set, of_topic) = (SetTopic { audit: call.audit(), storage: call.storage() }, slug.clone());
        call.run(async move { set.execute(&of_topic, change, seen.as_ref()).await }).await??;
        shown(call, StatusCode::OK, &slug).await
    })
    .await
}

pub(super) async fn remove(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let (slug, remove) = (slug(call)?, RemoveTopic { audit: call.audit(), storage: call.storage() });
        call.run(async move { remove.execute(&slug).await }).await??;
        Ok(done())
    })
    .await
}
