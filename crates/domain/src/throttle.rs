//! How often somebody may try to guess: the protection of whatever asks for a password or a token.

use std::{collections::HashMap, hash::Hash};

use jiff::{SignedDuration, Timestamp};

use crate::rate_limit::RateLimit;

/// So many who failed are told apart; those beyond share one limit.
const REMEMBERED_MAX: usize = 10_000;

/// Counts failures by whoever fails: each uses up a try, and tries come back with time. Memory is bounded.
#[derive(Debug)]
pub struct Throttle<K> {
    fresh: RateLimit,
    by_who: HashMap<K, RateLimit>,
    others: RateLimit,
}

impl<K: Eq + Hash> Throttle<K> {
    /// Everybody may fail `at_once` times, and then once in `every`.
    pub fn new(at_once: i32, every: SignedDuration) -> Self {
        let fresh = RateLimit::new(at_once, every);
        Self { fresh, by_who: HashMap::new(), others: fresh }
    }

    /// How long `who` has to wait at `now` for its next try; none if it may try at once.
    pub fn wait(&self, who: &K, now: Timestamp) -> Option<SignedDuration> {
        let is_full = self.by_who.len() >= REMEMBERED_MAX;
        let unknown = if is_full { &self.others } else { &self.fresh };
        self.by_who.get(who).unwrap_or(unknown).wait(now)
    }

    /// Notes that `who` failed at `now`.
    pub fn failed(&mut self, who: K, now: Timestamp) {
        if self.by_who.len() >= REMEMBERED_MAX {
            self.by_who.retain(|_, limit| !limit.is_rested(now));
        }
        if self.by_who.len() >= REMEMBERED_MAX && !self.by_who.contains_key(&who) {
            self.others.spend(now);
        } else {
            self.by_who.entry(who).or_insert(self.fresh).spend(now);
        }
    }

    /// Notes that `who` succeeded: what it failed before is forgotten.
    pub fn succeeded(&mut self, who: &K) {
        self.by_who.remove(who);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const EVERY: SignedDuration = SignedDuration::from_secs(60);

    fn failed(times: usize) -> Throttle<&'static str> {
        let mut throttle = Throttle::new(5, EVERY);
        (0..times).for_each(|_| throttle.failed("ana", NOW));
        throttle
    }

    #[test]
    fn after_five_failures_one_try_a_minute_is_left() {
        assert_eq!(failed(4).wait(&"ana", NOW), None);
        let throttle = failed(5);
        assert_eq!(throttle.wait(&"ana", NOW), Some(EVERY));
        assert_eq!(throttle.wait(&"bea", NOW), None);
        assert_eq!(throttle.wait(&"ana", NOW + EVERY), None);
    }

    #[test]
    fn who_succeeds_begins_anew() {
        let mut throttle = failed(5);
        throttle.succeeded(&"ana");
        assert_eq!(throttle.wait(&"ana", NOW), None);
    }

    #[test]
    fn any_number_of_those_who_fail_takes_bounded_memory() {
        let mut throttle = Throttle::new(10, EVERY);
        (0..REMEMBERED_MAX + 20).for_each(|who| throttle.failed(who, NOW));
        assert!(throttle.by_who.len() <= REMEMBERED_MAX);
        let stranger = REMEMBERED_MAX + 99;
        assert!(throttle.wait(&stranger, NOW).is_some(), "who has no place shares a limit");
        assert_eq!(throttle.wait(&0, NOW), None, "who has one is told apart");
        throttle.failed(stranger, NOW + EVERY * 30);
        assert_eq!(throttle.by_who.len(), 1, "the rested are forgotten");
    }

    #[test]
    fn of_many_who_fail_those_who_may_try_freely_are_forgotten_first() {
        let mut throttle = Throttle::new(5, EVERY);
        (0..REMEMBERED_MAX).for_each(|who| throttle.failed(who, NOW));
        let later = NOW + SignedDuration::from_secs(30);
        (0..9).for_each(|_| throttle.failed(0, NOW));
        throttle.failed(REMEMBERED_MAX, later + EVERY);
        assert!(throttle.wait(&0, later).is_some());
        assert!(throttle.by_who.len() <= REMEMBERED_MAX);
    }
}
