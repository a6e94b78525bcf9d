//! How punctual mail is while the chats of the same tickets are slow and dead: no channel may delay another.

use std::time::Duration;

use anyhow::Result;

use super::lateness::{self, CONNECTIONS, Punctuality};
use super::{Bench, SILENCE, progress};
use crate::figure::{Bar, count, number};
use crate::load::{Call, Plan};
use crate::report::Line;
use crate::sink::chat::Chat;

/// How long the slow chat takes to answer.
const SLOW: Duration = Duration::from_secs(3);

/// Milliseconds: what is promised for mail whatever becomes of chats.
const BAR: Bar = Bar::AtMost(25.0);

/// Each ticket makes two mails: to the team at once, and to the person after the welcome delay.
const MAILS: usize = 2;

pub(super) async fn run(bench: &Bench) -> Result<Vec<Line>> {
    let mut runs = Vec::new();
    for repetition in 1..=bench.sizes.repetitions {
        progress(&format!("neighbours, run {repetition} of {}", bench.sizes.repetitions));
        runs.push(measure(bench).await?);
    }
    let title = format!(
        "lateness of {} mails while Slack takes {} s for each message and Teams never answers",
        number(count(bench.sizes.timely * MAILS)),
        SLOW.as_secs()
    );
    Ok(vec![lateness::line(&title, &runs, Some(BAR))])
}

async fn measure(bench: &Bench) -> Result<Punctuality> {
    let sizes = &bench.sizes;
    let (slack, teams) = (Chat::bind(Some(SLOW)).await?, Chat::bind(None).await?);
    let mut home = bench.home().await?;
    home.set("SLOW_SLACK", slack.url());
    home.set("DEAD_TEAMS", teams.url());
    let server = home.start(sizes.timely_delay).await?;
    home.told(&["channel", "add", "slow", "--kind", "slack", "--target", "env:SLOW_SLACK"]).await?;
    home.told(&["channel", "add", "dead", "--kind", "teams", "--target", "env:DEAD_TEAMS"]).await?;
    home.told(&["topic", "route", "pricing", "slow", "dead", "team-email"]).await?;
    let plan = Plan::Paced(sizes.timely, sizes.timely_spread);
    bench.drive(server.target(), Call::Tickets, CONNECTIONS, plan).await?;
    let mails = bench.sink.collect(sizes.timely * MAILS, sizes.timely_delay + SILENCE).await;
    server.stop().await?;
    Punctuality::of(sizes.timely * MAILS, &mails)
}
