//! The fault suite's command line, and how long things take by it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum as _};

use super::fault::Fault;

/// Injures two api and two worker processes, their PostgreSQL, their RabbitMQ and their mail server under a steady
/// load, and counts what was lost.
///
/// PostgreSQL and RabbitMQ are started for the suite and belong to it alone. It exits with 1 when a lead or a
/// notification was lost, a duplicate is not marked as possible, or the recovery took longer than 10 s.
#[derive(Debug, Parser)]
#[command(name = "faults")]
pub(crate) struct Options {
    /// What to do to them [default: all, one after the other, to the same processes]
    #[arg(value_enum)]
    faults: Vec<Fault>,
    /// A few seconds for each fault, at half the load
    #[arg(long)]
    short: bool,
    /// Calls a second, half of them users and half tickets [default: 100]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=2_000))]
    rate: Option<u32>,
    /// The server's program [default: `frontdesk` beside this program]
    #[arg(long, value_name = "PATH")]
    pub(super) server: Option<PathBuf>,
    /// The script that starts PostgreSQL and RabbitMQ
    #[arg(long, value_name = "PATH", default_value = "scripts/services")]
    pub(super) services: PathBuf,
    /// Append what the servers print to this file instead of throwing it away
    #[arg(long, value_name = "FILE")]
    pub(super) server_log: Option<PathBuf>,
}

/// How hard and how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measures {
    /// Calls a second.
    pub(super) rate: u32,
    /// Load before a fault, and after the recovery.
    pub(super) around: Duration,
    /// How long what is taken away stays away.
    pub(super) outage: Duration,
    /// The same for RabbitMQ.
    pub(super) broker_outage: Duration,
}

const LONG: Measures = Measures {
    rate: 100,
    around: Duration::from_secs(5),
    outage: Duration::from_secs(10),
    broker_outage: Duration::from_secs(30),
};

const SHORT: Measures = Measures {
    rate: 50,
    around: Duration::from_secs(1),
    outage: Duration::from_secs(2),
    broker_outage: Duration::from_secs(5),
};

impl Options {
    /// The faults asked for, in their order.
    pub(super) fn faults(&self) -> Vec<Fault> {
        if self.faults.is_empty() { Fault::value_variants().to_vec() } else { self.faults.clone() }
    }

    /// How hard and how long the options ask for.
    pub(super) fn measures(&self) -> Measures {
        let base = if self.short { SHORT } else { LONG };
        Measures { rate: self.rate.unwrap_or(base.rate), ..base }
    }
}
