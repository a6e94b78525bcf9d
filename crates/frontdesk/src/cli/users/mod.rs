//! `frontdesk users`

mod erase;
mod export_all;
mod export_one;
mod import;
mod merge;
mod rejects;
mod which;

use clap::Subcommand;

use crate::wiring::App;

#[derive(Debug, Subcommand)]
pub enum UsersCommand {
    /// Take users from a CSV file by the rules by which bots register them; nobody is written to
    Import(import::ImportArgs),
    /// Print all users, or everything that is stored about one
    Export(ExportArgs),
    /// Give all that one user has to another one, who is the same person
    Merge(merge::MergeArgs),
    /// Delete a user and everything personal that hangs on it
    Erase(erase::EraseArgs),
}

#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    #[command(flatten)]
    which: which::OptionalWhich,
    /// How all users are printed
    #[arg(long, value_enum, default_value_t)]
    format: export_all::ExportFormat,
    /// Print JSON, which is what one user is printed as anyway
    #[arg(long)]
    json: bool,
}

pub async fn run(app: &App, command: UsersCommand) -> anyhow::Result<()> {
    match command {
        UsersCommand::Import(args) => import::run(app, args).await,
        UsersCommand::Merge(args) => merge::run(app, args).await,
        UsersCommand::Erase(args) => erase::run(app, args).await,
        UsersCommand::Export(args) => match args.which.read()? {
            Some(which) => export_one::run(app, &which).await,
            None if args.json => export_all::run(app, export_all::ExportFormat::Jsonl).await,
            None => export_all::run(app, args.format).await,
        },
    }
}
