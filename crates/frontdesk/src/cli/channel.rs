//! `frontdesk channel`

mod trial;

use std::collections::BTreeMap;

use application::{
    ports::consult,
    routing::{AddChannel, ChannelChange, PauseChannel, SetChannel, is_secret_set},
};
use clap::{ArgGroup, Args, Subcommand};
use domain::{
    channel::{Channel, ChannelKind, Target},
    ids::ChannelId,
    quiet_hours::QuietHours,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Format,
    or_off::OrOff,
    output::{or_dash, say, say_list},
    table::Table,
};
use crate::{
    settings::Settings,
    wiring::{App, is_mimicked},
};

#[derive(Debug, Subcommand)]
pub enum ChannelCommand {
    /// Add a channel
    Add {
        /// What to call it
        name: String,
        /// How it reaches its target: email, slack, teams, discord, telegram, webhook or landbot
        #[arg(long)]
        kind: ChannelKind,
        /// Where it leads: team, an address, or env:NAME for the value of an environment variable
        #[arg(long)]
        target: Target,
    },
    /// Show all channels
    List(Format),
    /// Change where a channel leads, which one is told when it fails, and when it is quiet
    Set(SetArgs),
    /// Send one message, marked as a test, and show what the receiving side says
    Test {
        /// The channel's name
        name: String,
        #[command(flatten)]
        format: Format,
    },
    /// Send nothing over a channel; what waits is kept
    Pause {
        /// The channel's name
        name: String,
    },
    /// Go on sending over a channel
    Resume {
        /// The channel's name
        name: String,
    },
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").args(["target", "fallback", "quiet_hours"]).required(true).multiple(true))]
pub struct SetArgs {
    /// The channel's name
    name: String,
    /// Where it leads: team, an address, or env:NAME for the value of an environment variable
    #[arg(long)]
    target: Option<Target>,
    /// The channel that is told when a notification over this one has failed for good, or off
    #[arg(long, value_name = "NAME")]
    fallback: Option<OrOff<String>>,
    /// When nothing is sent, such as `mon-fri 20:00-08:00; sat,sun 00:00-24:00 Europe/Madrid`, or off
    #[arg(long, value_name = "HOURS")]
    quiet_hours: Option<OrOff<QuietHours>>,
}

#[derive(Serialize)]
struct ChannelRecord {
    name: String,
    kind: ChannelKind,
    target: String,
    /// Whether the variable that the target names has a value; none where it names none.
    is_secret_set: Option<bool>,
    mimicked: bool,
    fallback: Option<String>,
    quiet_hours: Option<String>,
    paused_at: Option<Timestamp>,
}

impl ChannelRecord {
    fn new(channel: &Channel, names: &BTreeMap<ChannelId, String>, settings: &Settings) -> Self {
        Self {
            name: channel.name.clone(),
            kind: channel.kind,
            target: channel.target.to_string(),
            is_secret_set: is_secret_set(&channel.target, settings),
            mimicked: is_mimicked(channel, settings),
            fallback: channel.fallback.and_then(|id| names.get(&id).cloned()),
            quiet_hours: channel.quiet_hours.as_ref().map(ToString::to_string),
            paused_at: channel.paused_at,
        }
    }
}

pub async fn run(app: &App, settings: &Settings, command: ChannelCommand) -> anyhow::Result<()> {
    match command {
        ChannelCommand::Add { name, kind, target } => {
            let add = AddChannel {
                audit: app.audit(),
                storage: app.storage.clone(),
                clock: app.clock.clone(),
                ids: app.ids.clone(),
            };
            add.execute(&name, kind, target).await?;
            say(format_args!("the channel {name} was added"))
        }
        ChannelCommand::List(format) => list(app, settings, format).await,
        ChannelCommand::Set(args) => set(app, args).await,
        ChannelCommand::Test { name, format } => trial::run(app, settings, &name, format).await,
        ChannelCommand::Pause { name } => pause(app, &name, true).await,
        ChannelCommand::Resume { name } => pause(app, &name, false).await,
    }
}

async fn set(app: &App, args: SetArgs) -> anyhow::Result<()> {
    let fallback = args.fallback.map(|OrOff(name)| name);
    let said_fallback = fallback.clone();
    let quiet_hours = args.quiet_hours.map(|OrOff(hours)| hours);
    let change = ChannelChange { target: args.target, fallback, quiet_hours };
    let channel = SetChannel { audit: app.audit(), storage: app.storage.clone() }
        .execute(&args.name, change, None)
        .await?;
    say(format_args!("{} leads to {}", channel.name, channel.target))?;
    match said_fallback {
        Some(Some(name)) => say(format_args!("when it fails for good, {name} is told"))?,
        Some(None) => say("when it fails for good, no other channel is told")?,
        None => {}
    }
    match channel.quiet_hours {
        Some(hours) => say(format_args!("nothing is sent {hours}")),
        None => say("it has no quiet hours"),
    }
}

async fn pause(app: &App, name: &str, paused: bool) -> anyhow::Result<()> {
    PauseChannel { audit: app.audit(), storage: app.storage.clone(), clock: app.clock.clone() }
        .execute(name, paused)
        .await?;
    let said = if paused { "is paused; what waits is kept" } else { "goes on" };
    say(format_args!("the channel {name} {said}"))
}

async fn list(app: &App, settings: &Settings, format: Format) -> anyhow::Result<()> {
    let channels = consult(&*app.storage, async |snapshot| snapshot.channels().all().await).await?;
    let names = channels.iter().map(|channel| (channel.id, channel.name.clone())).collect();
    let channels: Vec<_> =
        channels.iter().map(|channel| ChannelRecord::new(channel, &names, settings)).collect();
    say_list(format, &channels, listed)
}

fn listed(channels: &[ChannelRecord]) -> Table<7> {
    let row = |channel: &ChannelRecord| {
        let unset = if channel.is_secret_set == Some(false) { " (not set)" } else { "" };
        [
            channel.name.clone(),
            channel.kind.to_string(),
            format!("{}{unset}", channel.target),
            if channel.mimicked { "mail to the team" } else { "itself" }.to_owned(),
            or_dash(channel.fallback.as_ref()),
            or_dash(channel.quiet_hours.as_ref()),
            or_dash(channel.paused_at),
        ]
    };
    Table::new(["CHANNEL", "KIND", "TARGET", "DELIVERED AS", "FALLBACK", "QUIET HOURS", "PAUSED"])
        .with(channels.iter().map(row))
}
