//! The command line. Every command works beside a running server.
//!
//! Results go to the standard output, messages to the standard error. Exit codes: 0 done, 1 failed, 2 wrong usage or
//! settings.

mod agent;
mod backup;
mod bot;
mod channel;
mod config;
mod doctor;
mod healthcheck;
mod http_client;
mod migrate;
mod notifications;
mod or_off;
mod output;
mod prompt;
mod quarantine;
mod recipe;
mod seed;
mod serve;
mod simulate;
mod superuser;
mod table;
mod tickets;
mod token;
mod topic;
mod users;

use std::{error::Error, io, process::ExitCode};

use adapters_mail::MailSetupError;
use adapters_sqlite::OpenError;
use clap::{Args, Parser, Subcommand};

use crate::{
    logging,
    settings::{Settings, SettingsError, Sources},
    wiring::App,
};

/// The back end behind a Landbot chatbot: users, tickets, notifications.
///
/// Without a command it serves. Settings come from the environment, .env and frontdesk.toml; `frontdesk config` shows
/// them.
#[derive(Debug, Parser)]
#[command(name = "frontdesk", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve bots and deliver notifications (the default)
    Serve(serve::ServeArgs),
    /// Apply or show the migrations of the database
    #[command(subcommand)]
    Migrate(migrate::MigrateCommand),
    /// Make an admin
    Createsuperuser(superuser::SuperuserArgs),
    /// Members of staff
    #[command(subcommand)]
    Agent(agent::AgentCommand),
    /// API tokens of members of staff
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Bots and their keys
    #[command(subcommand)]
    Bot(bot::BotCommand),
    /// What tickets are about, and who is told
    #[command(subcommand)]
    Topic(topic::TopicCommand),
    /// Where teams are told
    #[command(subcommand)]
    Channel(channel::ChannelCommand),
    /// What was and will be sent
    #[command(subcommand)]
    Notifications(notifications::NotificationsCommand),
    /// Tickets, their conversations, and answers to them
    #[command(subcommand)]
    Tickets(tickets::TicketsCommand),
    /// Calls that could not be understood
    #[command(subcommand)]
    Quarantine(quarantine::QuarantineCommand),
    /// Import, export or erase users
    #[command(subcommand)]
    Users(users::UsersCommand),
    /// Fill a database with people who do not exist, to look at and to measure
    Seed(seed::SeedArgs),
    /// Play visitors of the lead bot against a running server
    Simulate(simulate::SimulateArgs),
    /// Look whether all is well, and say what to do
    Doctor,
    /// Show the settings in force and where they come from
    Config(config::ConfigArgs),
    /// Copy the database to a new file while everything goes on
    Backup(backup::BackupArgs),
    /// Ask the running server whether it is ready
    Healthcheck,
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, Args)]
struct Format {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The command cannot be carried out as it was given.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct WrongUsage(String);

/// Something is not as it should be, and was said already.
#[derive(Debug, thiserror::Error)]
#[error("not everything is well")]
struct AlreadySaid;

/// Runs a command to its end.
pub async fn run(cli: Cli) -> ExitCode {
    let command = cli.command.unwrap_or(Command::Serve(serve::ServeArgs::default()));
    match Box::pin(execute(command, &Sources::of_process())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit_code(&error),
    }
}

fn exit_code(error: &anyhow::Error) -> ExitCode {
    if is_closed_pipe(error) {
        return ExitCode::SUCCESS;
    }
    if !error.is::<AlreadySaid>() {
        eprintln!("frontdesk: {error:#}");
    }
    if is_wrong_usage(error) { ExitCode::from(2) } else { ExitCode::FAILURE }
}

/// Whether a retry cannot help before somebody changes the command or the settings.
fn is_wrong_usage(error: &anyhow::Error) -> bool {
    let is_wrong_database = matches!(
        error.downcast_ref(),
        Some(OpenError::Path { .. } | OpenError::NotADatabase { .. } | OpenError::Foreign { .. })
    );
    let is_wrong_server =
        error.downcast_ref().is_some_and(|error: &adapters_postgres::OpenError| !error.is_temporary());
    is_wrong_database
        || is_wrong_server
        || error.is::<SettingsError>()
        || error.is::<MailSetupError>()
        || error.is::<WrongUsage>()
}

/// Whoever read the output has seen enough, as `head` does.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().filter_map(io_error_of).any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// A cause that is an I/O error, or hides one.
fn io_error_of<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let hidden = || match cause.downcast_ref::<csv::Error>()?.kind() {
        csv::ErrorKind::Io(error) => Some(error),
        _ => None,
    };
    cause.downcast_ref().or_else(hidden)
}

