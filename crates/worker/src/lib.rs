//! The loops that deliver notifications: heartbeat, dispatch, one delivery lane for each kind of channel, and the
//! periodic jobs; beside them the watchdog, which every process has.
//!
//! May depend on `application` and `domain`; sees ports only. A loop decides *when*; what is done is a use case of
//! `application`. To add a periodic job: see [`application::jobs`].

mod delivery_lane;
mod dispatcher;
mod jobs;
mod open_attempts;
mod outage;
mod pulse;
mod waiting;
mod watchdog;

use std::{collections::HashMap, sync::Arc, time::Duration};

use application::{
    delivery::{BeatHeart, DispatchNotifications, Gone, ReclaimNotifications, SettleAttempts, StopWorker},
    jobs::{RunJob, ShareJobs},
    ports::{Channel, Clock, NotificationQueue},
};
use domain::channel::ChannelKind;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use jobs::JobRunner;
pub use pulse::Pulse;
pub use watchdog::{Sight, watch};

/// What is running may take so long to end after a stop was asked for.
pub const GRACE: Duration = Duration::from_secs(30);

/// Who else may be working on the same database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// Nobody: the process holds the only lock. What others left is taken back at the start.
    Alone,
    /// Any number of workers, told apart by their heartbeats.
    Others,
}

/// A process that delivers notifications.
pub struct Worker {
    /// Tells that it lives.
    pub beat_heart: BeatHeart,
    /// Hands due notifications over.
    pub dispatch: DispatchNotifications,
    /// Opens and closes attempts.
    pub settle: SettleAttempts,
    /// Takes back what dead workers had.
    pub reclaim: ReclaimNotifications,
    /// Hands back what it had not begun.
    pub stop: StopWorker,
    /// Shares periodic jobs with other workers.
    pub share_jobs: ShareJobs,
    /// Runs periodic jobs.
    pub run_job: RunJob,
    /// The way from dispatchers to lanes.
    pub queue: Arc<dyn NotificationQueue>,
    /// How each kind is delivered.
    pub channels: HashMap<ChannelKind, Arc<dyn Channel>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How many attempts of a kind may be open at once.
    pub concurrency: usize,
    /// Who else works.
    pub company: Company,
    /// Whether this worker lives, for readiness.
    pub pulse: Pulse,
}

impl Worker {
    /// Works until `stop` is cancelled, ends what runs within [`GRACE`], and hands back the rest. Does the same when a
    /// loop fails, so that the process can be started anew: half a worker would leave notifications unsent in silence.
    pub async fn run(self, stop: CancellationToken) {
        let stop = stop.child_token();
        let mut loops = JoinSet::new();
        // The heart beats until the last attempt is closed, so that nobody takes it for dead meanwhile.
        let heart_stop = CancellationToken::new();
        let mut heart = JoinSet::new();
        heart.spawn(self.heart(heart_stop.clone()));
        self.start_lanes(&mut loops, &stop);
        loops.spawn(dispatcher::run(
            self.dispatch.clone(),
            Arc::clone(&self.queue),
            self.pulse.clone(),
            stop.clone(),
        ));
        loops.spawn(self.job_runner().run(stop.clone()));
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            Some(_) = loops.join_next() => tracing::error!("a loop of the worker failed; the worker stops"),
            Some(_) = heart.join_next() => tracing::error!("the heartbeat failed; the worker stops"),
        }
        stop.cancel();
        if tokio::time::timeout(GRACE, async { while loops.join_next().await.is_some() {} }).await.is_err() {
            tracing::warn!(
                "some attempts did not end in time; their fate is unknown and they will be due again"
            );
        }
        heart_stop.cancel();
        while heart.join_next().await.is_some() {}
        match self.stop.execute().await {
            Ok(handed_back) => tracing::info!(handed_back, "the worker stopped"),
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "handing back failed; others will take over"
            ),
        }
    }

    fn heart(&self, stop: CancellationToken) -> impl Future<Output = ()> + use<> {
        pulse::run(
            self.beat_heart.clone(),
            self.reclaim.clone(),
            self.company,
            self.beat_heart.worker_id,
            self.pulse.clone(),
            stop,
        )
    }

    fn job_runner(&self) -> JobRunner {
        JobRunner {
            share: self.share_jobs.clone(),
            run_job: self.run_job.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    fn start_lanes(&self, loops: &mut JoinSet<()>, stop: &CancellationToken) {
        for (&kind, channel) in &self.channels {
            let lane = delivery_lane::DeliveryLane {
                kind,
                channel: Arc::clone(channel),
                settle: self.settle.clone(),
                queue: Arc::clone(&self.queue),
                clock: Arc::clone(&self.clock),
                pulse: self.pulse.clone(),
                concurrency: self.concurrency,
            };
            loops.spawn(lane.run(stop.clone()));
        }
    }
}

/// Everybody but this worker is gone.
const fn everybody_else(worker: domain::ids::WorkerId) -> Gone {
    Gone::AllBut(worker)
}
