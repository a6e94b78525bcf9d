//! Frontdesk: the back end behind a Landbot chatbot, as one program.
//!
//! This crate is the composition root: the only place that knows every adapter. [`settings`] says what the operator
//! chose, [`wiring`] which adapter stands behind which port, [`serve`] how a serving process lives, [`cli`] what the
//! commands do, [`recipe`] what is typed into Landbot.
//!
//! To add a command: a variant in [`cli`] and a file beside it. To add a setting: see [`settings`].

#![expect(
    unreachable_pub,
    reason = "a program exports nothing; `pub` says what a module offers to the others"
)]

mod cli;
mod database;
mod environment;
mod first_screen;
mod logging;
mod readiness;
mod recipe;
mod serve;
mod settings;
mod telemetry;
mod vault;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(cli::run(cli)),
        Err(error) => {
            eprintln!("frontdesk: starting threads failed: {error}");
            ExitCode::FAILURE
        }
    }
}
