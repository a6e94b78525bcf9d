//! `/admin/routing`: topics, the channels that their teams are told over, and trying these.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use application::{
    ports::consult,
    routing::{
        AddChannel, AddTopic, NewTopic, PauseChannel, RoutingError, SetTopic, TestChannelError, TopicChange,
        is_secret_set,
    },
};
use askama::Template;
use domain::{
    agent::Role,
    channel::{Channel, ChannelKind, Target},
    ids::ChannelId,
    notification::OutcomeKind,
    topic::{Slug, Topic},
};

use super::{
    act::act,
    error::PanelError,
    fields::Fields,
    frame::{Frame, Section},
    visit::{Visit, go, shown, visit},
};

const PATH: &str = "/admin/routing";

/// What came of trying a channel.
struct Tried {
    channel: String,
    outcome: &'static str,
    code: Option<u16>,
    answer: Option<String>,
    mimicked: bool,
}

/// A channel, and whether the variable that it names has a value.
struct Listed {
    channel: Channel,
    is_set: Option<bool>,
}

#[derive(Template)]
#[template(path = "panel/routing.html")]
struct RoutingPage {
    frame: Frame,
    topics: Vec<Topic>,
    channels: Vec<Listed>,
    tried: Option<Tried>,
}

pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| page(visit, None).await).await
}

async fn page(visit: &Visit<'_>, tried: Option<Tried>) -> Result<HttpResponse, PanelError> {
    let storage = visit.storage();
    let look = async move {
        consult(&*storage, async |tx| Ok((tx.topics().routing().await?, tx.channels().all().await?))).await
    };
    let (routing, channels) = visit.run(look).await?;
    let secrets = &visit.state().preview_routing.secrets;
    let listed = |channel: Channel| Listed { is_set: is_secret_set(&channel.target, &**secrets), channel };
    let channels = channels.into_iter().map(listed).collect();
    let frame = visit.frame(visit.t("Routing"), Section::Routing);
    shown(&RoutingPage { frame, topics: routing.topics().to_vec(), channels, tried })
}

pub(super) async fn add_topic(request: HttpRequest, payload: Payload) -> HttpResponse {
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

fn aliases(form: &Fields) -> Vec<String> {
    let text = form.text("aliases").unwrap_or_default();
    text.split(',').map(str::trim).filter(|alias| !alias.is_empty()).map(str::to_owned).collect()
}

pub(super) async fn route(request: HttpRequest, payload: Payload) -> HttpResponse {
    act(&request, payload, Role::Admin, async |visit, form| {
        let slug: String = visit.path("slug")?;
        let slug = Slug::parse(&slug).map_err(|_| PanelError::NotFound)?;
        let channels = Some(form.all("channel").map(str::to_owned).collect());
        let set = SetTopic { audit: visit.audit(), storage: visit.storage() };
        let change = TopicChange { channels, ..TopicChange::default() };
        visit.run(async move { set.execute(&slug, change, None).await }).await?;
        Ok(go("/admin/routing?done=saved"))
    })
    .await
}

pub(super) async fn add_channel(request: HttpRequest, payload: Payload) -> HttpResponse {
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
        page(visit, Some(Tried { channel, outcome, code, answer, mimicked })).await
    })
    .await
}

/// The name of the channel of a path.
async fn named(visit: &Visit<'_>) -> Result<String, PanelError> {
    let id: ChannelId = visit.path("id")?;
    let storage = visit.storage();
    let channels = async move { consult(&*storage, async |tx| tx.channels().all().await).await };
    let channel = visit.run(channels).await?.into_iter().find(|channel| channel.id == id);
    channel.map(|channel| channel.name).ok_or(PanelError::NotFound)
}

impl RoutingPage {
    fn kinds(&self) -> &'static [ChannelKind] {
        ChannelKind::ALL
    }

    /// Channels that topics may have: not those that tell persons themselves.
    fn of_teams(&self) -> impl Iterator<Item = &Channel> {
        self.channels.iter().map(|listed| &listed.channel).filter(|channel| channel.target != Target::Person)
    }

    fn has(&self, topic: &Topic, channel: &Channel) -> bool {
        topic.routes.iter().any(|route| route.channel_id == channel.id)
    }

    fn aliases(&self, topic: &Topic) -> String {
        topic.aliases.join(", ")
    }

    fn fallback(&self, channel: &Channel) -> &str {
        let stands_in = self.channels.iter().find(|other| Some(other.channel.id) == channel.fallback);
        stands_in.map_or("", |other| &other.channel.name)
    }

    fn is_for_teams(&self, channel: &Channel) -> bool {
        channel.target != Target::Person
    }
}

impl From<RoutingError> for PanelError {
    fn from(error: RoutingError) -> Self {
        match error {
            RoutingError::Name => Self::field("name", error),
            RoutingError::Unknown("topic", _) => Self::NotFound,
            RoutingError::Storage(error) => error.into(),
            other => Self::refused(other),
        }
    }
}

impl From<TestChannelError> for PanelError {
    fn from(error: TestChannelError) -> Self {
        match error {
            TestChannelError::Unknown(_) => Self::NotFound,
            TestChannelError::Person(_) => Self::refused(error),
            TestChannelError::Storage(error) => error.into(),
        }
    }
}
