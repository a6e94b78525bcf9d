//! How long it takes until everything works again.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::{Instant, sleep};

use super::load::{Promise, call};
use crate::http::{Client, Target};
use crate::load::Call;
use crate::person::People;
use crate::sink::Sink;

/// After so long the suite does not wait any more.
pub(super) const GIVE_UP: Duration = Duration::from_secs(30);

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// Waits until every api process takes a new call, and the notification that falls due with it has arrived. Answers
/// what these calls promised.
pub(super) async fn recover(targets: &[Target], people: &Arc<People>, sink: &Sink) -> Result<Vec<Promise>> {
    let begun = Instant::now();
    let mut promises = Vec::new();
    for target in targets {
        promises.push(first_ok(target, people, begun).await?);
    }
    for promise in &promises {
        let subject = format!("[{}]", promise.reference.as_deref().unwrap_or_default());
        while !sink.has(&subject) {
            ensure!(begun.elapsed() < GIVE_UP, "the notification of a new ticket does not arrive");
            sleep(PAUSE).await;
        }
    }
    Ok(promises)
}

async fn first_ok(target: &Target, people: &People, begun: Instant) -> Result<Promise> {
    loop {
        if let Ok(Some(promise)) = try_call(target, people).await {
            return Ok(promise);
        }
        ensure!(begun.elapsed() < GIVE_UP, "new calls are not answered ok by {}", target.address);
        sleep(PAUSE).await;
    }
}

async fn try_call(target: &Target, people: &People) -> Result<Option<Promise>> {
    let mut client = Client::connect(target).await?;
    call(&mut client, people, Call::Tickets).await
}
