//! How long a server asks to wait.

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// Reads `Retry-After` (RFC 9110, section 10.2.3): seconds or a date. A date is compared with the server's own `Date`, so
/// that it does not matter how this machine's clock is set.
pub(super) fn read(headers: &HeaderMap) -> Option<SignedDuration> {
    let text = text(headers, RETRY_AFTER)?;
    match text.parse::<u32>() {
        Ok(seconds) => Some(SignedDuration::from_secs(seconds.into())),
        Err(_) => Some(moment(text)?.duration_since(moment(self::text(headers, DATE)?)?)),
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// A date as HTTP writes it today, which is also one of a mail (RFC 9110, section 5.6.7).
fn moment(text: &str) -> Option<Timestamp> {
    rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(pairs: &[(HeaderName, &'static str)]) -> Option<i64> {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), value.parse().expect("a header")));
        read(&headers.collect()).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_wait_is_a_number_of_seconds_or_a_date() {
        const NOW: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
        const SOON: &str = "Sun, 06 Nov 1994 08:51:07 GMT";
        assert_eq!(wait(&[(RETRY_AFTER, "30")]), Some(30));
        assert_eq!(wait(&[(RETRY_AFTER, " 30 "), (DATE, NOW)]), Some(30));
        assert_eq!(wait(&[(RETRY_AFTER, SOON), (DATE, NOW)]), Some(90));
    }

    #[test]
    fn what_says_no_wait_is_none() {
        for text in ["", "soon", "-1", "1.5", "99999999999", "Sun, 06 Nov 1994 08:51:07 GMT"] {
            assert_eq!(wait(&[(RETRY_AFTER, text)]), None, "{text}");
        }
        assert_eq!(wait(&[]), None);
    }
}
