//! Whether this process can do its job.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use adapters_http::{Readiness, ReadinessLevel, ReadinessStatus};
use adapters_queue::{BrokerHealth, RabbitMqQueue};
use application::ports::{Storage, StorageError, consult};
use domain::{
    dispatch::{WORKER_DEAD_AFTER, WORKER_MUTE_AFTER},
    watchdog::Alarm,
};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;
use worker::{Pulse, Sight as WatchdogSight};

use crate::serve::Role;

/// How often a process without a worker of its own looks at the database and for others' workers.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Knows what this process needs: the database, which a worker's heartbeat is written to, and for some the broker.
pub struct ServerReadiness {
    role: Role,
    pulse: Pulse,
    broker: Option<Arc<RabbitMqQueue>>,
    draining: CancellationToken,
    is_prepared: AtomicBool,
    sight: Mutex<Sight>,
    watchdog: watch::Receiver<WatchdogSight>,
}

/// What a process without a worker of its own saw.
#[derive(Debug, Clone, Copy, Default)]
struct Sight {
    /// When the database last answered.
    at: Option<Instant>,
    /// Whether somebody delivers.
    has_worker: bool,
}

impl ServerReadiness {
    /// Looks at the worker's heartbeat, the broker, whether this process is `draining`, and what the watchdog saw.
    pub fn new(
        role: Role,
        pulse: Pulse,
        broker: Option<Arc<RabbitMqQueue>>,
        draining: CancellationToken,
        watchdog: watch::Receiver<WatchdogSight>,
    ) -> Self {
        let (is_prepared, sight) = (AtomicBool::new(false), Mutex::default());
        Self { role, pulse, broker, draining, is_prepared, sight, watchdog }
    }

    /// The database was found, and its schema is complete.
    pub fn prepared(&self) {
        self.is_prepared.store(true, Ordering::Relaxed);
    }

    /// Looks at the database and for others' workers, again and again.
    pub async fn look_at_others(self: Arc<Self>, storage: Arc<dyn Storage>) {
        loop {
            // The moment before the look, so that an answer that took long is as old as its question.
            let at = Instant::now();
            if let Ok(has_worker) = has_worker(&*storage).await {
                *self.sight.lock().unwrap_or_else(PoisonError::into_inner) =
                    Sight { at: Some(at), has_worker };
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn sight(&self) -> Sight {
        *self.sight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What keeps this process from doing its job.
    fn hindrance(&self) -> Option<&'static str> {
        let database_answers = match self.role {
            Role::All | Role::Worker => self.pulse.may_open(),
            Role::Api => self.sight().at.is_some_and(|at| at.elapsed() < WORKER_MUTE_AFTER.unsigned_abs()),
        };
        if self.draining.is_cancelled() {
            Some("the server is stopping")
        } else if !self.is_prepared.load(Ordering::Relaxed) {
            Some("the database does not answer, or its migrations are outstanding")
        } else if !database_answers {
            Some("the database does not answer")
        } else {
            self.broker_away().filter(|_| self.role == Role::Worker)
        }
    }

    /// What is amiss beside this process's own job.
    fn complaints(&self) -> Vec<String> {
        let no_worker = (self.role == Role::Api && !self.sight().has_worker)
            .then_some("no worker has a heartbeat: notifications wait");
        let away = no_worker.into_iter().chain(self.broker_away()).map(str::to_owned);
        away.chain(self.late()).collect()
    }

    fn late(&self) -> Option<String> {
        let sight = self.watchdog.borrow();
        let signals = sight.signals.as_ref().filter(|_| sight.alarms.contains(&Alarm::Late))?;
        Some(format!("notifications are late: the oldest was due {} s ago", signals.lateness().as_secs()))
    }

    fn broker_away(&self) -> Option<&'static str> {
        let broker = self.broker.as_ref()?;
        match broker.health() {
            BrokerHealth::Connected => None,
            BrokerHealth::Connecting => Some("RabbitMQ is being connected to: notifications wait"),
            BrokerHealth::Blocked => {
                Some("RabbitMQ lacks memory or disk and takes nothing: notifications wait")
            }
            BrokerHealth::Away(error) if error.needs_change() => {
                Some("RabbitMQ refuses this process, the log says why: notifications wait")
            }
            BrokerHealth::Away(_) => Some("RabbitMQ is away: notifications wait"),
        }
    }
}

impl Readiness for ServerReadiness {
    fn status(&self) -> ReadinessStatus {
        if let Some(hindrance) = self.hindrance() {
            return ReadinessStatus {
                level: ReadinessLevel::Unavailable,
                reasons: vec![hindrance.to_owned()],
            };
        }
        let reasons = self.complaints();
        let level = if reasons.is_empty() { ReadinessLevel::Ready } else { ReadinessLevel::Degraded };
        ReadinessStatus { level, reasons }
    }

    fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }
}

/// Whether any worker has had a heartbeat lately, by the database's clock.
async fn has_worker(storage: &dyn Storage) -> Result<bool, StorageError> {
    let now = storage.now().await?;
    let lately = now.checked_sub(WORKER_DEAD_AFTER).unwrap_or(now);
    consult(storage, async |snapshot| {
        let (all, silent) = (snapshot.workers().all().await?, snapshot.workers().silent_since(lately).await?);
        Ok(all.len() > silent.len())
    })
    .await
}
