//! Topics and channels on one page.

use actix_web::{HttpRequest, HttpResponse};
use application::{ports::consult, routing::is_secret_set};
use askama::Template;
use domain::{
    agent::Role,
    channel::{Channel, ChannelKind, Target},
    topic::Topic,
};

use crate::panel::{
    error::PanelError,
    frame::{Frame, Section},
    visit::{Visit, shown, visit},
};

/// What came of trying a channel.
pub(super) struct Tried {
    pub(super) channel: String,
    pub(super) outcome: &'static str,
    pub(super) code: Option<u16>,
    pub(super) answer: Option<String>,
    pub(super) mimicked: bool,
}

/// A channel, and whether the variable that it names has a value.
struct Listed {
    channel: Channel,
    is_set: Option<bool>,
}

#[derive(Template)]
#[template(path = "panel/routing/list.html")]
struct RoutingPage {
    frame: Frame,
    topics: Vec<Topic>,
    channels: Vec<Listed>,
    tried: Option<Tried>,
}

pub(super) async fn show(request: HttpRequest) -> HttpResponse {
    visit(&request, Role::Viewer, async |visit| page(visit, None).await).await
}

pub(super) async fn page(visit: &Visit<'_>, tried: Option<Tried>) -> Result<HttpResponse, PanelError> {
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

impl RoutingPage {
    fn kinds(&self) -> &'static [ChannelKind] {
        ChannelKind::ALL
    }

    /// Channels that topics may have: not those that tell persons themselves.
    fn of_teams(&self) -> impl Iterator<Item = &Channel> {
        self.channels.iter().map(|listed| &listed.channel).filter(|channel| channel.target != Target::Person)
    }

    /// The names of the channels that a topic tells, in order.
    fn told(&self, topic: &Topic) -> String {
        let channels = || self.channels.iter().map(|listed| &listed.channel);
        let name = |id| channels().find(|channel| channel.id == id).map(|channel| channel.name.as_str());
        topic.routes.iter().filter_map(|route| name(route.channel_id)).collect::<Vec<_>>().join(", ")
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
