//! One channel: where it leads, when it is quiet, and what stands in for it.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::consult,
    routing::{AddChannel, ArchiveChannel, ChannelChange, PauseChannel, SetChannel},
};
use askama::Template;
use domain::{
    agent::Role,
    channel::{Channel, ChannelKind, Target},
    ids::ChannelId,
    notification::OutcomeKind,
};

use super::{
    PATH,
    list::{self, Tried},
};
use crate::panel::{
    act::act,
    error::PanelError,
    fields::Fields,
    frame::{Frame, Section},
    live::Shown,
    visit::{Visit, go, html, visit},
};

#[derive(Template)]
#[template(path = "panel/routing/channel.html")]
struct ChannelPage {
    frame: Frame,
    channel: Channel,
    others: Vec<Channel>,
    typed: Typed,
    problem: Option<String>,
}

/// What stands in the fields.
struct Typed {
    target: String,
    fallback: String,
    quiet_hours: String,
}

pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| {
        let (channel, others) = find(visit).await?;
        let typed = Typed::of(&channel, &others);
        Ok(page(visit, StatusCode::OK, channel, others, typed, None))
    })
    .await
}

pub(super) async fn add(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let name = form.needed("name")?.to_owned();
        let kind: ChannelKind =
            form.value("kind")?.ok_or_else(|| PanelError::field("kind", "a kind is needed"))?;
        let target: Target =
            form.needed("target")?.parse().map_err(|error| PanelError::field("target", error))?;
        let add = AddChannel {
            audit: visit.audit(),
            storage: visit.storage(),
            clock: visit.clock(),
            ids: visit.state().ids.clone(),
        };
        visit.run(async move { add.execute(&name, kind, target).await }).await?;
        Ok(go("/admin/routing?done=added"))
    })
    .await
}

pub(super) async fn pause(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let is_pause = form.text("paused") == Some("yes");
        let name = named(visit).await?;
        let pause = PauseChannel { audit: visit.audit(), storage: visit.storage(), clock: visit.clock() };
        visit.run(async move { pause.execute(&name, is_pause).await }).await?;
        Ok(go(&format!("{PATH}?done={}", if is_pause { "paused" } else { "resumed" })))
    })
    .await
}

pub(super) async fn test(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, _| {
        let channel = named(visit).await?;
        let (test, name) = (visit.state().test_channel.clone(), channel.clone());
        let receipt = visit.run(async move { test.execute(&name).await }).await?;
        let outcome = OutcomeKind::from(receipt.outcome).as_str();
        let (code, answer, mimicked) = (receipt.code, receipt.answer, receipt.mimicked);
        list::page(visit, Some(Tried { channel, outcome, code, answer, mimicked })).await
    })
    .await
}

/// Changes a channel. What cannot be taken comes back with what was typed.
pub(super) async fn change(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let (channel, others) = find(visit).await?;
        match set(visit, channel.clone(), &form).await {
            Err(error) if !error.is_fault() => Ok(refuse(visit, channel, others, &form, &error)),
            tried => tried.map(|_| go(&format!("{PATH}?done=saved"))),
        }
    })
    .await
}

async fn set(visit: &Visit<'_>, seen: Channel, form: &Fields) -> Result<Channel, PanelError> {
    if form.text("seen") != Some(&state(&seen).to_string()) {
        return Err(PanelError::Changed);
    }
    let change = wanted(&seen, form)?;
    let set = SetChannel { audit: visit.audit(), storage: visit.storage() };
    visit.run(async move { set.execute(&seen.name, change, Some(&seen)).await }).await
}

pub(super) async fn archive(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, _| {
        let name = named(visit).await?;
        let archive = ArchiveChannel { audit: visit.audit(), storage: visit.storage(), clock: visit.clock() };
        visit.run(async move { archive.execute(&name).await }).await?;
        Ok(go(&format!("{PATH}?done=removed")))
    })
    .await
}

/// The name of the channel of a path.
async fn named(visit: &Visit<'_>) -> Result<String, PanelError> {
    find(visit).await.map(|(channel, _)| channel.name)
}

/// The channel of a path, and all others.
async fn find(visit: &Visit<'_>) -> Result<(Channel, Vec<Channel>), PanelError> {
    let id: ChannelId = visit.path("id")?;
    let storage = visit.storage();
    let channels = async move { consult(&*storage, async |tx| tx.channels().all().await).await };
    let mut channels = visit.run(channels).await?;
    let at = channels.iter().position(|channel| channel.id == id).ok_or(PanelError::NotFound)?;
    Ok((channels.remove(at), channels))
}

/// Another one for every other channel that could be shown.
fn state(channel: &Channel) -> Shown {
    Shown::of(format!("{}{channel:?}", channel.target))
}

fn wanted(channel: &Channel, form: &Fields) -> Result<ChannelChange, PanelError> {
    // Where Frontdesk's own channels lead is not asked for.
    let target = match channel.target {
        Target::Person => None,
        _ => Some(form.needed("target")?.parse().map_err(|error| PanelError::field("target", error))?),
    };
    let quiet_hours = Some(form.value("quiet_hours")?);
    Ok(ChannelChange { target, fallback: Some(form.text("fallback").map(str::to_owned)), quiet_hours })
}

fn refuse(
    visit: &Visit<'_>,
    channel: Channel,
    others: Vec<Channel>,
    form: &Fields,
    error: &PanelError,
) -> HttpResponse {
    let (_, problem) = error.words(visit.words);
    page(visit, error.status(), channel, others, Typed::by(form), Some(problem))
}

fn page(
    visit: &Visit<'_>,
    status: StatusCode,
    channel: Channel,
    others: Vec<Channel>,
    typed: Typed,
    problem: Option<String>,
) -> HttpResponse {
    let frame = visit.frame(channel.name.clone(), Section::Routing);
    html(status, &ChannelPage { frame, channel, others, typed, problem })
}

impl Typed {
    fn of(channel: &Channel, others: &[Channel]) -> Self {
        let fallback = others.iter().find(|other| Some(other.id) == channel.fallback);
        Self {
            target: channel.target.to_string(),
            fallback: fallback.map(|other| other.name.clone()).unwrap_or_default(),
            quiet_hours: channel.quiet_hours.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }

    fn by(form: &Fields) -> Self {
        let text = |name| form.text(name).unwrap_or_default().to_owned();
        Self { target: text("target"), fallback: text("fallback"), quiet_hours: text("quiet_hours") }
    }
}

impl ChannelPage {
    /// The state that the next answer is compared with.
    fn seen(&self) -> Shown {
        state(&self.channel)
    }

    /// How the channel is at present.
    fn present(&self) -> Typed {
        Typed::of(&self.channel, &self.others)
    }

    fn is_for_teams(&self) -> bool {
        self.channel.target != Target::Person
    }

    /// What may stand in for it.
    fn stand_ins(&self) -> impl Iterator<Item = &Channel> {
        self.others.iter().filter(|other| other.can_stand_in_for(&self.channel))
    }
}
