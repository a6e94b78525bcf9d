//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Measures the panel and the REST API on a database full of people who do not exist: every list with each filter and each
/// pair of filters that its page offers, first and deep pages, searches, single pages, the dashboard and exports.
///
/// Nothing else should run on the machine meanwhile.
#[derive(Debug, Parser)]
#[command(name = "panel")]
pub(crate) struct Options {
    /// So many users are made up
    #[arg(long, default_value_t = 100_000, conflicts_with = "seeded")]
    pub(super) users: u32,
    /// So many tickets [default: half as many as users]
    #[arg(long, conflicts_with = "seeded")]
    pub(super) tickets: Option<u32>,
    /// So many notifications [default: twice as many as users]
    #[arg(long, conflicts_with = "seeded")]
    pub(super) notifications: Option<u32>,
    /// Take this database, which was filled before (`sqlite://...` or `postgres://...`), and leave it where it is; an admin
    /// is added
    #[arg(long, value_name = "URL", conflicts_with_all = ["database", "directory"])]
    pub(super) seeded: Option<String>,
    /// How often every address is asked for in a row; the median of the rows is reported
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..))]
    pub(super) repetitions: u8,
    /// How many requests for each address there are in a repetition
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..))]
    pub(super) requests: u8,
    /// The server's program [default: `frontdesk` beside this program]
    #[arg(long, value_name = "PATH")]
    pub(super) server: Option<PathBuf>,
    /// Where a temporary database is made [default: the system's]
    #[arg(long, value_name = "PATH", conflicts_with = "database")]
    pub(super) directory: Option<PathBuf>,
    /// Measure on this PostgreSQL server, in a database that is dropped afterwards
    #[arg(long, value_name = "URL")]
    pub(super) database: Option<String>,
    /// Append what the server prints to this file instead of throwing it away
    #[arg(long, value_name = "FILE")]
    pub(super) server_log: Option<PathBuf>,
    /// Write the raw figures to this file
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<PathBuf>,
    /// Exit with 1 when a bar is missed, not only when something could not be measured
    #[arg(long)]
    pub(super) strict: bool,
}

impl Options {
    /// What `frontdesk seed` is told.
    pub(super) fn seeding(&self) -> Vec<String> {
        let tickets = self.tickets.unwrap_or(self.users / 2);
        let notifications = self.notifications.unwrap_or(self.users.saturating_mul(2));
        let counts = [("--users", self.users), ("--tickets", tickets), ("--notifications", notifications)];
        let counts = counts.into_iter().flat_map(|(name, count)| [name.to_owned(), count.to_string()]);
        std::iter::once("seed".to_owned()).chain(counts).collect()
    }
}
