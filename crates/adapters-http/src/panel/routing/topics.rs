//! One topic: what it is called, who is told, and when its team is told again.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::consult,
    routing::{AddTopic, NewTopic, RemoveTopic, SetTopic, TopicChange},
};
use askama::Template;
use domain::{
    agent::Role,
    channel::{Channel, Target},
    topic::{Slug, Topic},
};
use jiff::{SignedDuration, civil::Time};

use super::PATH;
use crate::panel::{
    act::act,
    error::PanelError,
    fields::Fields,
    frame::{Frame, Section},
    live::Shown,
    visit::{Visit, go, html, visit},
};

#[derive(Template)]
#[template(path = "panel/routing/topic.html")]
struct TopicPage {
    frame: Frame,
    topic: Topic,
    channels: Vec<Channel>,
    typed: Typed,
    problem: Option<String>,
}

/// What stands in the fields.
struct Typed {
    title: String,
    aliases: String,
    channels: Vec<String>,
    digest_at: String,
    escalate_after: String,
    reference_field: String,
    status_field: String,
    resume_at: String,
}

pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let (topic, channels) = find(visit).await?;
        let typed = Typed::of(&topic, &channels);
        Ok(page(visit, StatusCode::OK, topic, channels, typed, None))
    })
    .await
}

pub(super) async fn add(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let slug = Slug::parse(form.needed("slug")?).map_err(|error| PanelError::field("slug", error))?;
        let new = NewTopic {
            slug,
            title: form.needed("title")?.to_owned(),
            aliases: aliases(&form),
            is_default: form.is_ticked("is_default"),
            channels: form.all("channel").map(str::to_owned).collect(),
        };
        let add = AddTopic { audit: visit.audit(), storage: visit.storage(), clock: visit.clock() };
        visit.run(async move { add.execute(new).await }).await?;
        Ok(go("/admin/routing?done=added"))
    })
    .await
}

/// Changes a topic as a whole. What cannot be taken comes back with what was typed.
pub(super) async fn change(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let (topic, channels) = find(visit).await?;
        match set(visit, topic.clone(), &form).await {
            Err(error) if !error.is_fault() => Ok(refuse(visit, topic, channels, &form, &error)),
            tried => tried.map(|_| go(&format!("{PATH}?done=saved"))),
        }
    })
    .await
}

async fn set(visit: &Visit<'_>, seen: Topic, form: &Fields) -> Result<Topic, PanelError> {
    if form.text("seen") != Some(&state(&seen).to_string()) {
        return Err(PanelError::Changed);
    }
    let change = wanted(&seen, form)?;
    let set = SetTopic { audit: visit.audit(), storage: visit.storage() };
    visit.run(async move { set.execute(&seen.slug, change, Some(&seen)).await }).await
}

pub(super) async fn remove(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, _| {
        let slug = slug(visit)?;
        let remove = RemoveTopic { audit: visit.audit(), storage: visit.storage() };
        visit.run(async move { remove.execute(&slug).await }).await?;
        Ok(go(&format!("{PATH}?done=removed")))
    })
    .await
}

fn slug(visit: &Visit<'_>) -> Result<Slug, PanelError> {
    let slug: String = visit.path("slug")?;
    Slug::parse(&slug).map_err(|_| PanelError::NotFound)
}

async fn find(visit: &Visit<'_>) -> Result<(Topic, Vec<Channel>), PanelError> {
    let (slug, storage) = (slug(visit)?, visit.storage());
    let look = async move {
        consult(&*storage, async |tx| Ok((tx.topics().routing().await?, tx.channels().all().await?))).await
    };
    let (routing, channels) = visit.run(look).await?;
    let topic = routing.topics().iter().find(|topic| topic.slug == slug).ok_or(PanelError::NotFound)?;
    Ok((topic.clone(), channels))
}

/// Another one for every other topic that could be shown.
fn state(topic: &Topic) -> Shown {
    Shown::of(format!("{topic:?}"))
}

