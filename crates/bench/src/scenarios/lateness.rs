//! How long after its due time a mail is accepted, with little and with much waiting in the table.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::{Bench, NEVER, SILENCE, progress};
use crate::figure::{Bar, Figure, count, number};
use crate::load::{Call, Plan};
use crate::report::Line;
use crate::server::Home;
use crate::sink::{self, Mail};

/// Connections of the paced calls: enough that a slow answer delays no other call.
pub(super) const CONNECTIONS: usize = 20;

pub(super) async fn run(bench: &Bench) -> Result<Vec<Line>> {
    let (mut alone, mut crowded) = (Vec::new(), Vec::new());
    let mut crowd = bench.home().await?;
    let server = crowd.start(NEVER).await?;
    bench.load(server.target(), bench.sizes.beside).await?;
    server.stop().await?;
    for repetition in 1..=bench.sizes.repetitions {
        progress(&format!("lateness, run {repetition} of {}", bench.sizes.repetitions));
        alone.push(measure(bench, &mut bench.home().await?).await?);
        crowded.push(measure(bench, &mut crowd).await?);
    }
    let title = format!(
        "lateness of {} mails due within {} s",
        number(count(bench.sizes.timely)),
        bench.sizes.timely_spread.as_secs()
    );
    let beside = format!("{title}, {} timers waiting", number(count(bench.sizes.beside)));
    Ok(vec![line(&title, &alone, bench.bars.lateness), line(&beside, &crowded, bench.bars.lateness)])
}

async fn measure(bench: &Bench, home: &mut Home) -> Result<Punctuality> {
    let sizes = &bench.sizes;
    let server = home.start(sizes.timely_delay).await?;
    let plan = Plan::Paced(sizes.timely, sizes.timely_spread);
    bench.drive(server.target(), Call::Users, CONNECTIONS, plan).await?;
    let mails = bench.sink.collect(sizes.timely, sizes.timely_delay + SILENCE).await;
    server.stop().await?;
    Punctuality::of(sizes.timely, &mails)
}

/// How punctual a run's mails were. Times are milliseconds.
#[derive(Debug, PartialEq)]
pub(super) struct Punctuality {
    pub(super) p50: f64,
    pub(super) p95: f64,
    p99: f64,
    pub(super) max: f64,
    early: f64,
    pub(super) missing: f64,
    duplicates: f64,
}

impl Punctuality {
    pub(super) fn of(expected: usize, mails: &[Mail]) -> Result<Self> {
        let late: Option<Vec<i64>> = mails.iter().map(|mail| Some(mail.accepted - mail.due?)).collect();
        let mut late = late.context("a mail came without a readable X-Frontdesk-Due")?;
        ensure!(!late.is_empty(), "no mail came");
        late.sort_unstable();
        let duplicates = sink::duplicates(mails);
        Ok(Self {
            p50: quantile(&late, 50),
            p95: quantile(&late, 95),
            p99: quantile(&late, 99),
            max: quantile(&late, 100),
            early: count(late.iter().filter(|micros| **micros < 0).count()),
            missing: count(expected.saturating_sub(mails.len() - duplicates)),
            duplicates: count(duplicates),
        })
    }
}

/// The smallest value that this share of the sorted values does not exceed, in milliseconds.
fn quantile(sorted: &[i64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    let micros = sorted[rank - 1];
    let size = Duration::from_micros(micros.unsigned_abs()).as_secs_f64() * 1e3;
    if micros < 0 { -size } else { size }
}

pub(super) fn line(title: &str, runs: &[Punctuality], bar: Option<Bar>) -> Line {
    let figure = |name, unit, of: fn(&Punctuality) -> f64| Figure::new(name, unit, runs.iter().map(of));
    Line::new(
        title,
        vec![
            figure("p50", "ms", |run| run.p50),
            figure("p99", "ms", |run| run.p99).bar_of(bar),
            figure("max", "ms", |run| run.max),
            figure("early", "", |run| run.early).bar(Bar::AtMost(0.0)),
            figure("missing", "", |run| run.missing).bar(Bar::AtMost(0.0)),
            figure("duplicates", "", |run| run.duplicates),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occurred() {
        let sorted: Vec<i64> = (1..=200).map(|value| value * 1_000).collect();
        for (percent, expected) in [(50, 100.0), (99, 198.0), (100, 200.0)] {
            assert!((quantile(&sorted, percent) - expected).abs() < 1e-6, "{percent} %");
        }
        assert!(quantile(&[-2_000], 99) < 0.0);
    }
}
