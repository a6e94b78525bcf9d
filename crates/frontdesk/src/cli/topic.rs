//! `frontdesk topic`

use std::collections::BTreeMap;

use application::{
    ports::consult,
    routing::{AddTopic, NewTopic, RouteTopic},
};
use clap::{Args, Subcommand};
use domain::{
    ids::ChannelId,
    topic::{Slug, Topic},
};
use serde::Serialize;

use super::{
    Format,
    output::{say, say_list},
    table::Table,
};
use crate::wiring::App;

#[derive(Debug, Subcommand)]
pub enum TopicCommand {
    /// Add a topic
    Add(AddArgs),
    /// Show all topics and who is told
    List(Format),
    /// Change which channels are told about tickets on a topic
    Route {
        /// The topic
        #[arg(value_parser = Slug::parse)]
        topic: Slug,
        /// The channels that are told from now on
        #[arg(required = true)]
        channels: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub struct AddArgs {
    /// Its short name
    #[arg(value_parser = Slug::parse)]
    slug: Slug,
    /// What people read
    #[arg(long)]
    title: String,
    /// Another text that means it; may be given again
    #[arg(long = "alias")]
    aliases: Vec<String>,
    /// A channel that is told; may be given again
    #[arg(long = "channel", required = true)]
    channels: Vec<String>,
    /// Tickets on no known topic are about this one from now on
    #[arg(long)]
    default: bool,
}

#[derive(Serialize)]
struct TopicRecord {
    slug: String,
    title: String,
    aliases: Vec<String>,
    default: bool,
    channels: Vec<String>,
}

impl TopicRecord {
    fn new(topic: &Topic, channels: &BTreeMap<ChannelId, String>) -> Self {
        let routes = topic.routes.iter().filter_map(|route| channels.get(&route.channel_id).cloned());
        Self {
            slug: topic.slug.to_string(),
            title: topic.title.clone(),
            aliases: topic.aliases.clone(),
            default: topic.is_default,
            channels: routes.collect(),
        }
    }
}

pub async fn run(app: &App, command: TopicCommand) -> anyhow::Result<()> {
    match command {
        TopicCommand::Add(args) => add(app, args).await,
        TopicCommand::List(format) => list(app, format).await,
        TopicCommand::Route { topic, channels } => {
            RouteTopic { storage: app.storage.clone() }.execute(&topic, &channels).await?;
            say(format_args!("tickets on {topic} are told to {} from now on", channels.join(", ")))
        }
    }
}

async fn add(app: &App, args: AddArgs) -> anyhow::Result<()> {
    let AddArgs { slug, title, aliases, channels, default } = args;
    let said = format!("the topic {slug} was added");
    let new = NewTopic { slug, title, aliases, is_default: default, channels };
    AddTopic { storage: app.storage.clone(), clock: app.clock.clone() }.execute(new).await?;
    say(said)
}

async fn list(app: &App, format: Format) -> anyhow::Result<()> {
    let (routing, channels) = consult(&*app.storage, async |snapshot| {
        Ok((snapshot.topics().routing().await?, snapshot.channels().all().await?))
    })
    .await?;
    let names = channels.into_iter().map(|channel| (channel.id, channel.name)).collect();
    let topics: Vec<_> = routing.topics().iter().map(|topic| TopicRecord::new(topic, &names)).collect();
    say_list(format, &topics, listed)
}

fn listed(topics: &[TopicRecord]) -> Table<5> {
    let row = |topic: &TopicRecord| {
        [
            topic.slug.clone(),
            topic.title.clone(),
            if topic.default { "default" } else { "" }.to_owned(),
            topic.channels.join(", "),
            topic.aliases.join(", "),
        ]
    };
    Table::new(["TOPIC", "TITLE", "", "CHANNELS", "ALIASES"]).with(topics.iter().map(row))
}
