//! What a server costs that has nothing to do.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::time::{Instant, sleep};

use super::{Bench, NEVER, SETTLE, progress};
use crate::figure::Figure;
use crate::http::{Client, Target};
use crate::process;
use crate::report::Line;
use crate::server::Server;

/// A server that runs more statements a second than this is not idle: twice as many as an idle one may.
const BUSY: f64 = 12.0;

/// How long answers to equal calls are kept; then they are deleted.
const ANSWERS_KEPT: Duration = Duration::from_mins(1);

/// A server that has work left may rest between two runs of a job: it has caught up when this many looks show it quiet.
const QUIET_LOOKS: u32 = 20;

/// Entries for 1,000,000 people take some minutes.
const CATCHING_UP: Duration = Duration::from_hours(1);

/// The counter of database statements in `/metrics`.
const STATEMENTS: &str = "frontdesk_database_statements_total";

pub(super) async fn run(bench: &Bench) -> Result<Vec<Line>> {
    progress("idle");
    let server = bench.home().await?.start(NEVER).await?;
    let quiet = watch(bench, &server).await?;
    server.stop().await?;
    Ok(vec![line(bench, "idle".to_owned(), &quiet)])
}

/// What an idle server takes.
pub(super) struct Quiet {
    /// Per cent of one core.
    processor: f64,
    /// Database statements a second, if the server counts them.
    statements: Option<f64>,
}

/// Waits until a server that was just loaded has caught up with what is done after calls, such as entries for searching.
pub(super) async fn caught_up(server: &Server) -> Result<()> {
    let deadline = Instant::now() + CATCHING_UP;
    progress("waiting until the server has caught up");
    sleep(ANSWERS_KEPT).await;
    let mut quiet = 0;
    while let Some(before) = statements(server.target()).await? {
        sleep(SETTLE).await;
        let after = statements(server.target()).await?.unwrap_or(before);
        quiet = if (after - before) / SETTLE.as_secs_f64() < BUSY { quiet + 1 } else { 0 };
        if quiet >= QUIET_LOOKS {
            break;
        }
        ensure!(Instant::now() < deadline, "the server is busy {CATCHING_UP:?} after it was loaded");
    }
    Ok(())
}

/// Watches a server that nobody calls.
pub(super) async fn watch(bench: &Bench, server: &Server) -> Result<Quiet> {
    sleep(SETTLE).await;
    let statements = statements(server.target()).await?;
    let (start, used) = (Instant::now(), process::processor_time(server.pid())?);
    sleep(bench.sizes.idle).await;
    let used = process::processor_time(server.pid())? - used;
    let elapsed: Duration = start.elapsed();
    let after = self::statements(server.target()).await?;
    let per_second = |amount: f64| amount / elapsed.as_secs_f64();
    Ok(Quiet {
        processor: per_second(used) * 100.0,
        statements: statements.zip(after).map(|(before, after)| per_second(after - before)),
    })
}

pub(super) fn line(bench: &Bench, title: String, quiet: &Quiet) -> Line {
    let bars = &bench.bars;
    let processor = Figure::new("processor", "% of a core", [quiet.processor]).bar_of(bars.idle_processor);
    let statements =
        quiet.statements.map(|rate| Figure::new("statements/s", "", [rate]).bar_of(bars.idle_statements));
    Line::new(title, std::iter::once(processor).chain(statements).collect())
}

async fn statements(target: &Target) -> Result<Option<f64>> {
    let mut client = Client::connect(target).await?;
    let answer = client.get("/metrics").await.context("reading the metrics")?;
    ensure!(answer.status == 200, "reading the metrics was answered {}", answer.status);
    Ok(total(&answer.text()))
}

/// The sum of the counter over all its labels; `None` when it is not there.
fn total(metrics: &str) -> Option<f64> {
    let values = metrics.lines().filter_map(|line| {
        let (name, _) = line.split_once([' ', '{'])?;
        let (_, value) = line.rsplit_once(' ')?;
        if name == STATEMENTS { value.parse::<f64>().ok() } else { None }
    });
    values.reduce(|sum, value| sum + value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_summed_over_its_labels() {
        let metrics = "# TYPE frontdesk_database_statements_total counter\n\
            frontdesk_database_statements_total{kind=\"read\"} 12\n\
            frontdesk_database_statements_total{kind=\"write\"} 30\n\
            frontdesk_database_statements_total_other 5\n";
        assert_eq!(total(metrics), Some(42.0));
        assert_eq!(total("up 1\n"), None);
    }
}
