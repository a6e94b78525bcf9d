//! `frontdesk bot recipe`

use application::bots::{ChangeHook, HookChange};
use clap::{Args, ValueEnum};

use super::output::say;
use crate::{
    recipe::{Diagram, Markdown, Medium, Place, Printed, Recipe},
    settings::Settings,
    wiring::App,
};

#[derive(Debug, Args)]
pub struct RecipeArgs {
    /// The bot's name
    name: String,
    /// Where the bot talks to people
    #[arg(long = "for", value_enum, default_value_t = Medium::Web)]
    medium: Medium,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

/// How a recipe is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For a terminal, with the address of the message hook
    Text,
    /// The blocks alone, for a page
    Markdown,
    /// A picture of the blocks
    Svg,
}

pub async fn run(app: &App, settings: &Settings, args: RecipeArgs) -> anyhow::Result<()> {
    let hook = ChangeHook { audit: app.audit(), storage: app.storage.clone(), entropy: app.entropy.clone() };
    let hook = hook.execute(&args.name, HookChange::Nothing).await?;
    let public_url = settings.http.public_url.as_ref().map(ToString::to_string);
    let place = &Place::at(public_url.as_deref(), hook.secret.reveal());
    let recipe = &Recipe::of(args.medium);
    match args.format {
        Form::Text => say(Printed { recipe, place, bot: &args.name }),
        Form::Markdown => say(Markdown { recipe, place }),
        Form::Svg => say(Diagram::of(recipe)),
    }
}
