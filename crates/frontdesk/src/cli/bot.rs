//! `frontdesk bot`

use application::{
    bots::{AddBot, ChangeHook, HookChange, NewBot, RevokeBotKeys, RotateBotKey, WhichKeys, bots_in_use},
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
    Format, WrongUsage,
    output::{or_dash, say, say_list},
    prompt,
    recipe::{self, RecipeArgs},
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
    /// Show or change the address at which Landbot delivers a bot's conversations
    Hook(HookArgs),
    /// Show what to type into Landbot's builder, block by block
    Recipe(RecipeArgs),
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

#[derive(Debug, Args)]
pub struct HookArgs {
    /// The bot's name
    name: String,
    /// Make a new address; nothing is taken at the old one any more
    #[arg(long, group = "change")]
    renew: bool,
    /// Read the token that Landbot was told to send along from the standard input
    #[arg(long, group = "change")]
    token_stdin: bool,
    /// Landbot was told to send no token
    #[arg(long, group = "change")]
    no_token: bool,
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
            let rotate = RotateBotKey {
                audit: app.audit(),
                storage: app.storage.clone(),
                entropy: app.entropy.clone(),
            };
            show_key(settings, &name, &rotate.execute(&name).await?, key_only)
        }
        BotCommand::Hook(args) => hook(app, settings, args).await,
        BotCommand::Recipe(args) => recipe::run(app, settings, args).await,
        BotCommand::Revoke { name, previous } => revoke(app, &name, previous).await,
    }
}

async fn add(app: &App, settings: &Settings, args: AddArgs) -> anyhow::Result<()> {
    let add = AddBot {
        audit: app.audit(),
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
    say(format_args!(
        "The key of {name} is shown only now:\n\n  {key}\n\nA call to try it:\n\n{call}\n\n\
         What to type into Landbot, block by block:\n\n  frontdesk bot recipe {name}\n"
    ))
}

async fn hook(app: &App, settings: &Settings, args: HookArgs) -> anyhow::Result<()> {
    let change = match args {
        HookArgs { renew: true, .. } => HookChange::NewSecret,
        HookArgs { no_token: true, .. } => HookChange::Token(None),
        HookArgs { token_stdin: true, .. } => HookChange::Token(Some(read_token().await?)),
        HookArgs { .. } => HookChange::Nothing,
    };
    let hook = ChangeHook { audit: app.audit(), storage: app.storage.clone(), entropy: app.entropy.clone() };
    let hook = hook.execute(&args.name, change).await?;
    let token = if hook.token.is_some() { "is checked" } else { "is not asked for" };
    say(format_args!("{}/bot/v1/messages/{}", settings.http.bots_url(), hook.secret.reveal()))?;
    eprintln!("The address is a secret. A token {token}.");
    Ok(())
}

async fn read_token() -> anyhow::Result<String> {
    match prompt::line().await?.trim() {
        "" => Err(WrongUsage("a token is needed on the standard input".to_owned()).into()),
        token => Ok(token.to_owned()),
    }
}

async fn list(app: &App, format: Format) -> anyhow::Result<()> {
    let bots = consult(&*app.storage, bots_in_use).await?;
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
    RevokeBotKeys { audit: app.audit(), storage: app.storage.clone() }.execute(name, which).await?;
    match which {
        WhichKeys::Previous => say(format_args!("the previous key of {name} is refused within five seconds")),
        WhichKeys::All => say(format_args!("all keys of {name} are refused within five seconds")),
    }
}
