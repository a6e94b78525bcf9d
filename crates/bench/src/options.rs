//! The command line, and how much work follows from it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::figure::{count, number};

/// Measures a frontdesk server from outside and prints a Markdown table.
///
/// Without --url each scenario starts its own server on a temporary database, and receives its mail. Nothing
/// else should run on the machine meanwhile.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub(crate) struct Options {
    /// What to measure [default: all]
    #[arg(value_enum)]
    scenarios: Vec<Scenario>,
    /// Short runs, once each: shows that everything works, not how fast it is
    #[arg(long, conflicts_with = "full")]
    quick: bool,
    /// Measure memory and start-up with 1,000,000 waiting timers instead of 100,000
    #[arg(long)]
    pub(crate) full: bool,
    /// Seconds of each intake run [default: 10]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: Option<u64>,
    /// How often intake, delivery and lateness are repeated [default: 3]
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..))]
    repetitions: Option<u8>,
    /// The server's program [default: `frontdesk` beside this program]
    #[arg(long, value_name = "PATH")]
    pub(crate) server: Option<PathBuf>,
    /// Where temporary databases are made; its disk decides what a durable call costs [default: the system's]
    #[arg(long, value_name = "PATH", conflicts_with = "database")]
    pub(crate) directory: Option<PathBuf>,
    /// Measure on this PostgreSQL server instead of embedded databases (`postgres://...`); every server gets a
    /// database of its own there, which is dropped afterwards. pgbench, if installed, is compared with
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Measure through this RabbitMQ instead of the queue inside the process (`amqp://...`)
    #[arg(long, value_name = "URL", requires = "database")]
    pub(crate) amqp: Option<String>,
    /// Append what the servers print to this file instead of throwing it away
    #[arg(long, value_name = "FILE")]
    pub(crate) server_log: Option<PathBuf>,
    /// Drive this running server instead (`http://host:port`, without rate limit); only intake can run
    #[arg(long, requires = "key", conflicts_with_all = ["server", "directory", "server_log", "database"])]
    pub(crate) url: Option<String>,
    /// A bot's key for --url
    #[arg(long, requires = "url")]
    pub(crate) key: Option<String>,
    /// Write the raw figures to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Exit with 1 when a bar is missed, not only when something could not be measured
    #[arg(long)]
    pub(crate) strict: bool,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// Durable calls per second and their latency, users and tickets, at 1, 16 and 64 connections
    Intake,
    /// Notifications per second from the database to the mail server
    Delivery,
    /// How long after its due time a mail is accepted
    Lateness,
    /// The same while the chats that hear of the same tickets are slow and dead
    Neighbours,
    /// From a call to its notification in an idle system: with --amqp between two processes, HTTP and delivery
    Doorbell,
    /// Start-up time and resident memory, empty and with waiting timers
    Memory,
    /// What a server costs that has nothing to do
    Idle,
}

/// How much each scenario does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// How often intake, delivery and lateness are repeated; the median is reported.
    pub(crate) repetitions: usize,
    /// Length of one intake run.
    pub(crate) intake: Duration,
    /// Pending notifications of one delivery run.
    pub(crate) pending: usize,
    /// Welcome delay of the delivery runs: long enough to load all that is pending.
    pub(crate) pending_delay: Duration,
    /// Mails of one lateness run.
    pub(crate) timely: usize,
    /// The time over which these mails fall due.
    pub(crate) timely_spread: Duration,
    /// Welcome delay of the lateness runs.
    pub(crate) timely_delay: Duration,
    /// Tickets of the doorbell run.
    pub(crate) rings: usize,
    /// The time over which these are opened: long enough that each finds an idle system.
    pub(crate) rings_spread: Duration,
    /// Timers that wait in the table during the second lateness run.
    pub(crate) beside: usize,
    /// Timers that wait in the table when memory and start-up are measured.
    pub(crate) waiting: usize,
    /// How often the server is started, empty and with the waiting timers.
    pub(crate) starts: usize,
    /// How long an idle server is watched.
    pub(crate) idle: Duration,
}

const STANDARD: Sizes = Sizes {
    repetitions: 3,
    intake: Duration::from_secs(10),
    pending: 20_000,
    pending_delay: Duration::from_secs(20),
    timely: 2_000,
    timely_spread: Duration::from_secs(10),
    timely_delay: Duration::from_secs(15),
    rings: 200,
    rings_spread: Duration::from_secs(20),
    beside: 100_000,
    waiting: 100_000,
    starts: 5,
    idle: Duration::from_secs(10),
};

const QUICK: Sizes = Sizes {
    repetitions: 1,
    intake: Duration::from_secs(2),
    pending: 2_000,
    pending_delay: Duration::from_secs(5),
    timely: 400,
    timely_spread: Duration::from_secs(2),
    timely_delay: Duration::from_secs(5),
    rings: 40,
    rings_spread: Duration::from_secs(4),
    beside: 5_000,
    waiting: 5_000,
    starts: 3,
    idle: Duration::from_secs(3),
};

/// The number of waiting timers for which the bars of memory and start-up are set.
pub(crate) const FULL_WAITING: usize = 1_000_000;

impl Options {
    /// The scenarios asked for, in their order; all that can run when none was named.
    pub(crate) fn scenarios(&self) -> Vec<Scenario> {
        if !self.scenarios.is_empty() {
            self.scenarios.clone()
        } else if self.url.is_some() {
            vec![Scenario::Intake]
        } else {
            Scenario::value_variants().to_vec()
        }
    }

    /// How much work the options ask for.
    pub(crate) fn sizes(&self) -> Sizes {
        let base = if self.quick { QUICK } else { STANDARD };
        Sizes {
            repetitions: self.repetitions.map_or(base.repetitions, usize::from),
            intake: self.seconds.map_or(base.intake, Duration::from_secs),
            waiting: if self.full { FULL_WAITING } else { base.waiting },
            ..base
        }
    }
}

impl Sizes {
    /// What a scenario does, in words, for the head of the report.
    pub(crate) fn describe(&self, scenario: Scenario) -> (&'static str, String) {
        let runs = self.repetitions;
        match scenario {
            Scenario::Intake => ("intake", format!("{runs} x {:?} for each line", self.intake)),
            Scenario::Delivery => (
                "delivery",
                format!(
                    "{runs} x {} notifications, welcome delay {:?}",
                    number(count(self.pending)),
                    self.pending_delay
                ),
            ),
            Scenario::Lateness => (
                "lateness",
                format!(
                    "{runs} x {} mails over {:?}, welcome delay {:?}",
                    number(count(self.timely)),
                    self.timely_spread,
                    self.timely_delay
                ),
            ),
            Scenario::Neighbours => (
                "neighbours",
                format!("{runs} x {} tickets over {:?}", number(count(self.timely)), self.timely_spread),
            ),
            Scenario::Doorbell => {
                ("doorbell", format!("{} tickets over {:?}", number(count(self.rings)), self.rings_spread))
            }
            Scenario::Memory => (
                "memory",
                format!("{} starts, empty and with {} timers", self.starts, number(count(self.waiting))),
            ),
            Scenario::Idle => ("idle", format!("watched for {:?}", self.idle)),
        }
    }
}
