//! `frontdesk tickets`

mod list;
mod reply;
mod show;
mod timeline;

use clap::Subcommand;
use domain::ticket::Reference;

use super::Format;
use crate::{settings::Settings, wiring::App};

#[derive(Debug, Subcommand)]
pub enum TicketsCommand {
    /// Show the tickets that wait, topic by topic, the oldest first
    List(list::ListArgs),
    /// Show one ticket with its conversation
    Show {
        /// Its reference, such as T-000042
        reference: Reference,
        /// At most so many messages, the newest ones
        #[arg(long, default_value_t = 200)]
        limit: u16,
        #[command(flatten)]
        format: Format,
    },
    /// Answer the person of a ticket: in the chat, else by mail
    Reply(reply::ReplyArgs),
}

pub async fn run(app: &App, settings: &Settings, command: TicketsCommand) -> anyhow::Result<()> {
    match command {
        TicketsCommand::List(args) => list::run(app, args).await,
        TicketsCommand::Show { reference, limit, format } => show::run(app, reference, limit, format).await,
        TicketsCommand::Reply(args) => reply::run(app, settings, args).await,
    }
}
