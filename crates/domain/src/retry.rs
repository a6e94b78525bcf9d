//! When a failed attempt is tried again.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::{channel::ChannelKind, notification::NotificationStatus};

/// Waits after the first, second, ... temporary failure, in seconds: 10 s to 24 h, nearly two days in all, so that
/// a receiving side that is away over a weekend night is still reached.
const WAITS_S: [i64; 8] = [10, 60, 5 * 60, 30 * 60, 2 * 3_600, 6 * 3_600, 12 * 3_600, 24 * 3_600];

/// A wait that the receiving side asks for is believed within these bounds.
const RETRY_AFTER_MIN: SignedDuration = SignedDuration::from_secs(1);
const RETRY_AFTER_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Waits vary by this share, so that what failed together does not come back together.
const JITTER: f64 = 0.2;

/// Whose fault a failure is: only a channel's own faults slow the channel down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The channel's: its server is away, refuses everybody, or is overloaded.
    Channel,
    /// This one recipient's.
    Recipient,
}

/// How an attempt ended, as far as the next step depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The receiving side took the message.
    Sent,
    /// It failed, and may succeed later.
    Temporary {
        /// Whose fault it is.
        fault: Fault,
        /// The wait that the receiving side asked for.
        retry_after: Option<SignedDuration>,
    },
    /// It failed, and will always fail.
    Permanent,
    /// The message was handed over, but the answer never came.
    Unknown,
}

/// How often and when a channel kind tries again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    waits: Vec<SignedDuration>,
    unknown_retries: u16,
}

/// The policy of each kind of channel: the shipped one unless it was set otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RetryPolicies(BTreeMap<ChannelKind, RetryPolicy>);

impl RetryPolicies {
    /// Sets the policy of a kind.
    pub fn set(&mut self, kind: ChannelKind, policy: RetryPolicy) {
        self.0.insert(kind, policy);
    }

    /// The policy of a kind.
    pub fn of(&self, kind: ChannelKind) -> RetryPolicy {
        self.0.get(&kind).cloned().unwrap_or_else(|| RetryPolicy::shipped(kind))
    }
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextStep {
    /// Where the notification stands now.
    pub status: NotificationStatus,
    /// When the next attempt is due, if there is one.
    pub due_at: Option<Timestamp>,
}

impl RetryPolicy {
    /// Temporary failures wait so long, one after the other, and then fail; a notification whose fate is unknown is
    /// sent again `unknown_retries` times.
    pub const fn new(waits: Vec<SignedDuration>, unknown_retries: u16) -> Self {
        Self { waits, unknown_retries }
    }

    /// The shipped policy. A mail or webhook whose fate is unknown carries an id by which the receiving side can
    /// tell copies apart, so it is sent again three times; chat messages carry none and are sent once more; a
    /// reply in the person's chat is never repeated by itself.
    pub fn shipped(kind: ChannelKind) -> Self {
        let unknown_retries = match kind {
            ChannelKind::Email | ChannelKind::Webhook => 3,
            ChannelKind::Slack | ChannelKind::Teams | ChannelKind::Discord | ChannelKind::Telegram => 1,
            ChannelKind::Landbot => 0,
        };
        Self { waits: WAITS_S.map(SignedDuration::from_secs).to_vec(), unknown_retries }
    }

    /// What follows from the attempt with this `number` (from 1). `unknowns` counts earlier attempts whose fate is
    /// unknown; `jitter` is a random number in 0..1.
    pub fn next(
        &self,
        number: u16,
        unknowns: u16,
        outcome: Outcome,
        now: Timestamp,
        jitter: f64,
    ) -> NextStep {
        let wait = self.waits.get(usize::from(number).saturating_sub(1)).map(|&wait| jittered(wait, jitter));
        match outcome {
            Outcome::Sent => NextStep { status: NotificationStatus::Sent, due_at: None },
            Outcome::Permanent => NextStep { status: NotificationStatus::Failed, due_at: None },
            Outcome::Temporary { retry_after, .. } => {
                let asked = retry_after.map(|wait| wait.clamp(RETRY_AFTER_MIN, RETRY_AFTER_MAX));
                let wait = wait.map(|wait| asked.unwrap_or(wait));
                retry_or(NotificationStatus::Failed, now, wait)
            }
            Outcome::Unknown => {
                let wait = wait.filter(|_| unknowns < self.unknown_retries);
                retry_or(NotificationStatus::Unknown, now, wait)
            }
        }
    }

