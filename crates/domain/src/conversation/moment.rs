//! When a message was sent, as Landbot writes it.

use jiff::{SignedDuration, Timestamp, Unit};
use serde_json::Value;

use crate::bot_call::value_text;

/// A time further ahead of our clock than this is a mistake.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// 2015-01-01T00:00:00Z: there were no such chats before.
const EARLIEST: Timestamp = Timestamp::constant(1_420_070_400, 0);

/// Larger numbers are no seconds but milliseconds: it is the year 5138 in seconds and 1973 in milliseconds.
const SECONDS_MAX: f64 = 1e11;

/// When a message was sent; `received_at` where that is unknown or cannot be.
pub(super) fn sent_at(claimed: Option<&Value>, received_at: Timestamp) -> Timestamp {
    let latest = received_at.checked_add(AHEAD_MAX).unwrap_or(Timestamp::MAX);
    claimed.and_then(read).filter(|at| (EARLIEST..=latest).contains(at)).unwrap_or(received_at)
}

/// Epoch seconds, as an integer, with a fraction, or as text; epoch milliseconds; or a text as in RFC 3339.
fn read(value: &Value) -> Option<Timestamp> {
    let text = value_text(value)?;
    let Ok(number) = text.parse::<f64>() else { return text.parse().ok() };
    let seconds = if number.abs() > SECONDS_MAX { number / 1_000.0 } else { number };
    let since = SignedDuration::try_from_secs_f64(seconds).ok()?;
    Timestamp::UNIX_EPOCH.checked_add(since).ok()?.round(Unit::Microsecond).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RECEIVED: Timestamp = Timestamp::constant(1_769_585_440, 0);

    #[test]
    fn every_form_of_a_time_is_read() {
        for value in [
            json!(1_769_585_430.123_456),
            json!("1769585430.123456"),
            json!(1_769_585_430_123.456),
            json!("2026-01-28T07:30:30.123456Z"),
        ] {
            assert_eq!(sent_at(Some(&value), RECEIVED).to_string(), "2026-01-28T07:30:30.123456Z", "{value}");
        }
        assert_eq!(sent_at(Some(&json!(1_769_585_430)), RECEIVED), Timestamp::constant(1_769_585_430, 0));
    }

    #[test]
    fn a_time_that_cannot_be_is_that_of_receipt() {
        for value in [
            json!(null),
            json!("soon"),
            json!(0),
            json!(-1e300),
            json!("nan"),
            json!(1_769_585_440 + 86_401),
            json!([1_769_585_430, 2]),
        ] {
            assert_eq!(sent_at(Some(&value), RECEIVED), RECEIVED, "{value}");
        }
        assert_eq!(sent_at(None, RECEIVED), RECEIVED);
    }
}
