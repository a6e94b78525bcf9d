//! The life of a serving process: start, run, drain, end.

use std::{io::IsTerminal as _, net::TcpListener, sync::Arc, time::Duration};

use adapters_sqlite::ServerLock;
use anyhow::Context as _;
use domain::identity::PhoneNumber;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    settings::Settings,
    telemetry,
    wiring::{App, Server},
};

/// How often the size of the write-ahead log is looked at.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(250);

/// How often histograms are condensed, so that they stay small between two scrapes.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or SIGINT, then finishes what runs and hands back the rest.
pub async fn run(settings: Settings) -> anyhow::Result<()> {
    let _lock = ServerLock::acquire(&settings.database.path)?;
    let metrics = telemetry::install_metrics()?;
    let app = App::open(&settings).await?;
    let listener = TcpListener::bind(settings.http.bind).with_context(|| {
        format!("listening on {} failed; set FRONTDESK__HTTP__BIND to a free address", settings.http.bind)
    })?;
    let stop = CancellationToken::new();
    stop_on_signals(stop.clone())?;
    let server = app.server(&settings, listener, metrics.clone(), stop.clone())?;
    tokio::task::spawn_blocking(warm_up);
    crate::first_screen::show(&settings, &app, std::io::stdout().is_terminal()).await?;
    let outcome = serve(server, &app, metrics, stop).await;
    app.sqlite
        .close()
        .await
        .context("closing the database failed; nothing is lost, the next start mends it")?;
    outcome
}

/// Runs everything until `stop`, and waits until all of it has ended.
async fn serve(
    server: Server,
    app: &App,
    metrics: PrometheusHandle,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let Server { http, lane, worker } = server;
    let http_handle = http.handle();
    let mut upkeep = JoinSet::new();
    upkeep.spawn(checkpoints(Arc::clone(&app.sqlite)));
    upkeep.spawn(condense(metrics));
    let mut parts = JoinSet::new();
    parts.spawn(async move { http.await.context("the HTTP server failed") });
    parts.spawn(async move {
        lane.run().await;
        Ok(())
    });
    let worker_stop = stop.clone();
    parts.spawn(async move {
        worker.run(worker_stop).await;
        Ok(())
    });

    let ended_early = tokio::select! {
        () = stop.cancelled() => None,
        ended = parts.join_next() => ended,
    };
    tracing::info!("stopping: no new calls are taken, what runs is finished");
    stop.cancel();
    http_handle.stop(true).await;
    let mut outcome = ended_early
        .map_or(Ok(()), |ended| ended?.and(Err(anyhow::anyhow!("a part of the server ended by itself"))));
    while let Some(ended) = parts.join_next().await {
        outcome = outcome.and(ended?);
    }
    outcome
}

/// The first phone number that is read loads the numbering plans, which takes a tenth of a second: now, and not while a
/// visitor waits.
fn warm_up() {
    let _ = PhoneNumber::parse("+34600111222", None);
}

/// The first signal drains. A second one ends the process at once: what was answered `ok` is safe all the same.
fn stop_on_signals(stop: CancellationToken) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("waiting for SIGTERM failed")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("waiting for SIGINT failed")?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if stop.is_cancelled() {
                std::process::abort();
            }
            stop.cancel();
        }
    });
    Ok(())
}

async fn checkpoints(sqlite: Arc<adapters_sqlite::SqliteStorage>) {
    loop {
        tokio::time::sleep(CHECKPOINT_EVERY).await;
        if sqlite.needs_checkpoint()
            && let Err(error) = sqlite.checkpoint().await
        {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a checkpoint failed and is tried again; check the disk"
            );
        }
    }
}

async fn condense(metrics: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        metrics.run_upkeep();
    }
}
