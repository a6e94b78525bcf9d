//! The benchmark program.

use std::process::ExitCode;

/// One thread: the client and the sink share the cores with the server, and one thread wakes up least.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    bench::measure().await
}
