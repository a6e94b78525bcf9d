//! Durable calls per second and their latency.
//!
//! The loop is closed: a connection sends its next call when the last one is answered. No welcome mail falls
//! due meanwhile; the tickets' notifications to the team are delivered as they are, on the same cores.

use std::time::Duration;

use anyhow::Result;

use super::bars::{self, Bars};
use super::{Bench, NEVER, Subject, progress};
use crate::figure::{Figure, count, number};
use crate::http::Target;
use crate::load::{Call, Plan};
use crate::process::{self, Usage};
use crate::report::Line;

const CALLS: [Call; 2] = [Call::Users, Call::Tickets];
const CONNECTIONS: [usize; 3] = [1, 16, 64];
const WARM_UP: Duration = Duration::from_secs(1);

/// One run of one call at one number of connections.
struct Sample {
    call: Call,
    connections: usize,
    rate: f64,
    latencies: [f64; 3],
    mails: f64,
    client: f64,
    server: Option<Usage>,
    /// What pgbench did right afterwards, if it is compared with.
    rival: Option<f64>,
}

pub(super) async fn run(bench: &Bench) -> Result<Vec<Line>> {
    let mut samples = Vec::new();
    for repetition in 1..=bench.sizes.repetitions {
        progress(&format!("intake, run {repetition} of {}", bench.sizes.repetitions));
        if let Subject::Running(target) = &bench.subject {
            samples.extend(series(bench, target, None).await?);
        } else {
            let server = bench.home().await?.start(NEVER).await?;
            samples.extend(series(bench, server.target(), Some(server.pid())).await?);
            server.stop().await?;
        }
    }
    Ok(lines(&bench.bars, &samples))
}

/// Every call at every number of connections, on one server.
async fn series(bench: &Bench, target: &Target, pid: Option<u32>) -> Result<Vec<Sample>> {
    bench.drive(target, Call::Users, 16, Plan::For(WARM_UP)).await?;
    let mut samples = Vec::new();
    for call in CALLS {
        for connections in CONNECTIONS {
            samples.push(sample(bench, target, pid, call, connections).await?);
        }
    }
    Ok(samples)
}

async fn sample(
    bench: &Bench,
    target: &Target,
    pid: Option<u32>,
    call: Call,
    connections: usize,
) -> Result<Sample> {
    let mails = bench.sink.count();
    let work = bench.drive(target, call, connections, Plan::For(bench.sizes.intake));
    let work = process::watch(std::process::id(), work);
    let ((outcome, client), server) = match pid {
        Some(pid) => process::watch(pid, work).await.map(|(seen, usage)| (seen, Some(usage)))?,
        None => (work.await?, None),
    };
    progress(&format!("{}: {} calls/s", title(call, connections), number(outcome.rate())));
    let rival = match &bench.rival {
        Some(rival) if call == Call::Users && connections > 1 => {
            Some(rival.run(connections, bench.sizes.intake).await?)
        }
        _ => None,
    };
    Ok(Sample {
        call,
        connections,
        rate: outcome.rate(),
        latencies: [0.50, 0.95, 0.99].map(|quantile| outcome.latency(quantile)),
        mails: count(bench.sink.count() - mails) / outcome.elapsed.as_secs_f64(),
        client: client.processor,
        server,
        rival,
    })
}

fn lines(bars: &Bars, samples: &[Sample]) -> Vec<Line> {
    let mut lines = Vec::new();
    for call in CALLS {
        for connections in CONNECTIONS {
            let of = |sample: &&Sample| sample.call == call && sample.connections == connections;
            let samples: Vec<&Sample> = samples.iter().filter(of).collect();
            lines.push(line(bars, call, connections, &samples));
        }
    }
    let busiest = samples.iter().filter(|sample| sample.connections == 64);
    let peaks: Vec<f64> = busiest.filter_map(|sample| Some(sample.server?.peak)).collect();
    if !peaks.is_empty() {
        let peak = Figure::new("peak", "MB", peaks).bar_of(bars.peak);
        lines.push(Line::new("resident memory under load, 64 connections", vec![peak]));
    }
    lines
}

fn line(bars: &Bars, call: Call, connections: usize, samples: &[&Sample]) -> Line {
    let figure =
        |name, unit, of: fn(&Sample) -> f64| Figure::new(name, unit, samples.iter().map(|sample| of(sample)));
    let busiest_users = call == Call::Users && connections == 64;
    let mut figures = vec![
        figure("calls/s", "", |sample| sample.rate).bar_of(bars.calls.filter(|_| busiest_users)),
        figure("p50", "ms", |sample| sample.latencies[0]),
        figure("p95", "ms", |sample| sample.latencies[1]),
        figure("p99", "ms", |sample| sample.latencies[2]).bar_of(bars.p99.filter(|_| connections == 16)),
        figure("client", "% of a core", |sample| sample.client),
    ];
    let server: Vec<Usage> = samples.iter().filter_map(|sample| sample.server).collect();
    if !server.is_empty() {
        let processor = server.iter().map(|usage| usage.processor);
        figures.push(Figure::new("server", "% of a core", processor));
        figures.extend((call == Call::Tickets).then(|| figure("mails/s", "", |sample| sample.mails)));
    }
    let rates: Option<Vec<f64>> = samples.iter().map(|sample| sample.rival).collect();
    if let Some(rates) = rates {
        let ratios = samples.iter().zip(&rates).map(|(sample, rate)| sample.rate / rate);
        let ratio = Figure::new("times pgbench", "", ratios).bar_of(bars::against_pgbench(connections));
        figures.extend([Figure::new("pgbench", "calls/s", rates.clone()), ratio]);
    }
    Line::new(title(call, connections), figures)
}

fn title(call: Call, connections: usize) -> String {
    let plural = if connections == 1 { "" } else { "s" };
    format!("{}, {connections} connection{plural}", call.name())
}
