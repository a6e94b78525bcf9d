//! Notifications that were handed over and wait for their due time.

use std::collections::BTreeMap;

use application::ports::Received;
use domain::ids::NotificationId;
use jiff::Timestamp;

use crate::open_attempts::OpenAttempts;

/// Ordered by due time. An id that is handed over twice waits once.
#[derive(Default)]
pub(crate) struct Waiting(BTreeMap<(Timestamp, NotificationId), Received>);

impl Waiting {
    /// Adds a notification. Answers the tag of an equal one that waited already.
    pub(crate) fn add(&mut self, received: Received) -> Option<u64> {
        let key = (received.claimed.due_at, received.claimed.id);
        self.0.insert(key, received).map(|earlier| earlier.tag)
    }

    /// Takes what is due by `now` and fits beside what is `open`, earliest first.
    pub(crate) fn take_due(&mut self, now: Timestamp, open: &OpenAttempts) -> Vec<Received> {
        let mut open = open.clone();
        let due: Vec<_> = self
            .0
            .range(..=(now, NotificationId::MAX))
            .filter(|(_, received)| open.try_open(received.claimed.channel_id))
            .map(|(key, _)| *key)
            .collect();
        due.iter().filter_map(|key| self.0.remove(key)).collect()
    }

    /// When the next notification falls due whose channel has room.
    pub(crate) fn next_due(&self, open: &OpenAttempts) -> Option<Timestamp> {
        let fits = self.0.iter().find(|(_, received)| open.has_room(received.claimed.channel_id));
        fits.map(|((due_at, _), _)| *due_at)
    }
}
