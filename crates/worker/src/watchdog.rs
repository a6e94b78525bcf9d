//! When the watchdog looks, and what others are shown of it.

use std::time::Duration;

use application::watchdog::Watch;
use domain::{
    channel::ChannelKind,
    watchdog::{Alarm, Signals, Vigil},
};
use metrics::gauge;
use tokio::{
    sync::watch::Sender,
    time::{MissedTickBehavior, interval_at},
};

/// A look costs a handful of statements; what is late has waited for a minute already.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// What the last look showed.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    /// What was seen; none before the first look, and while the database does not answer.
    pub signals: Option<Signals>,
    /// The alarms that last.
    pub alarms: Vec<Alarm>,
}

/// Looks again and again, and never ends. The first look is not at once: at the start of a process its worker and the
/// database may still be on their way.
pub async fn watch(watch: Watch, sight: Sender<Sight>) {
    let mut vigil = Vigil::default();
    let mut looks = interval_at(tokio::time::Instant::now() + LOOK_EVERY, LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let signals = watch.execute(&mut vigil).await;
        if let Some(signals) = &signals {
            show(signals);
        }
        for &alarm in Alarm::ALL {
            let lasts = f64::from(u8::from(vigil.lasts(alarm)));
            gauge!("frontdesk_watchdog_alarm", "alarm" => alarm.as_str()).set(lasts);
        }
        sight.send_replace(Sight { signals, alarms: vigil.lasting().collect() });
    }
}

/// Every process shows the same.
fn show(signals: &Signals) {
    for &kind in ChannelKind::ALL {
        let of_kind = signals.backlogs.iter().filter(|backlog| backlog.kind == kind);
        let due = of_kind.map(|backlog| backlog.due).sum();
        gauge!("frontdesk_notifications_due", "kind" => kind.as_str()).set(number(due));
    }
    for (status, count) in [("failed", signals.undelivered.failed), ("unknown", signals.undelivered.unknown)]
    {
        gauge!("frontdesk_notifications_undelivered", "status" => status).set(number(count));
    }
    gauge!("frontdesk_notifications_late_seconds").set(signals.lateness().as_secs_f64());
    gauge!("frontdesk_workers").set(number(signals.workers));
    gauge!("frontdesk_watchdog_look_timestamp_seconds").set(signals.seen_at.as_duration().as_secs_f64());
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
