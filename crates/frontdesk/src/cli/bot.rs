//! `frontdesk bot`

use application::{
    bots::{AddBot, NewBot, RevokeBotKeys, RotateBotKey, WhichKeys},
    ports::consult,
};
use clap::{Args, Subcommand};
use domain::{
    bot::{Bot, Secret},
    identity::Country,
    ids::BotId,
    language::Language,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Format,
    output::{or_dash, say, say_list},
    table::Table,
};
use crate::{first_screen::curl, settings::Settings, wiring::App};

#[derive(Debug, Subcommand)]
pub enum BotCommand {
    /// Add a bot; its key is shown once
    Add(AddArgs),
    /// Show all bots
    List(Format),
    /// Make a new key; the one before stays valid until the next rotation
    Rotate {
        /// The bot's name
        name: String,
        /// Print the key and nothing else
        #[arg(long)]
        key_only: bool,
    },
    /// Refuse keys of a bot, within five seconds
    Revoke {
        /// The bot's name
        name: String,
        /// Only the key before the last rotation
        #[arg(long)]
        previous: bool,
    },
}

#[derive(Debug, Args)]
pub struct AddArgs {
    /// What to call the bot
    name: String,
    /// Where national phone numbers are from, such as ES
    #[arg(long)]
    country: Option<Country>,
    /// The language of people who did not say theirs
    #[arg(long, default_value = "en", value_parser = language)]
    language: Language,
    /// The origin of people who come without one
    #[arg(long)]
    origin: Option<String>,
    /// Print the key and nothing else
    #[arg(long)]
    key_only: bool,
}

fn language(text: &str) -> Result<Language, &'static str> {
    Language::parse(text).ok_or("a language such as en or es is needed")
}

#[derive(Serialize)]
struct BotRecord {
    id: BotId,
    name: String,
    language: Language,
    country: Option<String>,
    origin: Option<String>,
    keys: usize,
    created_at: Timestamp,
}

impl From<Bot> for BotRecord {
    fn from(bot: Bot) -> Self {
        Self {
            id: bot.id,
            keys: usize::from(bot.keys.current.is_some()) + usize::from(bot.keys.previous.is_some()),
            name: bot.name,
            language: bot.default_language,
            country: bot.default_country.map(|country| country.to_string()),
            origin: bot.default_origin,
            created_at: bot.created_at,
        }
    }
}

pub async fn run(app: &App, settings: &Settings, command: BotCommand) -> anyhow::Result<()> {
    match command {
        BotCommand::Add(args) => add(app, settings, args).await,
        BotCommand::List(format) => list(app, format).await,
        BotCommand::Rotate { name, key_only } => {
            let rotate = RotateBotKey { storage: app.storage.clone(), entropy: app.entropy.clone() };
            show_key(settings, &name, &rotate.execute(&name).await?, key_only)
        }
        BotCommand::Revoke { name, previous } => revoke(app, &name, previous).await,
    }
}

async fn add(app: &App, settings: &Settings, args: AddArgs) -> anyhow::Result<()> {
    let add = AddBot {
        storage: app.storage.clone(),
        clock: app.clock.clone(),
        ids: app.ids.clone(),
        entropy: app.entropy.clone(),
    };
    let new = NewBot {
        name: args.name.clone(),
        default_origin: args.origin,
        default_language: args.language,
        default_country: args.country,
    };
    show_key(settings, &args.name, &add.execute(new).await?, args.key_only)
}

fn show_key(settings: &Settings, name: &str, key: &Secret, key_only: bool) -> anyhow::Result<()> {
    let key = key.reveal();
    if key_only {
        return say(key);
    }
    let call = curl(&settings.http.bots_url(), key);
    say(format_args!("The key of {name} is shown only now:\n\n  {key}\n\nA call to try it:\n\n{call}\n"))
}

async fn list(app: &App, format: Format) -> anyhow::Result<()> {
    let bots = consult(&*app.storage, async |snapshot| snapshot.bots().all().await).await?;
    let bots: Vec<_> = bots.into_iter().map(BotRecord::from).collect();
    say_list(format, &bots, listed)
}

fn listed(bots: &[BotRecord]) -> Table<6> {
    let row = |bot: &BotRecord| {
        [
            bot.name.clone(),
            bot.keys.to_string(),
            bot.language.to_string(),
            or_dash(bot.country.as_deref()),
            or_dash(bot.origin.as_deref()),
            bot.created_at.to_string(),
        ]
    };
    Table::new(["NAME", "VALID KEYS", "LANGUAGE", "COUNTRY", "ORIGIN", "ADDED"]).with(bots.iter().map(row))
}

async fn revoke(app: &App, name: &str, previous: bool) -> anyhow::Result<()> {
    let which = if previous { WhichKeys::Previous } else { WhichKeys::All };
    RevokeBotKeys { storage: app.storage.clone() }.execute(name, which).await?;
    match which {
        WhichKeys::Previous => say(format_args!("the previous key of {name} is refused within five seconds")),
        WhichKeys::All => say(format_args!("all keys of {name} are refused within five seconds")),
    }
}
