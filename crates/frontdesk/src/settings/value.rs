//! The values that settings have, from text. An error says what is needed, not what was given: that may be a secret.

use std::{fmt::Display, num::NonZeroUsize, str::FromStr};

use domain::retention::SHORTEST_RETENTION;
use jiff::SignedDuration;

/// With the 30 s for what runs, a process ends within a minute.
const LONGEST_DRAIN: SignedDuration = SignedDuration::from_secs(30);

/// What a value must be, to end a sentence.
pub type Needed = String;

/// A duration: a whole number and one of `ms`, `s`, `m`, `h`, `d`.
pub fn duration(text: &str) -> Result<SignedDuration, Needed> {
    let needed = || "a duration such as 500ms, 60s, 5m, 2h or 90d is needed".to_owned();
    let unit = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(needed)?;
    let (number, unit) = text.split_at(unit);
    let number = number.parse::<u32>().map(i64::from).map_err(|_| needed())?;
    match unit {
        "ms" => Ok(SignedDuration::from_millis(number)),
        "s" => Ok(SignedDuration::from_secs(number)),
        "m" => Ok(SignedDuration::from_mins(number)),
        "h" => Ok(SignedDuration::from_hours(number)),
        "d" => Ok(SignedDuration::from_hours(24 * number)),
        _ => Err(needed()),
    }
}

/// How long rows are kept: long enough that nothing needs them any more.
pub fn retention(text: &str) -> Result<SignedDuration, Needed> {
    match duration(text) {
        Ok(limit) if limit >= SHORTEST_RETENTION => Ok(limit),
        _ => Err("a duration of at least 2d is needed, such as 90d".to_owned()),
    }
}

/// How long calls are still taken after the signal to stop: never longer than what runs is waited for after it.
pub fn drain(text: &str) -> Result<SignedDuration, Needed> {
    match duration(text) {
        Ok(grace) if grace <= LONGEST_DRAIN => Ok(grace),
        _ => Err("a duration of at most 30s is needed, such as 5s".to_owned()),
    }
}

/// At least one duration, separated by commas.
pub fn durations(text: &str) -> Result<Vec<SignedDuration>, Needed> {
    let all: Result<Vec<_>, _> = list(text).map(duration).collect();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        _ => Err("durations separated by commas are needed, such as 10s,1m,5m".to_owned()),
    }
}

/// The members of a list separated by commas.
pub fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|member| !member.is_empty())
}

/// A list of values that read themselves.
pub fn parsed_list<T>(text: &str) -> Result<Vec<T>, Needed>
where
    T: FromStr<Err: Display>,
{
    list(text).map(|member| member.parse().map_err(|error: T::Err| error.to_string())).collect()
}

/// `true` or `false`.
pub fn flag(text: &str) -> Result<bool, Needed> {
    text.parse().map_err(|_| "true or false is needed".to_owned())
}

/// A whole number from 0.
pub fn count<T: FromStr>(text: &str) -> Result<T, Needed> {
    text.parse().map_err(|_| "a whole number is needed".to_owned())
}

/// A whole number from 1 to 1,000: more attempts at once help no receiving side.
pub fn concurrency(text: &str) -> Result<usize, Needed> {
    let number = text.parse::<NonZeroUsize>().ok().filter(|number| number.get() <= 1_000);
    number.map(NonZeroUsize::get).ok_or_else(|| "a whole number from 1 to 1000 is needed".to_owned())
}

/// What names may be made of in a broker.
pub fn prefix(text: &str) -> Result<String, Needed> {
    let fits = text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if fits {
        Ok(text.to_owned())
    } else {
        Err("at most 64 letters, digits, dots, dashes and underscores are needed".to_owned())
    }
}

/// A key that nobody can guess.
pub fn secret_key(text: &str) -> Result<(), Needed> {
    if text.len() >= 32 { Ok(()) } else { Err("at least 32 characters are needed".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_exactly() {
        for (text, millis) in [
            ("500ms", 500),
            ("60s", 60_000),
            ("5m", 300_000),
            ("2h", 7_200_000),
            ("2d", 172_800_000),
            ("0s", 0),
        ] {
            assert_eq!(duration(text).map(|duration| duration.as_millis()), Ok(millis), "{text}");
        }
        for text in ["", "60", "s", "-5s", "1.5s", "5 s", "5S", "5w", "1h30m", "99999999999s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rows_are_kept_for_two_days_at_least() {
        assert_eq!(retention("90d"), Ok(SignedDuration::from_hours(90 * 24)));
        assert_eq!(retention("48h"), Ok(SHORTEST_RETENTION));
        assert!(retention("47h").is_err() && retention("0s").is_err() && retention("never").is_err());
    }

    #[test]
    fn lists_need_members_that_can_be_read() {
        assert_eq!(durations("10s, 1m,").map(|all| all.len()), Ok(2));
        assert!(durations("").is_err() && durations("10s;1m").is_err());
        assert_eq!(parsed_list::<u8>("1, 2"), Ok(vec![1, 2]));
        assert!(parsed_list::<u8>("1, x").is_err());
    }

    #[test]
    fn concurrency_stays_within_reason() {
        assert_eq!(concurrency("32"), Ok(32));
        for text in ["0", "-1", "1001", "many"] {
            assert!(concurrency(text).is_err(), "{text}");
        }
    }
}
