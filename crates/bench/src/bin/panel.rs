//! The benchmark of the panel and the REST API on a full database.

use std::process::ExitCode;

/// One thread, which leaves the cores to the server.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    bench::browse().await
}
