//! `frontdesk backup`

use std::path::PathBuf;

use clap::Args;

use super::{WrongUsage, output::say};
use crate::{database::Database, settings::Settings};

#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to make; there must be none yet
    file: PathBuf,
}

pub async fn run(settings: &Settings, args: &BackupArgs) -> anyhow::Result<()> {
    let Database::Embedded(sqlite) = Database::open(&settings.database, "frontdesk-backup").await? else {
        let why = "only an embedded database is copied by this command; PostgreSQL has pg_dump";
        return Err(WrongUsage(why.to_owned()).into());
    };
    sqlite.backup(&args.file).await?;
    say(format_args!("copied to {}", args.file.display()))?;
    if let Some(key) = settings.secret_key_file() {
        say(format_args!("keep {} with it: sessions need both", key.display()))?;
    }
    Ok(())
}
