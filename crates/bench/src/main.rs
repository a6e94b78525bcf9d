//! The benchmark: starts a `frontdesk` server, plays the bots that call it and the mail server that it
//! delivers to, and prints what was measured beside what was promised.
//!
//! It knows the server only from outside (command line, HTTP, SMTP, `/proc`) and depends on no other crate
//! of the workspace, so that it can be pointed at any build. One more scenario is a file in `scenarios`, a
//! variant of [`options::Scenario`] and a line in [`scenarios::run`].
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program reads the clock and prints its table"
)]

mod figure;
mod http;
mod load;
mod machine;
mod options;
mod person;
mod process;
mod report;
mod scenarios;
mod server;
mod sink;
mod timestamp;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use options::Options;
use scenarios::Bench;

/// One thread: the client and the sink share the cores with the server, and one thread wakes up least.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    tokio::select! {
        outcome = measure(options) => outcome,
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
    }
}

async fn measure(options: Options) -> anyhow::Result<ExitCode> {
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
