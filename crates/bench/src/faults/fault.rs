//! What can happen to a system, and how it is made to happen.

use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use tokio::time::{Instant, sleep};

use super::fleet::Fleet;
use super::options::Measures;
use super::services::Services;
use crate::broker::Names;
use crate::sink::{Mood, Sink};

/// How long the mail server is slow before a worker is killed.
const SLOWED_DOWN: Duration = Duration::from_millis(500);

/// How often connections are cut while they are cut.
const CUT_EVERY: Duration = Duration::from_millis(500);

/// How long messages may take to come back to the queue from a worker that has died.
const RETURN: Duration = Duration::from_secs(2);

/// Something that goes wrong, and is right again afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Fault {
    /// A worker process is killed
    WorkerKilled,
    /// An api process is killed
    ApiKilled,
    /// PostgreSQL is shut down properly, and started again
    PostgresStopped,
    /// PostgreSQL is ended without a checkpoint, and recovers
    PostgresCrashed,
    /// Every connection to the database is cut, again and again
    ConnectionsCut,
    /// RabbitMQ is stopped, and started again
    RabbitmqStopped,
    /// Both workers are killed, and what was handed over to them is purged from the queue
    QueuePurged,
    /// The mail server refuses to talk
    SmtpRefuses,
    /// The mail server does not answer any more
    SmtpHangs,
    /// The mail server takes mails, and hangs up instead of saying so
    SmtpClosesAfterData,
}

/// What faults happen to.
pub(super) struct Scene<'a> {
    /// The processes.
    pub(super) fleet: &'a mut Fleet,
    /// What they stand on.
    pub(super) services: &'a Services,
    /// Their mail server.
    pub(super) sink: &'a Sink,
    /// For how long.
    pub(super) measures: Measures,
}

impl Fault {
    /// As it is named on the command line and in the table.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Makes it happen, and says when it was over: when everything was given back, or a new process was started. That
    /// process is ready on return.
    pub(super) async fn strike(self, scene: &mut Scene<'_>) -> Result<Instant> {
        match self {
            Self::WorkerKilled => scene.lose_a_worker().await,
            Self::ApiKilled => scene.fleet.lose_an_api().await,
            Self::PostgresStopped => scene.outage(&["postgres"], scene.measures.outage).await,
            Self::PostgresCrashed => scene.outage(&["postgres", "--immediate"], scene.measures.outage).await,
            Self::ConnectionsCut => scene.cut_connections().await,
            Self::RabbitmqStopped => scene.outage(&["rabbitmq"], scene.measures.broker_outage).await,
            Self::QueuePurged => scene.purge_queue().await,
            Self::SmtpRefuses => scene.mood(Mood::Refusing).await,
            Self::SmtpHangs => scene.mood(Mood::Hanging).await,
            Self::SmtpClosesAfterData => scene.mood(Mood::ClosingAfterData).await,
        }
    }
}

impl Scene<'_> {
    /// Takes a service away for a time, in the way that the words after its name say.
    async fn outage(&self, service: &[&str], time: Duration) -> Result<Instant> {
        self.services.run(&[&["stop"], service].concat()).await?;
        sleep(time).await;
        self.services.run(&["start", service[0]]).await?;
        Ok(Instant::now())
    }

    /// Mails are on the wire when the worker dies, so that some are sent twice.
    async fn lose_a_worker(&mut self) -> Result<Instant> {
        self.sink.set(Mood::Slow);
        sleep(SLOWED_DOWN).await;
        let over = self.fleet.lose_a_worker().await;
        self.sink.set(Mood::Taking);
        over
    }

    async fn cut_connections(&self) -> Result<Instant> {
        let database = self.fleet.home.database().context("the suite runs on PostgreSQL")?;
        let end = Instant::now() + self.measures.outage;
        while Instant::now() < end {
            database.cut_connections().await?;
            sleep(CUT_EVERY).await;
        }
        database.cut_connections().await?;
        Ok(Instant::now())
    }

    async fn purge_queue(&mut self) -> Result<Instant> {
        let names = self.fleet.home.broker().context("the suite runs on RabbitMQ")?.clone();
        self.fleet.without_workers(purge(&names)).await
    }

    async fn mood(&self, mood: Mood) -> Result<Instant> {
        self.sink.set(mood);
        sleep(self.measures.outage).await;
        self.sink.set(Mood::Taking);
        Ok(Instant::now())
    }
}

/// Purges once what the dead workers had been handed is back in the queue.
async fn purge(names: &Names) -> Result<()> {
    let begun = Instant::now();
    while names.waiting_mails().await? == 0 && begun.elapsed() < RETURN {
        sleep(Duration::from_millis(50)).await;
    }
    names.purge_mails().await
}
