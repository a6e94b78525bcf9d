//! `frontdesk users import`

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use application::{
    ports::consult,
    users::{IMPORT_BATCH, ImportMode, ImportOutcome, ImportUsers, Row, Rows, TOO_WIDE, rejection},
};
use clap::Args;
use domain::{bot::Bot, bot_call::Fields};
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

#[derive(Debug, Default)]
struct Counts {
    registered: usize,
    recognised: usize,
}

struct Import<'a> {
    users: ImportUsers,
    bot: Bot,
    mode: ImportMode,
    rejects: Rejects,
    counts: Counts,
    /// Rows of the next commit, and what they say; none if that cannot be read.
    waiting: Vec<(Row, Option<Fields>)>,
    bar: &'a ProgressBar,
}

pub async fn run(app: &App, args: ImportArgs) -> anyhow::Result<()> {
    let found = consult(&*app.storage, async |snapshot| snapshot.bots().by_name(&args.bot).await).await?;
    let bot = found.ok_or_else(|| anyhow::anyhow!("there is no bot named {}", args.bot))?;
    let unreadable = || format!("{} cannot be read", args.file.display());
    let mut rows = File::open(&args.file).and_then(Rows::of).with_context(unreadable)?;
    let bar = progress(&args.file).with_context(unreadable)?;
    let mode = if args.dry_run { ImportMode::DryRun } else { ImportMode::Write };
    let mut import = Import {
        users: ImportUsers { storage: app.storage.clone(), clock: app.clock.clone(), ids: app.ids.clone() },
        bot,
        mode,
        rejects: Rejects::of(&args.file, &rows.rejected_names(), rows.delimiter()),
        counts: Counts::default(),
        waiting: Vec::with_capacity(IMPORT_BATCH),
        bar: &bar,
    };
    while let Some(row) = rows.read().with_context(unreadable)? {
        import.take(row, &rows).await?;
    }
    import.flush(&rows).await?;
    bar.finish_and_clear();
    let Import { rejects, counts, .. } = import;
    summary(&counts, rejects, mode)
}

fn progress(file: &Path) -> io::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} % {msg}").expect("the template is sound");
    Ok(ProgressBar::new(file.metadata()?.len()).with_style(style))
}

impl Import<'_> {
    async fn take<R: io::Read>(&mut self, row: Row, rows: &Rows<R>) -> anyhow::Result<()> {
        let fields = rows.fields(&row);
        self.waiting.push((row, fields));
        if self.waiting.len() == IMPORT_BATCH {
            self.flush(rows).await?;
        }
        Ok(())
    }

    async fn flush<R: io::Read>(&mut self, rows: &Rows<R>) -> anyhow::Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        let fields: Vec<_> = waiting.iter().filter_map(|(_, fields)| fields.clone()).collect();
        let mut outcomes = self.users.execute(&self.bot, &fields, self.mode).await?.into_iter();
        for (row, fields) in &waiting {
            match fields.as_ref().and_then(|_| outcomes.next()) {
                Some(ImportOutcome::Registered) => self.counts.registered += 1,
                Some(ImportOutcome::Recognised) => self.counts.recognised += 1,
                Some(ImportOutcome::Rejected(refused)) => {
                    self.rejects.add(&rows.rejected(row, rejection(refused)))?;
                }
                None => self.rejects.add(&rows.rejected(row, TOO_WIDE))?,
            }
        }
        self.bar.set_position(rows.position());
        self.bar.set_message(format!("{} users", self.counts.registered + self.counts.recognised));
        Ok(())
    }
}

/// Fails if rows were rejected, so that a script notices.
fn summary(counts: &Counts, rejects: Rejects, mode: ImportMode) -> anyhow::Result<()> {
    let (rejected, file) = rejects.finish()?;
    let Counts { registered, recognised } = counts;
    let would = if mode == ImportMode::DryRun { "nothing was changed; there would be " } else { "" };
    say(format_args!("{would}{registered} registered, {recognised} known already, {rejected} rejected"))?;
    if rejected == 0 {
        return Ok(());
    }
    say(format_args!("the rejected rows and why are in {}; mend it and import it", file.display()))?;
    Err(AlreadySaid.into())
}
