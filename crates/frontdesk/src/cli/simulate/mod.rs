//! `frontdesk simulate`: plays visitors of the lead bot against a running server. The bot is the recipe itself: what is
//! typed into the builder is what is walked through here.

mod bot_client;
mod chat;
mod conversation;
mod crowd;
mod people;
mod script;
mod summary;
mod words;

use application::bots::{AddBot, BotError, NewBot, RotateBotKey};
use clap::Args;
use domain::{bot::Secret, identity::Country, language::Language};

use super::WrongUsage;
use crate::{recipe::Medium, settings::Settings, wiring::App};
use bot_client::BotClient;
use crowd::Crowd;

/// The bot that plays where no key is given.
const BOT: &str = "simulation";

#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The server; without it, the one on this machine
    #[arg(long)]
    url: Option<String>,
    /// The key of a bot; without it, a bot named simulation is used, if the server is the one on this machine
    #[arg(long)]
    key: Option<String>,
    /// Play so many visitors by itself instead of asking you
    #[arg(long)]
    users: Option<u32>,
    /// Where the bot talks to them
    #[arg(long = "for", default_value_t = Medium::Web)]
    medium: Medium,
    /// Show what each block sends, gets and saves; without --users it always is
    #[arg(long)]
    show: bool,
    /// Calls a second, to stay below the server's limit
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: u32,
    /// Play the same visitors as another run with this number
    #[arg(long)]
    seed: Option<u64>,
}

pub async fn run(settings: &Settings, args: SimulateArgs) -> anyhow::Result<()> {
    let key = match (args.key, &args.url) {
        (Some(key), _) if key.bytes().all(|byte| byte.is_ascii_graphic()) => key,
        (Some(_), _) => return Err(WrongUsage("--key has characters that no key has".to_owned()).into()),
        (None, None) => own_key(settings).await?.reveal().to_owned(),
        (None, Some(_)) => {
            let how = "--key is needed with --url; `frontdesk bot add NAME --key-only` makes one there";
            return Err(WrongUsage(how.to_owned()).into());
        }
    };
    let url = args.url.unwrap_or_else(|| settings.http.local_url());
    let mut bot = BotClient::new(&url, &key, args.rate).map_err(|error| WrongUsage(error.to_string()))?;
    match args.users {
        Some(users) => {
            let crowd = Crowd { users, medium: args.medium, seed: args.seed, is_shown: args.show };
            crowd::play(&mut bot, crowd).await
        }
        None => conversation::hold(&mut bot, args.medium).await,
    }
}

/// A key of the bot for simulations, which is added at the first time.
async fn own_key(settings: &Settings) -> anyhow::Result<Secret> {
    let app = App::open(settings).await?;
    let rotate =
        RotateBotKey { audit: app.audit(), storage: app.storage.clone(), entropy: app.entropy.clone() };
    match rotate.execute(BOT).await {
        Err(BotError::Unknown(_)) => {}
        rotated => return Ok(rotated?),
    }
    let add = AddBot {
        audit: app.audit(),
        storage: app.storage,
        clock: app.clock,
        ids: app.ids,
        entropy: app.entropy,
    };
    let new = NewBot {
        name: BOT.to_owned(),
        default_origin: Some(BOT.to_owned()),
        default_language: Language::default(),
        default_country: Some(Country::parse("ES")?),
    };
    Ok(add.execute(new).await?)
}
