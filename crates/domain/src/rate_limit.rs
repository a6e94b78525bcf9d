//! How often something may happen: a protection of the server, not a quota.

use jiff::{SignedDuration, Timestamp};

/// A bot may call so many times its rate at once.
const BURST_SECONDS: u32 = 4;

/// The generic cell rate algorithm (ITU-T I.371, annex A), the leaky bucket that needs one timestamp: calls are
/// allowed while the time at which an even stream would have sent them lies less than the burst ahead.
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    interval: SignedDuration,
    tolerance: SignedDuration,
    even_until: Timestamp,
}

impl RateLimit {
    /// `burst` times at once, at least once, and then once every `interval`.
    pub fn new(burst: i32, interval: SignedDuration) -> Self {
        Self { interval, tolerance: interval * (burst.max(1) - 1), even_until: Timestamp::MIN }
    }

    /// `per_second` calls on average and four times that at once; none when `per_second` is 0, which means no limit.
    pub fn per_second(per_second: u32) -> Option<Self> {
        let interval =
            SignedDuration::from_secs(1).checked_div(i32::try_from(per_second).unwrap_or(i32::MAX))?;
        let burst = i32::try_from(per_second.saturating_mul(BURST_SECONDS)).unwrap_or(i32::MAX);
        Some(Self::new(burst, interval))
    }

    /// Takes one call at `now`, or says how long to wait until one is allowed.
    pub fn take(&mut self, now: Timestamp) -> Result<(), SignedDuration> {
        if let Some(wait) = self.wait(now) {
            return Err(wait);
        }
        self.spend(now);
        Ok(())
    }

    /// How long to wait at `now` until one more is allowed; none if it is.
    pub fn wait(&self, now: Timestamp) -> Option<SignedDuration> {
        let wait = self.even_until.max(now).duration_since(now) - self.tolerance;
        (wait > SignedDuration::ZERO).then_some(wait)
    }

    /// Counts one that happened at `now`, whether it was allowed or not.
    pub fn spend(&mut self, now: Timestamp) {
        let even = self.even_until.max(now);
        self.even_until = even.checked_add(self.interval).unwrap_or(Timestamp::MAX);
    }

    /// Whether nothing is left at `now` of what happened: it is as good as new.
    pub fn is_rested(&self, now: Timestamp) -> bool {
        self.even_until <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn four_seconds_worth_of_calls_may_come_at_once() {
        let mut limit = RateLimit::per_second(50).expect("a limit");
        assert_eq!((0..500).filter(|_| limit.take(NOW).is_ok()).count(), 200);
    }

    #[test]
    fn afterwards_calls_are_allowed_at_the_rate() {
        let mut limit = RateLimit::per_second(50).expect("a limit");
        while limit.take(NOW).is_ok() {}
        assert_eq!(limit.take(NOW), Err(SignedDuration::from_millis(20)));
        let later = NOW + SignedDuration::from_secs(1);
        assert_eq!((0..500).filter(|_| limit.take(later).is_ok()).count(), 50);
    }

    #[test]
    fn what_happened_beyond_the_limit_has_to_be_waited_for_as_well() {
        let minute = SignedDuration::from_mins(1);
        let mut limit = RateLimit::new(2, minute);
        assert!(limit.is_rested(NOW));
        (0..4).for_each(|_| limit.spend(NOW));
        assert_eq!(limit.wait(NOW), Some(minute * 3));
        assert_eq!(limit.wait(NOW + minute * 3), None);
        assert!(!limit.is_rested(NOW + minute * 3) && limit.is_rested(NOW + minute * 4));
    }

    #[test]
    fn a_rate_of_zero_is_no_limit() {
        assert!(RateLimit::per_second(0).is_none());
    }
}
