//! `frontdesk topic`

mod chat_rules;
mod preview;
mod reminders;

use std::collections::BTreeMap;

use application::{
    ports::consult,
    routing::{AddTopic, NewTopic, SetTopic, TopicChange},
};
use clap::{ArgGroup, Args, Subcommand};
use domain::{
    chat_rules::{FieldName, ResumePoint},
    ids::ChannelId,
    topic::{Slug, Topic},
};
use jiff::{SignedDuration, civil::Time};
use serde::Serialize;

use super::{
    Format,
    or_off::OrOff,
    output::{or_dash, say, say_list},
    table::Table,
};
use crate::{settings::Settings, wiring::App};

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
    /// Change what a topic is called, whether it is the default, and when its team is told again
    Set(SetArgs),
    /// Show how a bot's call is read and who would be told what, without storing or sending anything
    Preview(preview::PreviewArgs),
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

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change")
    .args(["title", "aliases", "no_aliases", "default", "digest_at", "escalate_after", "reference_field", "status_field",
        "resume_at"]).required(true).multiple(true))]
pub struct SetArgs {
    /// The topic
    #[arg(value_parser = Slug::parse)]
    topic: Slug,
    /// What people read
    #[arg(long)]
    title: Option<String>,
    /// Another text that means it, in the place of all before; may be given again
    #[arg(long = "alias", conflicts_with = "no_aliases")]
    aliases: Vec<String>,
    /// No other text means it
    #[arg(long)]
    no_aliases: bool,
    /// Tickets on no known topic are about this one from now on
    #[arg(long)]
    default: bool,
    /// When a mail says each day what waits, if anything does: a time of the day such as 09:00 (UTC), or off
    #[arg(long, value_name = "TIME", value_parser = reminders::time_or_off)]
    digest_at: Option<OrOff<Time>>,
    /// After how long an open ticket is told once more: a duration such as 4h, or off
    #[arg(long, value_name = "DURATION", value_parser = reminders::limit_or_off)]
    escalate_after: Option<OrOff<SignedDuration>>,
    /// The field of Landbot that is given the reference of a ticket opened in a chat, such as `ticket_ref`, or off
    #[arg(long = "landbot-reference-field", value_name = "FIELD")]
    reference_field: Option<OrOff<FieldName>>,
    /// The field that is given its status each time that it moves, or off
    #[arg(long = "landbot-status-field", value_name = "FIELD")]
    status_field: Option<OrOff<FieldName>>,
    /// Where the chat goes on once its ticket is resolved, such as 1010178/Nkqgn6xkf, or off
    #[arg(long = "landbot-resume-at", value_name = "BOT/BLOCK")]
    resume_at: Option<OrOff<ResumePoint>>,
}

#[derive(Serialize)]
struct TopicRecord {
    slug: String,
    title: String,
    aliases: Vec<String>,
    default: bool,
    channels: Vec<String>,
    digest_at: Option<String>,
    escalate_after: Option<String>,
    landbot_reference_field: Option<String>,
    landbot_status_field: Option<String>,
    landbot_resume_at: Option<String>,
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
            digest_at: topic.reminders.digest_at.map(reminders::shown_time),
            escalate_after: topic.reminders.escalate_after.map(reminders::shown_limit),
            landbot_reference_field: topic.chat_rules.reference_field.as_ref().map(ToString::to_string),
            landbot_status_field: topic.chat_rules.status_field.as_ref().map(ToString::to_string),
            landbot_resume_at: topic.chat_rules.resume_at.as_ref().map(ToString::to_string),
        }
    }
}

pub async fn run(app: &App, settings: &Settings, command: TopicCommand) -> anyhow::Result<()> {
    match command {
        TopicCommand::Add(args) => add(app, args).await,
        TopicCommand::List(format) => list(app, format).await,
        TopicCommand::Route { topic, channels } => {
            let change = TopicChange { channels: Some(channels.clone()), ..TopicChange::default() };
            SetTopic { audit: app.audit(), storage: app.storage.clone() }
                .execute(&topic, change, None)
                .await?;
            say(format_args!("tickets on {topic} are told to {} from now on", channels.join(", ")))
        }
        TopicCommand::Set(args) => set(app, args).await,
        TopicCommand::Preview(args) => preview::run(app, settings, args).await,
    }
}

async fn add(app: &App, args: AddArgs) -> anyhow::Result<()> {
    let AddArgs { slug, title, aliases, channels, default } = args;
    let said = format!("the topic {slug} was added");
    let new = NewTopic { slug, title, aliases, is_default: default, channels };
    AddTopic { audit: app.audit(), storage: app.storage.clone(), clock: app.clock.clone() }
        .execute(new)
        .await?;
    say(said)
}

async fn set(app: &App, args: SetArgs) -> anyhow::Result<()> {
    let topic = args.topic;
    let change = TopicChange {
        title: args.title,
        aliases: (args.no_aliases || !args.aliases.is_empty()).then_some(args.aliases),
        make_default: args.default,
        channels: None,
        digest_at: args.digest_at.map(|OrOff(time)| time),
        escalate_after: args.escalate_after.map(|OrOff(limit)| limit),
        reference_field: args.reference_field.map(|OrOff(field)| field),
        status_field: args.status_field.map(|OrOff(field)| field),
        resume_at: args.resume_at.map(|OrOff(point)| point),
    };
    let changed =
        SetTopic { audit: app.audit(), storage: app.storage.clone() }.execute(&topic, change, None).await?;
    let is_default = if changed.is_default { ", the default" } else { "" };
    say(format_args!(
        "{topic} is called {}{is_default}; other names: {}",
        changed.title,
        names(&changed.aliases)
    ))?;
    say(reminders::said(&topic, changed.reminders))?;
    say(chat_rules::said(&topic, &changed.chat_rules))
}

fn names(aliases: &[String]) -> String {
    if aliases.is_empty() { "none".to_owned() } else { aliases.join(", ") }
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

fn listed(topics: &[TopicRecord]) -> Table<7> {
    let row = |topic: &TopicRecord| {
        [
            topic.slug.clone(),
            topic.title.clone(),
            if topic.default { "default" } else { "" }.to_owned(),
            topic.channels.join(", "),
            topic.aliases.join(", "),
            or_dash(topic.digest_at.as_ref()),
            or_dash(topic.escalate_after.as_ref()),
        ]
    };
    Table::new(["TOPIC", "TITLE", "", "CHANNELS", "ALIASES", "DIGEST", "ESCALATION"])
        .with(topics.iter().map(row))
}
