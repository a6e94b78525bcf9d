//! `frontdesk channel`

use application::{
    ports::consult,
    routing::{AddChannel, PauseChannel},
};
use clap::Subcommand;
use domain::channel::{Channel, ChannelKind, Target};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Format,
    output::{or_dash, say, say_list},
    table::Table,
};
use crate::wiring::App;

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

#[derive(Serialize)]
struct ChannelRecord {
    name: String,
    kind: ChannelKind,
    target: String,
    mimicked: bool,
    paused_at: Option<Timestamp>,
}

impl ChannelRecord {
    fn new(channel: Channel) -> Self {
        Self {
            mimicked: is_mimicked(&channel),
            name: channel.name,
            kind: channel.kind,
            target: channel.target.to_string(),
            paused_at: channel.paused_at,
        }
    }
}

/// Whether mail to the team takes the place of a channel: so far mail is the only kind that has an adapter.
pub fn is_mimicked(channel: &Channel) -> bool {
    channel.kind != ChannelKind::Email
}

pub async fn run(app: &App, command: ChannelCommand) -> anyhow::Result<()> {
    match command {
        ChannelCommand::Add { name, kind, target } => {
            let add =
                AddChannel { storage: app.storage.clone(), clock: app.clock.clone(), ids: app.ids.clone() };
            add.execute(&name, kind, target).await?;
            say(format_args!("the channel {name} was added"))
        }
        ChannelCommand::List(format) => list(app, format).await,
        ChannelCommand::Pause { name } => pause(app, &name, true).await,
        ChannelCommand::Resume { name } => pause(app, &name, false).await,
    }
}

async fn pause(app: &App, name: &str, paused: bool) -> anyhow::Result<()> {
    PauseChannel { storage: app.storage.clone(), clock: app.clock.clone() }.execute(name, paused).await?;
    let said = if paused { "is paused; what waits is kept" } else { "goes on" };
    say(format_args!("the channel {name} {said}"))
}

async fn list(app: &App, format: Format) -> anyhow::Result<()> {
    let channels = consult(&*app.storage, async |snapshot| snapshot.channels().all().await).await?;
    let channels: Vec<_> = channels.into_iter().map(ChannelRecord::new).collect();
    say_list(format, &channels, listed)
}

fn listed(channels: &[ChannelRecord]) -> Table<5> {
    let row = |channel: &ChannelRecord| {
        [
            channel.name.clone(),
            channel.kind.to_string(),
            channel.target.clone(),
            if channel.mimicked { "mail to the team" } else { "itself" }.to_owned(),
            or_dash(channel.paused_at),
        ]
    };
    Table::new(["CHANNEL", "KIND", "TARGET", "DELIVERED AS", "PAUSED"]).with(channels.iter().map(row))
}
