//! `frontdesk topic preview`

use std::{io::Read as _, path::PathBuf};

use anyhow::Context as _;
use application::{
    bots::bots_in_use,
    ports::consult,
    routing::{MatchedPerson, MatchedTopic, PlannedNotification, RoutingPreview},
};
use clap::Args;
use domain::{
    bot::Bot,
    bot_call::Reading,
    intake::{CallPath, RawCall},
};

use crate::{
    cli::{
        Format,
        output::{or_dash, printable, say, say_json},
        table::Table,
    },
    settings::Settings,
    wiring::App,
};

#[derive(Debug, Args)]
pub struct PreviewArgs {
    /// The file with the body that the bot would send; - or none for the standard input
    file: Option<PathBuf>,
    /// The bot that would send it; not needed where there is only one
    #[arg(long, value_name = "NAME")]
    bot: Option<String>,
    /// Where it would be sent: tickets or users
    #[arg(long, default_value = "tickets")]
    path: CallPath,
    #[command(flatten)]
    format: Format,
}

pub async fn run(app: &App, settings: &Settings, args: PreviewArgs) -> anyhow::Result<()> {
    let bot = bot(app, args.bot.as_deref()).await?;
    let raw = RawCall { query: String::new(), body: body(args.file)? };
    let preview = app.preview_routing(settings, app.channels(settings)?);
    let shown = preview.execute(&bot, args.path, raw).await?;
    if args.format.json { say_json(&shown) } else { say_shown(&shown) }
}

async fn bot(app: &App, name: Option<&str>) -> anyhow::Result<Bot> {
    let bots = consult(&*app.storage, bots_in_use).await?;
    match name {
        Some(name) => bots
            .into_iter()
            .find(|bot| bot.name == name)
            .with_context(|| format!("there is no bot named {name}")),
        None => match <[Bot; 1]>::try_from(bots) {
            Ok([bot]) => Ok(bot),
            Err(bots) if bots.is_empty() => {
                anyhow::bail!("there is no bot yet: add one with `frontdesk bot add`")
            }
            Err(_) => anyhow::bail!("there are several bots: say which with --bot"),
        },
    }
}

fn body(file: Option<PathBuf>) -> anyhow::Result<Vec<u8>> {
    if let Some(file) = file.filter(|file| file.as_os_str() != "-") {
        return std::fs::read(&file).with_context(|| format!("reading {}", file.display()));
    }
    let mut body = Vec::new();
    std::io::stdin().lock().read_to_end(&mut body).context("reading the standard input")?;
    Ok(body)
}

fn say_shown(shown: &RoutingPreview) -> anyhow::Result<()> {
    if shown.readings.is_empty() {
        say("The body says nothing that can be read.")?;
    } else {
        say(readings(&shown.readings))?;
    }
    say(format_args!("\nAnswer   {}", answer(shown)))?;
    say(format_args!("Person   {}", shown.person.as_ref().map_or_else(|| "nobody".to_owned(), person)))?;
    if let Some(matched) = &shown.topic {
        say(format_args!("Topic    {}", topic(matched)))?;
    }
    shown.notifications.iter().try_for_each(say_planned)
}

fn readings(readings: &[Reading]) -> Table<4> {
    let row = |reading: &Reading| {
        [
            one_line(&reading.name),
            one_line(&reading.given),
            reading.fate.to_string(),
            match (&reading.field, &reading.read_as) {
                (Some(field), Some(text)) => format!("{field} = {}", one_line(text)),
                (Some(field), None) => field.to_string(),
                (None, _) => "-".to_owned(),
            },
        ]
    };
    Table::new(["NAME", "VALUE", "BECAME", "READ AS"]).with(readings.iter().map(row))
}

/// The beginning of a text, fit for a table.
fn one_line(text: &str) -> String {
    const WIDTH: usize = 40;
    let line = printable(text).replace('\n', " ");
    if line.chars().count() <= WIDTH { line } else { line.chars().take(WIDTH - 1).chain(['…']).collect() }
}

fn answer(shown: &RoutingPreview) -> String {
    let refused = shown.refused.map(|refused| {
        let field = refused.field.map(|field| format!(", ask again for {field}")).unwrap_or_default();
        format!(" ({}{field})", refused.code)
    });
    format!("{}{}", shown.result.as_str(), refused.unwrap_or_default())
}

fn person(person: &MatchedPerson) -> String {
    let name = printable(person.name.as_deref().unwrap_or("without a name"));
    let who = match (person.user_id, person.matched_by) {
        (Some(id), Some(identity)) => format!("{name}, the user {id}, known by {identity}"),
        _ => format!("{name}, a new user"),
    };
    let clashes: Vec<_> = person.clashes.iter().map(ToString::to_string).collect();
    if clashes.is_empty() { who } else { format!("{who}; another user's: {}", clashes.join(", ")) }
}

fn topic(topic: &MatchedTopic) -> String {
    let asked = topic.asked.as_ref().map(|asked| format!(", asked for as \"{}\"", printable(asked)));
    format!("{} (by {}{})", topic.title, topic.matched_by, asked.unwrap_or_default())
}

fn say_planned(planned: &PlannedNotification) -> anyhow::Result<()> {
    let unset = if planned.is_secret_set == Some(false) { " (not set)" } else { "" };
    say(format_args!("\n{} over {} ({})", planned.purpose, planned.channel, planned.kind))?;
    say(format_args!("  target       {}{unset}", printable(&planned.target)))?;
    say(format_args!("  due          {}", planned.due_at))?;
    say(format_args!("  goes out     {}", planned.goes_out_at))?;
    say(format_args!("  paused       {}", or_dash(planned.paused_at)))?;
    say(format_args!("  quiet hours  {}", or_dash(planned.quiet_hours.as_ref())))?;
    say(format_args!("  fallback     {}", or_dash(planned.fallback.as_ref())))?;
    if let Some(problem) = &planned.problem {
        say(format_args!("  text         {}", printable(problem)))?;
    }
    let Some(wording) = &planned.wording else { return Ok(()) };
    if wording.mimicked {
        say("  Mail to the team takes the place of this channel.")?;
    }
    let subject = wording.subject.iter().map(|subject| format!("Subject: {subject}\n"));
    let text = subject.chain([wording.text.clone()]).collect::<Vec<_>>().join("\n");
    printable(text.trim_end()).lines().try_for_each(|line| say(format_args!("  | {line}")))
}
