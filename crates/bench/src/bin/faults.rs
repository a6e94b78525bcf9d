//! The fault suite's program.

use std::process::ExitCode;

/// One thread, which leaves the cores to the servers.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    bench::injure().await
}
