//! The life of a serving process: start, run, drain, end.

use std::{io::IsTerminal as _, net::TcpListener, sync::Arc, time::Duration};

use adapters_sqlite::ServerLock;
use anyhow::Context as _;
use clap::ValueEnum;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use worker::Worker;

use crate::{
    database::Database,
    readiness::ServerReadiness,
    settings::Settings,
    telemetry::{self, Export},
    vault::KeyVault,
    wiring::{App, Server},
};

/// How often histograms are condensed, so that they stay small between two scrapes, and connections are counted.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// How often the database server is asked for its time.
const MEASURE_EVERY: Duration = Duration::from_secs(5);

/// What a serving process does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Everything
    #[default]
    All,
    /// HTTP only
    Api,
    /// Delivery, and of HTTP only health and metrics
    Worker,
}

impl Role {
    /// Whether bots' calls are taken.
    pub const fn takes_calls(self) -> bool {
        !matches!(self, Self::Worker)
    }

    /// Whether notifications are delivered.
    pub const fn delivers(self) -> bool {
        !matches!(self, Self::Api)
    }

    /// As it is written on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Api => "api",
            Self::Worker => "worker",
        }
    }
}

/// Serves until SIGTERM or SIGINT, then finishes what runs and hands back the rest.
pub async fn run(
    settings: Settings,
    role: Role,
    key: Option<SecretString>,
    traces: Option<Export>,
) -> anyhow::Result<()> {
    let _lock = settings.database.file().map(ServerLock::acquire).transpose()?;
    let metrics = telemetry::install_metrics()?;
    let app = App::open_for_serving(&settings, role).await?;
    let listener = TcpListener::bind(settings.http.bind).with_context(|| {
        format!("listening on {} failed; set FRONTDESK__HTTP__BIND to a free address", settings.http.bind)
    })?;
    let stop = CancellationToken::new();
    let draining = stop.child_token();
    stop_on_signals(draining.clone(), stop.clone(), grace(&settings, role))?;
    let vault = key.map(|key| Arc::new(KeyVault::new(&key)) as _);
    let server = app.server(&settings, role, vault, listener, metrics.clone(), draining)?;
    let outcome = match traces {
        Some(traces) => traces.during(serve(server, &app, settings, role, metrics, stop)).await,
        None => serve(server, &app, settings, role, metrics, stop).await,
    };
    app.close().await?;
    outcome
}

/// Runs everything until `stop`, and waits until all of it has ended.
async fn serve(
    server: Server,
    app: &App,
    settings: Settings,
    role: Role,
    metrics: PrometheusHandle,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let Server { http, lane, worker, readiness, watch, sight } = server;
    let http_handle = http.handle();
    let mut upkeep = JoinSet::new();
    upkeep.spawn(app.database.clone().upkeep());
    upkeep.spawn(condense(metrics, app.database.clone()));
    upkeep.spawn(worker::watch(watch, sight));
    let mut parts = JoinSet::new();
    parts.spawn(async move { http.await.context("the HTTP server failed") });
    parts.spawn(async move {
        lane.run().await;
        Ok(())
    });
    parts.spawn(work(app.clone(), settings, role, worker, readiness, stop.clone()));

    let ended_early = tokio::select! {
        // What ends because of the stop did not end early.
        biased;
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

/// What begins once the database is there: until then calls are answered `retry`, and the process is not ready.
async fn work(
    app: App,
    settings: Settings,
    role: Role,
    worker: Option<Worker>,
    readiness: Arc<ServerReadiness>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let prepared = async {
        app.database.wait_until_prepared(settings.database.migrate()).await?;
        app.clock.measure(&*app.storage).await?;
        crate::first_screen::show(&settings, &app, role, std::io::stdout().is_terminal()).await
    };
    tokio::select! {
        prepared = prepared => prepared?,
        () = stop.cancelled() => return Ok(()),
    }
    readiness.prepared();
    let mut watches = JoinSet::new();
    if !app.database.is_embedded() {
        watches.spawn(keep_time(app.clone()));
    }
    if let Some(worker) = worker {
        worker.run(stop).await;
    } else {
        watches.spawn(readiness.look_at_others(Arc::clone(&app.storage)));
        stop.cancelled().await;
    }
    Ok(())
}

/// Measures the database's clock from time to time: two clocks drift apart, and one of them may be set.
async fn keep_time(app: App) {
    loop {
        tokio::time::sleep(MEASURE_EVERY).await;
        if let Err(error) = app.clock.measure(&*app.storage).await {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "asking the database for its time failed"
            );
        }
    }
}

/// How long calls are still taken when the process is told to stop: where others can take them, until those who
/// distribute calls have noticed.
fn grace(settings: &Settings, role: Role) -> Duration {
    let has_colleagues = role.takes_calls() && settings.database.file().is_none();
    if has_colleagues { settings.http.drain.unsigned_abs() } else { Duration::ZERO }
}

/// The first signal drains: the process is not ready from then on, and stops after `grace`, or at once where a person
/// pressed Ctrl-C. A second one ends the process at once: what was answered `ok` is safe all the same.
fn stop_on_signals(
    draining: CancellationToken,
    stop: CancellationToken,
    grace: Duration,
) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("waiting for SIGTERM failed")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("waiting for SIGINT failed")?;
    tokio::spawn(async move {
        loop {
            let grace = tokio::select! {
                _ = terminate.recv() => grace,
                _ = interrupt.recv() => Duration::ZERO,
            };
            if draining.is_cancelled() {
                std::process::abort();
            }
            draining.cancel();
            tracing::info!(grace_s = grace.as_secs_f64(), "draining: not ready any more");
            tokio::spawn(stop_after(stop.clone(), grace));
        }
    });
    Ok(())
}

async fn stop_after(stop: CancellationToken, grace: Duration) {
    tokio::time::sleep(grace).await;
    stop.cancel();
}

async fn condense(metrics: PrometheusHandle, database: Database) {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        database.show_connections();
        metrics.run_upkeep();
    }
}
