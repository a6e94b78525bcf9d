//! `frontdesk backup`

use std::path::PathBuf;

use clap::Args;

use super::{database, output::say};
use crate::settings::Settings;

#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to make; there must be none yet
    file: PathBuf,
}

pub async fn run(settings: &Settings, args: &BackupArgs) -> anyhow::Result<()> {
    let sqlite = database::open_as_it_is(settings).await?;
    sqlite.backup(&args.file).await?;
    say(format_args!("copied to {}", args.file.display()))?;
    if let Some(key) = settings.secret_key_file() {
        say(format_args!("keep {} with it: sessions need both", key.display()))?;
    }
    Ok(())
}
