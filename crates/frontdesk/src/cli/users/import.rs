//! `frontdesk users import`

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use application::{
    ports::consult,
    users::{ImportMode, ImportRows, ImportUsers, Rows},
};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::rejects::Rejects;
use crate::{
    cli::{AlreadySaid, output::say},
    wiring::App,
};

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A CSV file whose first row names the columns as bots name fields: name, email, phone, origin, ...
    file: PathBuf,
    /// The bot that registers the users; it says where national phone numbers are from
    #[arg(long)]
    bot: String,
    /// Change nothing, only say what would become of each row
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(app: &App, args: ImportArgs) -> anyhow::Result<()> {
    let found = consult(&*app.storage, async |snapshot| snapshot.bots().by_name(&args.bot).await).await?;
    let bot = found.ok_or_else(|| anyhow::anyhow!("there is no bot named {}", args.bot))?;
    let unreadable = || format!("{} cannot be read", args.file.display());
    let mut rows = File::open(&args.file).and_then(Rows::of).with_context(unreadable)?;
    let bar = progress(&args.file).with_context(unreadable)?;
    let mode = if args.dry_run { ImportMode::DryRun } else { ImportMode::Write };
    let ids = app.ids.clone();
    let users = ImportUsers { storage: app.storage.clone(), clock: app.clock.clone(), ids };
    let import = ImportRows { users };
    let mut rejects = Rejects::of(&args.file, &rows.rejected_names(), rows.delimiter());
    let (mut registered, mut recognised) = (0, 0);
    while let Some(imported) = import.execute(&bot, &mut rows, mode).await? {
        registered += imported.registered;
        recognised += imported.recognised;
        imported.rejected.iter().try_for_each(|row| rejects.add(&row.cells))?;
        bar.set_position(rows.position());
        bar.set_message(format!("{} users", registered + recognised));
    }
    bar.finish_and_clear();
    summary(registered, recognised, rejects, mode)
}

fn progress(file: &Path) -> io::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} % {msg}").expect("the template is sound");
    Ok(ProgressBar::new(file.metadata()?.len()).with_style(style))
}

/// Fails if rows were rejected, so that a script notices.
fn summary(registered: usize, recognised: usize, rejects: Rejects, mode: ImportMode) -> anyhow::Result<()> {
    let (rejected, file) = rejects.finish()?;
    let would = if mode == ImportMode::DryRun { "nothing was changed; there would be " } else { "" };
    say(format_args!("{would}{registered} registered, {recognised} known already, {rejected} rejected"))?;
    if rejected == 0 {
        return Ok(());
    }
    say(format_args!("the rejected rows and why are in {}; mend it and import it", file.display()))?;
    Err(AlreadySaid.into())
}
