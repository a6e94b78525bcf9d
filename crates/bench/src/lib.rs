//! The benchmarks and the fault suite: they start `frontdesk` servers, play the bots that call them and the mail
//! server that they deliver to, and print what they saw beside what was promised.
//!
//! They know a server only from outside (command line, HTTP, SMTP, `/proc`) and depend on no other crate of the
//! workspace, so that they can be pointed at any build. One more scenario of the benchmark is a file in `scenarios`, a
//! variant of `options::Scenario` and a line in `scenarios::run`; one more fault is a variant of `faults::fault::Fault`
//! and what it does.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "measuring programs read the clock and print their tables"
)]

mod broker;
mod database;
mod faults;
mod figure;
mod http;
mod load;
mod machine;
mod options;
mod panel;
mod person;
mod pgbench;
mod process;
mod report;
mod scenarios;
mod server;
mod sink;
mod timestamp;

use std::future::Future;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Parser as _;
use options::Options;
use scenarios::Bench;

/// Runs the benchmark as its command line says. It ends with 1 when something could not be measured.
pub async fn measure() -> Result<ExitCode> {
    until_interrupted(run_benchmark(Options::parse())).await
}

/// Runs the fault suite as its command line says. It ends with 1 when a promise was not kept.
pub async fn injure() -> Result<ExitCode> {
    until_interrupted(faults::run(faults::Options::parse())).await
}

/// Dropping the work ends the processes and removes the files that it made.
async fn until_interrupted(work: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    tokio::select! {
        outcome = work => outcome,
        _ = tokio::signal::ctrl_c() => bail!("interrupted"),
    }
}

/// Measures the panel as its command line says. It ends with 1 when something could not be measured.
pub async fn browse() -> Result<ExitCode> {
    until_interrupted(panel::run(panel::Options::parse())).await
}

async fn run_benchmark(options: Options) -> Result<ExitCode> {
    let strict = options.strict;
    let json = options.json.clone();
    let bench = Bench::new(options).await?;
    let report = scenarios::run(&bench).await;
    println!("{}", report.markdown());
    if let Some(path) = json {
        std::fs::write(&path, format!("{:#}\n", report.json()))
            .with_context(|| format!("writing {}", path.display()))?;
    }
    let failed = !report.failures.is_empty() || (strict && report.misses_a_bar());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
