//! `frontdesk users merge`

use application::users::{MergeUsers, Merger, WhichUser};
use clap::Args;

use crate::{
    cli::{WrongUsage, output::say, prompt},
    wiring::App,
};

#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The user that is given up: its id, email, or phone number with its country code
    given_up: String,
    /// The user that is kept, and has all that the other had
    #[arg(long)]
    into: String,
    /// Only show what would come of it
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub async fn run(app: &App, args: MergeArgs) -> anyhow::Result<()> {
    let (given_up, kept) = (which(&args.given_up)?, which(&args.into)?);
    let merge = MergeUsers { audit: app.audit(), storage: app.storage.clone(), clock: app.clock.clone() };
    let preview = merge.preview(&given_up, &kept).await?;
    if args.dry_run {
        return say(format_args!("Nothing was merged. {}", told(&preview)));
    }
    if !args.yes {
        prompt::needs_terminal("without a terminal, give --yes")?;
        say(told(&preview))?;
        let answer = prompt::ask("This cannot be undone. Type yes to merge these users:").await?;
        if answer != "yes" {
            anyhow::bail!("nothing was merged");
        }
    }
    let merger = merge.execute(&given_up, &kept, Some(&preview)).await?;
    say(format_args!("The users were merged. {}", told(&merger)))
}

fn which(text: &str) -> Result<WhichUser, WrongUsage> {
    WhichUser::read(text)
        .ok_or_else(|| WrongUsage(format!("{text:?} is no id, email, or phone number with its country code")))
}

fn told(merger: &Merger) -> String {
    let (given, then) = (merger.given, &merger.merged);
    let of = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let welcome =
        if merger.second_welcome.is_some() { "\n  a second welcome that waits is not sent" } else { "" };
    format!(
        "{} is kept and {} given up:\n  name {}, email {}, phone {}\n  {} identities, {} tickets and {} \
         notifications go over{welcome}",
        then.id,
        merger.given_up.id,
        of(then.name.clone()),
        of(then.email.as_ref().map(ToString::to_string)),
        of(then.phone.as_ref().map(ToString::to_string)),
        given.identities,
        given.tickets,
        given.notifications,
    )
}
