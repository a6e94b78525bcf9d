//! Somebody has to look: who is told, and who tells.

use std::sync::Arc;

use domain::{
    dispatch::WORKER_DEAD_AFTER,
    watchdog::{Alarm, Alert, News, Signals, Vigil},
};
use jiff::Timestamp;

use crate::ports::{AlarmPath, Clock, Storage, StorageError, atomically, consult};

/// What is due is counted no further, channel by channel.
const COUNTED: usize = 10_000;

/// Looks whether notifications are late and whether anybody delivers them, and tells people if not. Every process does;
/// of those that see the same alarm one tells, which is settled in the database. When that is away, each tells for itself.
#[derive(Clone)]
pub struct Watch {
    /// Where notifications and workers are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The ways to people; an alarm is told when one of them took it. Without any it is only logged.
    pub paths: Vec<Arc<dyn AlarmPath>>,
}

/// What one look showed.
struct Look {
    signals: Signals,
    /// The alarms that were told and not called off.
    told: Vec<Alarm>,
}

impl Watch {
    /// One look. Answers what was seen; nothing if the database does not answer.
    pub async fn execute(&self, vigil: &mut Vigil) -> Option<Signals> {
        let now = self.clock.now();
        let look = match self.look(now).await {
            Ok(look) => Some(look),
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "the watchdog could not look");
                None
            }
        };
        for (alarm, news) in vigil.note(look.as_ref().map(|look| &look.signals)) {
            log(alarm, news);
        }
        if !self.paths.is_empty() {
            self.tell_of_the_database(vigil, look.as_ref(), now).await;
            if let Some(look) = &look {
                self.tell_of_the_rest(vigil, look).await;
            }
        }
        look.map(|look| look.signals)
    }

    async fn look(&self, now: Timestamp) -> Result<Look, StorageError> {
        let living_since = now.checked_sub(WORKER_DEAD_AFTER).unwrap_or(now);
        consult(&*self.storage, async |snapshot| {
            let silent = snapshot.workers().silent_since(living_since).await?.len();
            let signals = Signals {
                seen_at: now,
                backlogs: snapshot.watchdog().backlogs(now, COUNTED).await?,
                undelivered: snapshot.watchdog().undelivered(COUNTED).await?,
                workers: snapshot.workers().all().await?.len() - silent,
            };
            Ok(Look { signals, told: snapshot.watchdog().told().await? })
        })
        .await
    }

    async fn tell_of_the_database(&self, vigil: &mut Vigil, look: Option<&Look>, now: Timestamp) {
        if let Some(news) = vigil.own_news(now)
            && self.tell(Alarm::DatabaseAway, news, look).await
        {
            vigil.told(news, now);
        }
    }

    async fn tell_of_the_rest(&self, vigil: &Vigil, look: &Look) {
        for alarm in [Alarm::Late, Alarm::NoWorker] {
            let news = if vigil.lasts(alarm) {
                News::Raised
            } else if look.told.contains(&alarm) && vigil.is_over(alarm) {
                News::Over
            } else {
                continue;
            };
            if let Err(error) = self.tell_for_all(alarm, news, look).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, alarm = alarm.as_str(), "who tells of an alarm could not be settled");
            }
        }
    }

    /// Tells if no other process does or did.
    async fn tell_for_all(&self, alarm: Alarm, news: News, look: &Look) -> Result<(), StorageError> {
        let now = look.signals.seen_at;
        let take = atomically(&*self.storage, async |tx| tx.watchdog().take(alarm, news, now).await);
        if !take.await? {
            return Ok(());
        }
        let told = self.tell(alarm, news, Some(look)).await;
        atomically(&*self.storage, async |tx| {
            if told {
                tx.watchdog().tell(alarm, news, self.clock.now()).await
            } else {
                tx.watchdog().release(alarm).await
            }
        })
        .await
    }

    /// Tells on every way, and says whether one of them took it.
    async fn tell(&self, alarm: Alarm, news: News, look: Option<&Look>) -> bool {
        let signals = look.map(|look| look.signals.clone());
        let alert = Alert { alarm, news, at: self.clock.now(), signals };
        let mut told = false;
        for path in &self.paths {
            match path.tell(&alert).await {
                Ok(()) => told = true,
                Err(error) => tracing::error!(path = path.name(), alarm = alarm.as_str(), "{error}"),
            }
        }
        told
    }
}

fn log(alarm: Alarm, news: News) {
    match news {
        News::Raised => tracing::error!(alarm = alarm.as_str(), "the watchdog gives alarm"),
        News::Over => tracing::info!(alarm = alarm.as_str(), "an alarm of the watchdog is over"),
    }
}
