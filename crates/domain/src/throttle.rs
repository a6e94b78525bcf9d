//! How often somebody may try to guess: the protection of a sign-in.

use std::{collections::HashMap, hash::Hash};

use jiff::{SignedDuration, Timestamp};

/// One who fails may try so many times at once.
const TRIES_AT_ONCE: i32 = 5;

/// Then once in so long. A million common passwords would take two years.
const TRY_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// At most so many who failed are remembered.
const REMEMBERED_MAX: usize = 10_000;

/// Counts failures by whoever fails, as [`RateLimit`](crate::rate_limit::RateLimit) counts calls: each failure uses up
/// a try, and tries come back with time. Memory is bounded: when too many fail, those are forgotten who may try freely,
/// and if there are none, everybody.
#[derive(Debug)]
pub struct Throttle<K> {
    even_until: HashMap<K, Timestamp>,
}

impl<K> Default for Throttle<K> {
    fn default() -> Self {
        Self { even_until: HashMap::new() }
    }
}

impl<K: Eq + Hash> Throttle<K> {
    /// How long `who` has to wait at `now` for its next try; none if it may try at once.
    pub fn wait(&self, who: &K, now: Timestamp) -> Option<SignedDuration> {
        let ahead = self.even_until.get(who)?.duration_since(now);
        let wait = ahead - TRY_EVERY * (TRIES_AT_ONCE - 1);
        (wait > SignedDuration::ZERO).then_some(wait)
    }

    /// Notes that `who` failed at `now`.
    pub fn failed(&mut self, who: K, now: Timestamp) {
        if self.even_until.len() >= REMEMBERED_MAX {
            self.even_until.retain(|_, even_until| *even_until > now);
        }
        if self.even_until.len() >= REMEMBERED_MAX {
            self.even_until.clear();
        }
        let even = self.even_until.get(&who).map_or(now, |even| (*even).max(now));
        self.even_until.insert(who, even.checked_add(TRY_EVERY).unwrap_or(Timestamp::MAX));
    }

    /// Notes that `who` succeeded: what it failed before is forgotten.
    pub fn succeeded(&mut self, who: &K) {
        self.even_until.remove(who);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn failed(times: usize) -> Throttle<&'static str> {
        let mut throttle = Throttle::default();
        (0..times).for_each(|_| throttle.failed("ana", NOW));
        throttle
    }

    #[test]
    fn after_five_failures_one_try_a_minute_is_left() {
        assert_eq!(failed(4).wait(&"ana", NOW), None);
        let throttle = failed(5);
        assert_eq!(throttle.wait(&"ana", NOW), Some(SignedDuration::from_mins(1)));
        assert_eq!(throttle.wait(&"bea", NOW), None);
        assert_eq!(throttle.wait(&"ana", NOW + SignedDuration::from_mins(1)), None);
    }

    #[test]
    fn who_succeeds_begins_anew() {
        let mut throttle = failed(5);
        throttle.succeeded(&"ana");
        assert_eq!(throttle.wait(&"ana", NOW), None);
    }

    #[test]
    fn of_many_who_fail_those_who_may_try_freely_are_forgotten_first() {
        let mut throttle = Throttle::default();
        (0..REMEMBERED_MAX).for_each(|who| throttle.failed(who, NOW));
        let later = NOW + SignedDuration::from_secs(30);
        (0..9).for_each(|_| throttle.failed(0, NOW));
        throttle.failed(REMEMBERED_MAX, later + SignedDuration::from_mins(1));
        assert!(throttle.wait(&0, later).is_some());
        assert!(throttle.even_until.len() <= REMEMBERED_MAX);
    }
}
