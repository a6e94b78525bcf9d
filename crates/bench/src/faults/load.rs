//! The steady load: bots that call one of the api processes, as a load balancer would spread them, and go on calling
//! whatever happens.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::http::{Client, Target};
use crate::load::Call;
use crate::person::People;

/// Connections: enough that calls which wait for a fault's end leave others to go on.
const BOTS: u32 = 20;

/// How long a chatbot waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What an `ok` has promised.
#[derive(Debug, Clone)]
pub(super) struct Promise {
    /// What was called.
    pub(super) call: Call,
    /// The id of the call, which its notifications bear.
    pub(super) request: String,
    /// Who called.
    pub(super) email: String,
    /// The user that the call registered.
    pub(super) user: String,
    /// The ticket that it opened.
    pub(super) reference: Option<String>,
}

/// What bots were answered.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// With `ok`.
    pub(super) promises: Vec<Promise>,
    /// With anything else, or not at all.
    pub(super) refused: usize,
}

/// Makes one call for somebody new. `None`: it was answered, but not `ok`.
pub(super) async fn call(client: &mut Client, people: &People, call: Call) -> Result<Option<Promise>> {
    let mut body = String::new();
    call.write_body(people, &mut body);
    let answered = timeout(PATIENCE, client.post(call.path(), &body)).await;
    let answer = answered.context("waiting for an answer")??;
    let said: Value = serde_json::from_slice(answer.body).context("reading an answer")?;
    if answer.status != 200 || said["result"] != "ok" {
        return Ok(None);
    }
    let sent: Value = serde_json::from_str(&body).context("reading what was sent")?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let promise = Promise {
        call,
        request: text(&said["request_id"]).context("an ok without request_id")?,
        email: text(&sent["email"]).context("a call without email")?,
        user: text(&said["user_id"]).context("an ok without user_id")?,
        reference: text(&said["reference"]),
    };
    Ok(Some(promise))
}

/// Bots at work; they stop when this is dropped.
#[derive(Debug)]
pub(super) struct Load {
    office: Arc<Office>,
    bots: JoinSet<()>,
}

/// What bots share.
#[derive(Debug, Default)]
struct Office {
    closed: AtomicBool,
    answers: Mutex<Answers>,
}

impl Office {
    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Load {
    /// Starts calling, so many times a second.
    pub(super) fn start(targets: &[Target], people: &Arc<People>, rate: u32) -> Self {
        let office = Arc::new(Office::default());
        let mut bots = JoinSet::new();
        for number in 0..BOTS {
            let bot = Bot {
                targets: targets.to_vec(),
                next: usize::try_from(number).unwrap_or(0),
                people: Arc::clone(people),
                office: Arc::clone(&office),
            };
            bots.spawn(bot.work(Duration::from_secs(1) * BOTS / rate));
        }
        Self { office, bots }
    }

    /// Lets calls that are on their way be answered, and tells what was answered since the start.
    pub(super) async fn stop(mut self) -> Answers {
        self.office.closed.store(true, Ordering::Relaxed);
        while self.bots.join_next().await.is_some() {}
        std::mem::take(&mut *self.office.answers())
    }
}

struct Bot {
    targets: Vec<Target>,
    next: usize,
    people: Arc<People>,
    office: Arc<Office>,
}

impl Bot {
    async fn work(mut self, pause: Duration) {
        let mut ticks = interval(pause);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut client = None;
        let mut kind = if self.next.is_multiple_of(2) { Call::Users } else { Call::Tickets };
        while !self.office.closed.load(Ordering::Relaxed) {
            self.call(&mut client, kind).await;
            kind = if kind == Call::Users { Call::Tickets } else { Call::Users };
            ticks.tick().await;
        }
    }

    /// After a failure the next call goes to the next process.
    async fn call(&mut self, client: &mut Option<Client>, kind: Call) {
        let answer = self.try_call(client, kind).await;
        if answer.is_err() {
            self.next += 1;
            *client = None;
        }
        let mut answers = self.office.answers();
        match answer {
            Ok(Some(promise)) => answers.promises.push(promise),
            Ok(None) | Err(_) => answers.refused += 1,
        }
    }

    async fn try_call(&self, client: &mut Option<Client>, kind: Call) -> Result<Option<Promise>> {
        let client = match client {
            Some(client) => client,
            None => client.insert(Client::connect(&self.targets[self.next % self.targets.len()]).await?),
        };
        call(client, &self.people, kind).await
    }
}
