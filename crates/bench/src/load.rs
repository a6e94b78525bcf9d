//! Bots at work: several kept connections, each with one call in flight, each call for a different person.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use crate::figure::count;
use crate::http::{Answer, Client, Target};
use crate::person::People;

/// What a bot calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// Registers a person.
    Users,
    /// Opens a ticket on the topic `pricing` for a new person.
    Tickets,
}

impl Call {
    /// As the calls are named in the report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Tickets => "tickets",
        }
    }

    /// The path of the call.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Users => "/bot/v1/users",
            Self::Tickets => "/bot/v1/tickets",
        }
    }

    /// Writes the body of a call for somebody new.
    pub(crate) fn write_body(self, people: &People, body: &mut String) {
        match self {
            Self::Users => people.write_user(body),
            Self::Tickets => people.write_ticket(body),
        }
    }
}

/// When the bots call, and when they stop.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Plan {
    /// As fast as answers come, for this time.
    For(Duration),
    /// As fast as answers come, this many calls in all.
    Calls(usize),
    /// This many calls in all, at even intervals over this time, whether or not earlier ones were answered.
    Paced(usize, Duration),
}

impl Plan {
    /// Waits until call `number` may be made; `false` when there is none any more.
    async fn admits(self, number: usize, start: Instant) -> bool {
        match self {
            Self::For(time) => start.elapsed() < time,
            Self::Calls(calls) => number < calls,
            Self::Paced(calls, time) => {
                let due = start + time.mul_f64(count(number) / count(calls));
                if number < calls {
                    tokio::time::sleep_until(due.into()).await;
                }
                number < calls
            }
        }
    }
}

/// What the bots saw.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Calls that were answered `ok`; any other answer is an error of [`drive`].
    pub(crate) calls: usize,
    /// From the first call to the last answer.
    pub(crate) elapsed: Duration,
    /// Microseconds from the first byte of a call to the last byte of its answer.
    latencies: Histogram<u64>,
}

impl Outcome {
    /// Calls a second.
    pub(crate) fn rate(&self) -> f64 {
        count(self.calls) / self.elapsed.as_secs_f64()
    }

    /// Milliseconds within which this share of the calls was answered.
    pub(crate) fn latency(&self, quantile: f64) -> f64 {
        Duration::from_micros(self.latencies.value_at_quantile(quantile)).as_secs_f64() * 1e3
    }
}

/// Carries a plan out on several connections. The first call that fails or is not answered `ok` ends it with
/// an error that shows the answer.
pub(crate) async fn drive(
    target: &Target,
    people: &Arc<People>,
    call: Call,
    connections: usize,
    plan: Plan,
) -> Result<Outcome> {
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections {
        clients.push(Client::connect(target).await?);
    }
    let start = Instant::now();
    let mut bots = JoinSet::new();
    for (index, client) in clients.into_iter().enumerate() {
        let bot = Bot { client, people: Arc::clone(people), call, plan, start };
        bots.spawn(bot.work(index, connections));
    }
    let mut latencies = Histogram::new(3)?;
    let mut calls = 0;
    while let Some(bot) = bots.join_next().await {
        let (made, seen) = bot??;
        calls += made;
        latencies.add(&seen)?;
    }
    Ok(Outcome { calls, elapsed: start.elapsed(), latencies })
}

struct Bot {
    client: Client,
    people: Arc<People>,
    call: Call,
    plan: Plan,
    start: Instant,
}

impl Bot {
    /// Makes the calls `index`, `index + step`, ... of the plan.
    async fn work(mut self, index: usize, step: usize) -> Result<(usize, Histogram<u64>)> {
        let mut latencies = Histogram::new(3)?;
        let mut calls = 0;
        let mut body = String::new();
        while self.plan.admits(index + calls * step, self.start).await {
            self.call.write_body(&self.people, &mut body);
            let sent = Instant::now();
            let answer = self.client.post(self.call.path(), &body).await?;
            latencies.record(u64::try_from(sent.elapsed().as_micros())?)?;
            check(&answer).with_context(|| format!("calling {}", self.call.path()))?;
            calls += 1;
        }
        Ok((calls, latencies))
    }
}

/// An answer counts only if the call was taken, and was not taken for a repetition of another.
fn check(answer: &Answer<'_>) -> Result<()> {
    let good = answer.status == 200
        && has(answer.body, br#""result":"ok""#)
        && has(answer.body, br#""replayed":false"#);
    ensure!(good, "the answer was {}: {}", answer.status, answer.text());
    Ok(())
}

fn has(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: u16, body: &str) -> bool {
        check(&Answer { status, body: body.as_bytes() }).is_ok()
    }

    #[test]
    fn only_a_first_ok_counts() {
        assert!(verdict(200, r#"{"result":"ok","created":true,"replayed":false}"#));
        assert!(!verdict(200, r#"{"result":"ok","created":true,"replayed":true}"#));
        assert!(!verdict(200, r#"{"result":"invalid","replayed":false}"#));
        assert!(!verdict(503, r#"{"result":"ok","replayed":false}"#));
    }

    #[tokio::test]
    async fn paced_calls_keep_their_distance() {
        let plan = Plan::Paced(10, Duration::from_millis(50));
        let start = Instant::now();
        assert!(plan.admits(9, start).await);
        assert!(start.elapsed() >= Duration::from_millis(45));
        assert!(!plan.admits(10, start).await);
    }
}
