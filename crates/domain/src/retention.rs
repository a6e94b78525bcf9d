//! How long rows are kept that nothing needs any more.

use jiff::{SignedDuration, Timestamp};

/// No limit may be shorter: what is younger may still be a replay, a retry or the digest of the day.
pub const SHORTEST_RETENTION: SignedDuration = SignedDuration::from_hours(48);

/// How long each kind of row is kept; none: for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Notifications that are over, with their attempts and captured mails, from when they were planned.
    pub notifications: Option<SignedDuration>,
    /// Calls of bots, from when they arrived. The ledger keeps their totals.
    pub intake: Option<SignedDuration>,
    /// Calls in quarantine that were released or discarded, from then.
    pub quarantine: Option<SignedDuration>,
    /// Messages of conversations, from when they were sent.
    pub conversation: Option<SignedDuration>,
}

/// The moment before which rows are deleted that are kept for `limit`; none if they are kept for ever.
pub fn cutoff(limit: Option<SignedDuration>, now: Timestamp) -> Option<Timestamp> {
    now.checked_sub(limit?.max(SHORTEST_RETENTION)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(10_000_000, 0);

    #[test]
    fn without_a_limit_everything_is_kept() {
        assert_eq!(cutoff(Retention::default().intake, NOW), None);
    }

    #[test]
    fn what_is_older_than_the_limit_is_deleted() {
        let days = SignedDuration::from_hours(90 * 24);
        assert_eq!(cutoff(Some(days), NOW), Some(NOW - days));
    }

    #[test]
    fn two_days_are_kept_whatever_the_limit() {
        assert_eq!(cutoff(Some(SignedDuration::ZERO), NOW), Some(NOW - SHORTEST_RETENTION));
    }

    #[test]
    fn a_limit_longer_than_time_itself_keeps_everything() {
        assert_eq!(cutoff(Some(SignedDuration::MAX), NOW), None);
    }
}