fn wanted(topic: &Topic, form: &Fields) -> Result<TopicChange, PanelError> {
    // A wait that a command gave to the second is shown in minutes, and stays as it is unless these are changed.
    let minutes = form.value::<u32>("escalate_after")?.map(i64::from);
    let is_kept = minutes == topic.reminders.escalate_after.map(|wait| wait.as_mins());
    Ok(TopicChange {
        title: Some(form.needed("title")?.to_owned()),
        aliases: Some(aliases(form)),
        make_default: form.is_ticked("is_default"),
        channels: Some(form.all("channel").map(str::to_owned).collect()),
        digest_at: Some(form.value::<Time>("digest_at")?),
        escalate_after: (!is_kept).then(|| minutes.map(SignedDuration::from_mins)),
        reference_field: Some(form.value("reference_field")?),
        status_field: Some(form.value("status_field")?),
        resume_at: Some(form.value("resume_at")?),
    })
}

fn aliases(form: &Fields) -> Vec<String> {
    let text = form.text("aliases").unwrap_or_default();
    text.split(',').map(str::trim).filter(|alias| !alias.is_empty()).map(str::to_owned).collect()
}

fn refuse(
    visit: &Visit<'_>,
    topic: Topic,
    channels: Vec<Channel>,
    form: &Fields,
    error: &PanelError,
) -> HttpResponse {
    let (_, problem) = error.words(visit.words);
    page(visit, error.status(), topic, channels, Typed::by(form), Some(problem))
}

fn page(
    visit: &Visit<'_>,
    status: StatusCode,
    topic: Topic,
    channels: Vec<Channel>,
    typed: Typed,
    problem: Option<String>,
) -> HttpResponse {
    let frame = visit.frame(topic.title.clone(), Section::Routing);
    html(status, &TopicPage { frame, topic, channels, typed, problem })
}

impl Typed {
    fn of(topic: &Topic, channels: &[Channel]) -> Self {
        let named = |id| channels.iter().find(|channel| channel.id == id).map(|channel| channel.name.clone());
        let digest_at = topic.reminders.digest_at.map(|time| time.strftime("%H:%M").to_string());
        let escalate_after = topic.reminders.escalate_after.map(|wait| wait.as_mins().to_string());
        Self {
            title: topic.title.clone(),
            aliases: topic.aliases.join(", "),
            channels: topic.routes.iter().filter_map(|route| named(route.channel_id)).collect(),
            digest_at: digest_at.unwrap_or_default(),
            escalate_after: escalate_after.unwrap_or_default(),
            reference_field: shown(topic.chat_rules.reference_field.as_ref()),
            status_field: shown(topic.chat_rules.status_field.as_ref()),
            resume_at: shown(topic.chat_rules.resume_at.as_ref()),
        }
    }

    fn by(form: &Fields) -> Self {
        let text = |name| form.text(name).unwrap_or_default().to_owned();
        Self {
            title: text("title"),
            aliases: text("aliases"),
            channels: form.all("channel").map(str::to_owned).collect(),
            digest_at: text("digest_at"),
            escalate_after: text("escalate_after"),
            reference_field: text("reference_field"),
            status_field: text("status_field"),
            resume_at: text("resume_at"),
        }
    }
}

fn shown(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

impl TopicPage {
    /// The state that the next answer is compared with: after a conflict, what is shown beside what was typed.
    fn seen(&self) -> Shown {
        state(&self.topic)
    }

    /// Channels that topics may have: not those that tell persons themselves.
    fn of_teams(&self) -> impl Iterator<Item = &Channel> {
        self.channels.iter().filter(|channel| channel.target != Target::Person)
    }

    fn is_told(&self, channel: &Channel) -> bool {
        self.typed.channels.contains(&channel.name)
    }

    /// How the topic is at present.
    fn present(&self) -> Typed {
        Typed::of(&self.topic, &self.channels)
    }
}
