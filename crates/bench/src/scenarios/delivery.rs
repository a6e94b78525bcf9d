//! Notifications per second, from rows that wait in the database to the mail server's acceptance.
//!
//! Measured twice: as they fall due in a running server, and as a backlog that a server finds at its start.

use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::sleep;

use super::bars::Bars;
use super::{Bench, SILENCE, progress};
use crate::figure::{Bar, Figure, count};
use crate::report::Line;
use crate::sink::{self, Mail};

pub(super) async fn run(bench: &Bench) -> Result<Vec<Line>> {
    let (mut falling_due, mut overdue) = (Vec::new(), Vec::new());
    for repetition in 1..=bench.sizes.repetitions {
        progress(&format!("delivery, run {repetition} of {}", bench.sizes.repetitions));
        falling_due.push(Drain::of(bench, &as_they_fall_due(bench).await?)?);
        overdue.push(Drain::of(bench, &as_a_backlog(bench).await?)?);
    }
    Ok(vec![
        line("notifications that fall due together", &falling_due, &bench.bars),
        line("notifications overdue at the start", &overdue, &bench.bars),
    ])
}

async fn as_they_fall_due(bench: &Bench) -> Result<Vec<Mail>> {
    let server = bench.home().await?.start(bench.sizes.pending_delay).await?;
    bench.load(server.target(), bench.sizes.pending).await?;
    let mails = collect(bench, bench.sizes.pending_delay + SILENCE).await;
    server.stop().await?;
    Ok(mails)
}

async fn as_a_backlog(bench: &Bench) -> Result<Vec<Mail>> {
    let mut home = bench.home().await?;
    let server = home.start(bench.sizes.pending_delay).await?;
    bench.load(server.target(), bench.sizes.pending).await?;
    server.stop().await?;
    ensure!(bench.sink.count() == 0, "loading took longer than the welcome delay");
    sleep(bench.sizes.pending_delay).await;
    let server = home.start(bench.sizes.pending_delay).await?;
    let mails = collect(bench, SILENCE).await;
    server.stop().await?;
    Ok(mails)
}

async fn collect(bench: &Bench, patience: Duration) -> Vec<Mail> {
    bench.sink.collect(bench.sizes.pending, patience).await
}

/// How a heap of notifications was delivered.
struct Drain {
    rate: f64,
    due_rate: f64,
    missing: f64,
    duplicates: f64,
}

impl Drain {
    fn of(bench: &Bench, mails: &[Mail]) -> Result<Self> {
        let duplicates = sink::duplicates(mails);
        let missing = bench.sizes.pending.saturating_sub(mails.len() - duplicates);
        let accepted = steady_rate(mails.iter().map(|mail| mail.accepted).collect());
        let due = steady_rate(mails.iter().filter_map(|mail| mail.due).collect());
        ensure!(accepted > 0.0, "only {} mails came", mails.len());
        Ok(Self { rate: accepted, due_rate: due, missing: count(missing), duplicates: count(duplicates) })
    }
}

/// Events a second, without the first and the last 5 %: start and end are not the steady state.
fn steady_rate(mut times: Vec<i64>) -> f64 {
    times.sort_unstable();
    let cut = times.len() / 20;
    let steady = &times[cut..times.len() - cut];
    match steady {
        [first, .., last] if last > first => {
            count(steady.len() - 1) / Duration::from_micros(last.abs_diff(*first)).as_secs_f64()
        }
        _ => 0.0,
    }
}

fn line(title: &str, drains: &[Drain], bars: &Bars) -> Line {
    let figure = |name, of: fn(&Drain) -> f64| Figure::new(name, "", drains.iter().map(of));
    Line::new(
        title,
        vec![
            figure("delivered/s", |drain| drain.rate).bar_of(bars.delivered),
            figure("fell due/s", |drain| drain.due_rate),
            figure("missing", |drain| drain.missing).bar(Bar::AtMost(0.0)),
            figure("duplicates", |drain| drain.duplicates),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_start_and_end_do_not_count() {
        let steady = (0..100).map(|index| 10_000_000 + index * 1_000);
        let mut times: Vec<i64> = steady.collect();
        times[0] = 0;
        times[99] = 90_000_000;
        assert!((steady_rate(times) - 1_000.0).abs() < 1e-6);
    }

    #[test]
    fn no_mail_and_one_mail_have_no_rate() {
        assert!(steady_rate(Vec::new()).abs() < f64::EPSILON);
        assert!(steady_rate(vec![5]).abs() < f64::EPSILON);
    }
}