async fn execute(command: Command, sources: &Sources) -> anyhow::Result<()> {
    match command {
        // These two say themselves what is wrong with the settings.
        Command::Config(args) => config::run(sources, &args),
        Command::Doctor => doctor::run(sources).await,
        Command::Serve(args) => serve::run(Settings::load(sources)?, args).await,
        Command::Migrate(command) => migrate::run(&load(sources)?, &command).await,
        Command::Backup(args) => backup::run(&load(sources)?, &args).await,
        Command::Simulate(args) => simulate::run(&load(sources)?, args).await,
        Command::Healthcheck => healthcheck::run(&load(sources)?).await,
        Command::Agent(command) => agent::run(&open(sources).await?, command).await,
        Command::Createsuperuser(args) => superuser::run(&open(sources).await?, args).await,
        Command::Token(command) => token::run(&open(sources).await?, command).await,
        Command::Notifications(command) => notifications::run(&open(sources).await?, command).await,
        Command::Quarantine(command) => quarantine::run(&open(sources).await?, command).await,
        Command::Seed(args) => seed::run(&open(sources).await?, args).await,
        Command::Users(command) => users::run(&open(sources).await?, command).await,
        Command::Topic(command) => {
            let settings = load(sources)?;
            topic::run(&App::open(&settings).await?, &settings, command).await
        }
        Command::Channel(command) => {
            let settings = load(sources)?;
            channel::run(&App::open(&settings).await?, &settings, command).await
        }
        Command::Tickets(command) => {
            let settings = load(sources)?;
            tickets::run(&App::open(&settings).await?, &settings, command).await
        }
        Command::Bot(command) => {
            let settings = load(sources)?;
            bot::run(&App::open(&settings).await?, &settings, command).await
        }
    }
}

/// The settings, for a command that logs warnings only, unless somebody asked for more.
fn load(sources: &Sources) -> anyhow::Result<Settings> {
    let settings = Settings::load(sources)?;
    logging::start(if settings.log.is_set { &settings.log.filter } else { "warn" })?;
    Ok(settings)
}

/// Everything that the settings wire together, for a command that changes or shows what is stored.
async fn open(sources: &Sources) -> anyhow::Result<App> {
    App::open(&load(sources)?).await
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    /// A reader that has gone away.
    struct ClosedPipe;

    impl io::Write for ClosedPipe {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn a_reader_that_has_seen_enough_is_no_failure() {
        let mut writer = csv::Writer::from_writer(ClosedPipe);
        let long = "x".repeat(100_000);
        let table = writer.write_record([&long]).expect_err("nobody reads");
        let line =
            serde_json::to_writer(ClosedPipe, &long).map_err(io::Error::from).expect_err("nobody reads");
        assert!(is_closed_pipe(&table.into()) && is_closed_pipe(&line.into()));
        assert!(!is_closed_pipe(&io::Error::from(io::ErrorKind::NotFound).into()));
    }

    #[test]
    fn without_a_command_it_serves() {
        let cli = Cli::try_parse_from(["frontdesk"]).expect("no command is needed");
        assert!(cli.command.is_none());
    }

    #[test]
    fn every_command_of_the_contract_is_understood() {
        for line in [
            "serve --role all",
            "migrate up",
            "migrate status",
            "agent list --json",
            "agent no-second-factor a@example.com",
            "createsuperuser --email a@example.com --password-stdin",
            "token add laptop --email a@example.com --scope read",
            "token list",
            "token revoke 01890000-0000-7000-8000-000000000000",
            "bot add web --country ES --language es --origin landing --key-only",
            "bot list --json",
            "bot rotate web --key-only",
            "bot revoke web --previous",
            "bot hook web",
            "bot hook web --renew",
            "bot hook web --token-stdin",
            "bot recipe web",
            "bot recipe web --for whatsapp --format markdown",
            "bot recipe web --format svg",
            "tickets list --topic sales --json",
            "tickets show T-000042 --limit 10",
            "tickets reply T-000042 --as a@example.com --key once Hello",
            "topic add legal --title Legal --alias contracts --channel team-email --default",
            "topic list",
            "topic route legal team-email sales-slack",
            "topic set legal --title Law --alias contracts --alias nda --default",
            "topic set legal --no-aliases --digest-at off",
            "topic preview --bot web --path users body.json",
            "topic preview --json -",
            "channel add legal --kind email --target legal@example.com",
            "channel list",
            "channel set legal --fallback team-email --quiet-hours off --target team",
            "channel set legal --fallback off",
            "channel test legal --json",
            "channel pause legal",
            "channel resume legal",
            "notifications list --status failed --limit 1000 --json",
            "notifications show 01890000-0000-7000-8000-000000000000",
            "notifications retry 01890000-0000-7000-8000-000000000000",
            "notifications cancel 01890000-0000-7000-8000-000000000000",
            "quarantine list",
            "quarantine show 01890000-0000-7000-8000-000000000000",
            "quarantine release 01890000-0000-7000-8000-000000000000 --set email=a@example.com",
            "quarantine discard 01890000-0000-7000-8000-000000000000",
            "users import people.csv --bot web --dry-run",
            "users export --format jsonl",
            "users export --email a@example.com --json",
            "users erase --phone +34600111222 --yes",
            "simulate",
            "simulate --for whatsapp --users 20 --show --seed 7",
            "simulate --users 20 --rate 200 --key fd_x --url http://localhost:8080",
            "seed",
            "seed --users 1000 --tickets 500 --notifications 2000 --seed 7 --among-others",
            "doctor",
            "config --json",
            "backup copy.db",
            "healthcheck",
        ] {
            let words = std::iter::once("frontdesk").chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
    }
}
