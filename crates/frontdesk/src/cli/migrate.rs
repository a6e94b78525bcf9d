//! `frontdesk migrate`

use adapters_sqlite::{MigrationState, SqliteStorage};
use clap::Subcommand;

use super::{
    database,
    output::{or_dash, say},
    table::Table,
};
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub enum MigrateCommand {
    /// Apply what is outstanding
    Up,
    /// Show what is applied
    Status,
}

pub async fn run(settings: &Settings, command: &MigrateCommand) -> anyhow::Result<()> {
    let sqlite = database::open_as_it_is(settings).await?;
    match command {
        MigrateCommand::Up => up(&sqlite).await,
        MigrateCommand::Status => status(&sqlite).await,
    }
}

async fn up(sqlite: &SqliteStorage) -> anyhow::Result<()> {
    let applied = sqlite.migrate_up().await?;
    match applied.len() {
        0 => say("nothing is outstanding")?,
        count => say(format_args!("{count} applied\n{}", listed(&applied)))?,
    }
    Ok(())
}

async fn status(sqlite: &SqliteStorage) -> anyhow::Result<()> {
    say(listed(&sqlite.migration_status().await?))
}

fn listed(states: &[MigrationState]) -> Table<3> {
    let standing = |state: &MigrationState| if state.applied { "applied" } else { "outstanding" };
    let row = |state: &MigrationState| {
        [state.version.clone(), standing(state).to_owned(), or_dash(state.name.as_deref())]
    };
    Table::new(["VERSION", "STANDING", "NAME"]).with(states.iter().map(row))
}
