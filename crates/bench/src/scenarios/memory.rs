//! Start-up time and resident memory: of an empty database, and of one in which timers wait.

use anyhow::Result;
use tokio::time::sleep;

use super::{Bench, NEVER, SETTLE, idle, progress};
use crate::figure::{Bar, Figure, count, median, number};
use crate::options::FULL_WAITING;
use crate::process;
use crate::report::Line;
use crate::server::{Home, Server};

pub(super) async fn run(bench: &Bench) -> Result<Vec<Line>> {
    let mut empty = Starts::default();
    for start in 1..=bench.sizes.starts {
        progress(&format!("first start {start} of {}", bench.sizes.starts));
        empty.stop(bench.home().await?.start(NEVER).await?).await?;
    }

    let waiting = format!("{} waiting timers", number(count(bench.sizes.waiting)));
    let mut home = loaded_home(bench).await?;
    let mut loaded = Starts::default();
    for start in 1..=bench.sizes.starts {
        progress(&format!("start {start} of {} with {waiting}", bench.sizes.starts));
        loaded.stop(home.start(NEVER).await?).await?;
    }
    let server = home.start(NEVER).await?;
    let quiet = idle::watch(bench, &server).await?;
    server.stop().await?;

    let mut lines = lines(bench, &empty, &loaded, &waiting);
    lines.push(idle::line(bench, format!("idle with {waiting}"), &quiet));
    Ok(lines)
}

async fn loaded_home(bench: &Bench) -> Result<Home> {
    let mut home = bench.home().await?;
    let server = home.start(NEVER).await?;
    bench.load(server.target(), bench.sizes.waiting).await?;
    idle::caught_up(&server).await?;
    server.stop().await?;
    Ok(home)
}

/// What several starts cost: milliseconds and MB.
#[derive(Default)]
struct Starts {
    ready: Vec<f64>,
    resident: Vec<f64>,
    stop: Vec<f64>,
}

impl Starts {
    /// Reads a server's figures once it has settled, and stops it.
    async fn stop(&mut self, server: Server) -> Result<()> {
        sleep(SETTLE).await;
        self.ready.push(server.ready.as_secs_f64() * 1e3);
        self.resident.push(process::resident(server.pid())?);
        self.stop.push(server.stop().await?.as_secs_f64() * 1e3);
        Ok(())
    }
}

fn lines(bench: &Bench, empty: &Starts, loaded: &Starts, waiting: &str) -> Vec<Line> {
    let full = bench.sizes.waiting >= FULL_WAITING;
    let idle = median(&empty.resident);
    let extra = loaded.resident.iter().map(|resident| resident - idle);
    let figure = |name, unit, samples: &[f64]| Figure::new(name, unit, samples.iter().copied());
    vec![
        Line::new(
            "first start",
            vec![
                figure("ready", "ms", &empty.ready).bar(Bar::AtMost(1_000.0)),
                figure("stop", "ms", &empty.stop),
            ],
        ),
        Line::new(
            format!("start with {waiting}"),
            vec![
                figure("ready", "ms", &loaded.ready).bar_if(full, Bar::AtMost(300.0)),
                figure("stop", "ms", &loaded.stop),
            ],
        ),
        Line::new(
            "resident memory, idle",
            vec![figure("empty", "MB", &empty.resident).bar_of(bench.bars.resident)],
        ),
        Line::new(
            format!("resident memory of {waiting}"),
            vec![
                Figure::new("extra", "MB", extra).bar_if(full, Bar::AtMost(10.0)),
                figure("in all", "MB", &loaded.resident),
            ],
        ),
    ]
}
