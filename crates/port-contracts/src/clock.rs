//! Clocks that tests move.

use std::sync::{Mutex, PoisonError};

use application::ports::Clock;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// When the clocks of tests begin unless told otherwise: 2026-01-01T00:00:00Z.
pub const TEST_BEGINS: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct FrozenClock(Mutex<Timestamp>);

impl FrozenClock {
    /// Stands at `at`.
    pub const fn new(at: Timestamp) -> Self {
        Self(Mutex::new(at))
    }

    /// Moves it to `at`, forward or back.
    pub fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// Moves it on by `step`.
    pub fn advance(&self, step: SignedDuration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += step;
    }
}

impl Default for FrozenClock {
    fn default() -> Self {
        Self::new(TEST_BEGINS)
    }
}

impl Clock for FrozenClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that goes with the time of the tokio runtime. Where that time is paused, it moves as tokio moves it, so
/// that sleeping and what the clock says agree.
#[derive(Debug)]
pub struct RuntimeClock {
    began: Instant,
}

impl RuntimeClock {
    /// Begins at [`TEST_BEGINS`].
    pub fn start() -> Self {
        Self { began: Instant::now() }
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        TEST_BEGINS + self.began.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_it_is_moved() {
        let clock = FrozenClock::default();
        assert_eq!(clock.now().to_string(), "2026-01-01T00:00:00Z");
        clock.advance(SignedDuration::from_millis(1_500));
        assert_eq!(clock.now().to_string(), "2026-01-01T00:00:01.5Z");
        clock.set(TEST_BEGINS);
        assert_eq!(clock.now(), TEST_BEGINS);
    }
}
