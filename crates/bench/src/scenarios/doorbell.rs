//! From a call to its notification in an idle system: how soon a dispatcher learns of what was committed.
//!
//! Measured from the due time of the tickets' mails to the team, which is the moment of the call, to the mail
//! server's acceptance. So it includes the commit before the doorbell, and the mail after it.

use anyhow::Result;

use super::lateness::Punctuality;
use super::{Bench, NEVER, SILENCE, progress};
use crate::figure::{Bar, Figure};
use crate::load::{Call, Plan};
use crate::report::Line;
use crate::server::{Home, Role, Server};

pub(super) async fn run(bench: &Bench) -> Result<Vec<Line>> {
    progress("doorbell");
    let mut home = bench.home().await?;
    let servers = start(&mut home).await?;
    let plan = Plan::Paced(bench.sizes.rings, bench.sizes.rings_spread);
    bench.drive(servers[0].target(), Call::Tickets, 1, plan).await?;
    let mails = bench.sink.collect(bench.sizes.rings, SILENCE).await;
    let title = format!("call to notification, idle, {} process(es)", servers.len());
    for server in servers {
        server.stop().await?;
    }
    Ok(vec![line(bench, title, &Punctuality::of(bench.sizes.rings, &mails)?)])
}

/// Where a broker can ring from one process to another, they are two.
async fn start(home: &mut Home) -> Result<Vec<Server>> {
    let roles: &[Role] = if home.broker().is_some() { &[Role::Api, Role::Worker] } else { &[Role::All] };
    let mut servers = Vec::new();
    for &role in roles {
        servers.push(home.start_as(role, NEVER).await?);
    }
    Ok(servers)
}

fn line(bench: &Bench, title: String, run: &Punctuality) -> Line {
    let figures = vec![
        Figure::new("p50", "ms", [run.p50]),
        Figure::new("p95", "ms", [run.p95]).bar_of(bench.bars.doorbell),
        Figure::new("max", "ms", [run.max]),
        Figure::new("missing", "", [run.missing]).bar(Bar::AtMost(0.0)),
    ];
    Line::new(title, figures)
}
