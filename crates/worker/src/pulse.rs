//! The heartbeat, by which workers know of each other's death, and a worker of its own.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use application::delivery::{BeatHeart, Gone, ReclaimNotifications};
use domain::{
    dispatch::{WORKER_DEAD_AFTER, WORKER_MUTE_AFTER},
    ids::WorkerId,
};
use jiff::Timestamp;
use metrics::counter;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{Company, everybody_else, outage::Outage};

const BEAT_EVERY: Duration = Duration::from_secs(1);

/// Whether this worker's heart beats. A worker that cannot tell that it lives must open no attempt, as others may have
/// taken over.
#[derive(Debug, Clone, Default)]
pub struct Pulse(Arc<Mutex<Beats>>);

#[derive(Debug, Clone, Copy, Default)]
struct Beats {
    last: Option<Instant>,
    /// The first of the heartbeats that followed each other without an outage.
    first: Option<Instant>,
}

impl Pulse {
    /// Whether attempts may be opened.
    pub fn may_open(&self) -> bool {
        self.beats().last.is_some_and(|last| last.elapsed() < WORKER_MUTE_AFTER.unsigned_abs())
    }

    /// Whether others may be judged: only after the own heart has beaten for as long as it takes to be dead, or an
    /// outage of the database would look like everybody's death.
    fn may_judge(&self) -> bool {
        self.beats().first.is_some_and(|first| first.elapsed() >= WORKER_DEAD_AFTER.unsigned_abs())
    }

    fn beat(&self, at: Instant) {
        let mut beats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let unbroken = beats.last.is_some_and(|last| at - last < WORKER_DEAD_AFTER.unsigned_abs());
        *beats = Beats { last: Some(at), first: beats.first.filter(|_| unbroken).or(Some(at)) };
    }

    fn beats(&self) -> Beats {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Beats until `stop`, and takes back what the dead had.
pub(crate) async fn run(
    beat_heart: BeatHeart,
    reclaim: ReclaimNotifications,
    company: Company,
    me: WorkerId,
    pulse: Pulse,
    stop: CancellationToken,
) {
    let mut outage = Outage::of("the heartbeat");
    let mut ticks = interval(BEAT_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut left_overs = company == Company::Alone;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return,
        }
        // The moment before the query: a heartbeat that took long to write is as old as its beginning.
        let began = Instant::now();
        let beaten = match beat_heart.execute().await {
            Ok(now) => now,
            Err(error) => {
                outage.failed(&error);
                continue;
            }
        };
        pulse.beat(began);
        counter!("frontdesk_worker_heartbeats_total").increment(1);
        let gone = match company {
            Company::Alone => left_overs.then(|| everybody_else(me)),
            Company::Others => pulse.may_judge().then(|| silent_at(beaten)),
        };
        match take_back(&reclaim, gone).await {
            Ok(()) => {
                left_overs = false;
                outage.works();
            }
            Err(error) => outage.failed(&error),
        }
    }
}

fn silent_at(now: Timestamp) -> Gone {
    Gone::SilentSince(now.checked_sub(WORKER_DEAD_AFTER).unwrap_or(Timestamp::MIN))
}

async fn take_back(
    reclaim: &ReclaimNotifications,
    gone: Option<Gone>,
) -> Result<(), application::ports::StorageError> {
    match gone {
        Some(gone) => reclaim.execute(gone).await.map(|_| ()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const fn millis(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    /// A heart that has beaten so many times, once a second; the last time now.
    async fn after_beats(count: u32) -> Pulse {
        let pulse = Pulse::default();
        pulse.beat(Instant::now());
        for _ in 1..count {
            advance(BEAT_EVERY).await;
            pulse.beat(Instant::now());
        }
        pulse
    }

    #[tokio::test(start_paused = true)]
    async fn a_heartbeat_allows_opening_for_three_seconds() {
        assert!(!Pulse::default().may_open(), "before the first one nothing is");
        let pulse = after_beats(1).await;
        advance(millis(2_999)).await;
        assert!(pulse.may_open());
        advance(millis(1)).await;
        assert!(!pulse.may_open());
        pulse.beat(Instant::now());
        assert!(pulse.may_open());
    }

    #[tokio::test(start_paused = true)]
    async fn others_may_be_judged_five_seconds_after_the_own_first_heartbeat() {
        assert!(!Pulse::default().may_judge());
        assert!(!after_beats(5).await.may_judge());
        assert!(after_beats(6).await.may_judge());
    }

    #[tokio::test(start_paused = true)]
    async fn after_an_outage_the_own_heart_has_to_beat_for_five_seconds_again() {
        let pulse = after_beats(100).await;
        advance(millis(5_000)).await;
        pulse.beat(Instant::now());
        assert!(!pulse.may_judge());
        advance(millis(4_999)).await;
        pulse.beat(Instant::now());
        assert!(!pulse.may_judge());
        advance(millis(1)).await;
        assert!(pulse.may_judge());
    }

    #[tokio::test(start_paused = true)]
    async fn a_heartbeat_that_was_missed_now_and_then_is_no_outage() {
        let pulse = after_beats(100).await;
        advance(millis(4_000)).await;
        pulse.beat(Instant::now());
        assert!(pulse.may_judge());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pulse_that_was_handed_out_is_the_same_pulse() {
        let pulse = Pulse::default();
        let seen_by_readiness = pulse.clone();
        pulse.beat(Instant::now());
        assert!(seen_by_readiness.may_open());
    }
}
