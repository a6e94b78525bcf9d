//! `frontdesk migrate`

use application::ports::MigrationState;
use clap::Subcommand;

use super::{
    output::{or_dash, say},
    table::Table,
};
use crate::{database::Database, settings::Settings};

#[derive(Debug, Subcommand)]
pub enum MigrateCommand {
    /// Apply what is outstanding
    Up,
    /// Show what is applied
    Status,
}

pub async fn run(settings: &Settings, command: &MigrateCommand) -> anyhow::Result<()> {
    let database = Database::open(&settings.database, "frontdesk-migrate").await?;
    match command {
        MigrateCommand::Up => up(&database).await,
        MigrateCommand::Status => Ok(say(listed(&database.migration_status().await?))?),
    }
}

async fn up(database: &Database) -> anyhow::Result<()> {
    let applied = database.migrate_up().await?;
    match applied.len() {
        0 => say("nothing is outstanding")?,
        count => say(format_args!("{count} applied\n{}", listed(&applied)))?,
    }
    Ok(())
}

fn listed(states: &[MigrationState]) -> Table<3> {
    let standing = |state: &MigrationState| if state.applied { "applied" } else { "outstanding" };
    let row = |state: &MigrationState| {
        [state.version.clone(), standing(state).to_owned(), or_dash(state.name.as_deref())]
    };
    Table::new(["VERSION", "STANDING", "NAME"]).with(states.iter().map(row))
}
