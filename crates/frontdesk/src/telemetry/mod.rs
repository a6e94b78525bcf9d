//! Where counters, durations and traces go.

mod catalogue;
mod export;
mod traces;

use anyhow::Context as _;
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

pub use export::{Export, begin_traces};
pub use traces::Traces;

/// Bounds of durations, in seconds: from what an idle server needs to what a client would not wait for.
const SECONDS: &[f64] = &[0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0];

/// Bounds of batches: the largest holds 256 calls.
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Installs the recorder behind the `metrics` macros. Once in a process.
pub fn install_metrics() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_size".to_owned()), SIZES))
        .and_then(PrometheusBuilder::install_recorder)
        .context("installing the metrics recorder failed")?;
    catalogue::describe();
    gauge!("frontdesk_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(handle)
}