    /// What follows when the worker died during the attempt: its fate is unknown, and the next one is due at once.
    pub fn after_crash(&self, number: u16, unknowns: u16, now: Timestamp) -> NextStep {
        let next = self.next(number, unknowns, Outcome::Unknown, now, 0.5);
        NextStep { due_at: next.due_at.map(|_| now), ..next }
    }
}

fn retry_or(end: NotificationStatus, now: Timestamp, wait: Option<SignedDuration>) -> NextStep {
    match wait.and_then(|wait| now.checked_add(wait).ok()) {
        Some(due_at) => NextStep { status: NotificationStatus::Retrying, due_at: Some(due_at) },
        None => NextStep { status: end, due_at: None },
    }
}

fn jittered(wait: SignedDuration, jitter: f64) -> SignedDuration {
    let factor = 1.0 + JITTER * (2.0 * jitter.clamp(0.0, 1.0) - 1.0);
    SignedDuration::from_secs_f64(wait.as_secs_f64() * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const BUSY: Outcome = Outcome::Temporary { fault: Fault::Recipient, retry_after: None };

    fn seconds(step: NextStep) -> Option<f64> {
        step.due_at.map(|due| due.duration_since(NOW).as_secs_f64())
    }

    fn mail() -> RetryPolicy {
        RetryPolicy::shipped(ChannelKind::Email)
    }

    #[test]
    fn temporary_failures_wait_longer_each_time_and_then_fail() {
        let waits: Vec<_> = (1..=9).map(|n| seconds(mail().next(n, 0, BUSY, NOW, 0.5))).collect();
        let expected = [10.0, 60.0, 300.0, 1_800.0, 7_200.0, 21_600.0, 43_200.0, 86_400.0];
        assert_eq!(waits[..8], expected.map(Some));
        assert_eq!(mail().next(9, 0, BUSY, NOW, 0.5).status, NotificationStatus::Failed);
    }

    #[test]
    fn jitter_stays_within_a_fifth() {
        assert_eq!(seconds(mail().next(1, 0, BUSY, NOW, 0.0)), Some(8.0));
        assert_eq!(seconds(mail().next(1, 0, BUSY, NOW, 1.0)), Some(12.0));
    }

    #[test]
    fn a_wait_that_was_asked_for_replaces_ours_within_bounds() {
        let asked = |s| {
            let retry_after = Some(SignedDuration::from_secs(s));
            seconds(mail().next(1, 0, Outcome::Temporary { fault: Fault::Channel, retry_after }, NOW, 0.5))
        };
        assert_eq!(asked(30), Some(30.0));
        assert_eq!(asked(0), Some(1.0));
        assert_eq!(asked(1_000_000), Some(86_400.0));
    }

    #[test]
    fn asking_to_wait_uses_up_an_attempt() {
        let retry_after = Some(SignedDuration::from_secs(5));
        let last = mail().next(9, 0, Outcome::Temporary { fault: Fault::Channel, retry_after }, NOW, 0.5);
        assert_eq!(last.status, NotificationStatus::Failed);
    }

    #[test]
    fn permanent_errors_fail_at_once() {
        let step = mail().next(1, 0, Outcome::Permanent, NOW, 0.5);
        assert_eq!(step, NextStep { status: NotificationStatus::Failed, due_at: None });
    }

    #[test]
    fn an_unknown_fate_is_tried_again_as_often_as_the_kind_allows() {
        let allowed = |kind| {
            let policy = RetryPolicy::shipped(kind);
            (0..9).take_while(|&n| policy.next(n + 1, n, Outcome::Unknown, NOW, 0.5).due_at.is_some()).count()
        };
        assert_eq!(allowed(ChannelKind::Email), 3);
        assert_eq!(allowed(ChannelKind::Webhook), 3);
        assert_eq!(allowed(ChannelKind::Slack), 1);
        assert_eq!(allowed(ChannelKind::Landbot), 0);
        let last = mail().next(4, 3, Outcome::Unknown, NOW, 0.5);
        assert_eq!(last.status, NotificationStatus::Unknown);
    }

    #[test]
    fn after_a_crash_the_next_attempt_is_due_at_once() {
        assert_eq!(seconds(mail().after_crash(1, 0, NOW)), Some(0.0));
        assert_eq!(mail().after_crash(4, 3, NOW).status, NotificationStatus::Unknown);
    }
}
