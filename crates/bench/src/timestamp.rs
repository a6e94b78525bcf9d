//! Points in time as microseconds since 1970 UTC, which is as fine as the server's due times.

use std::time::{SystemTime, UNIX_EPOCH};

/// The system's clock, which a server on the same machine reads as well.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is after 1970");
    i64::try_from(since.as_micros()).expect("the clock is before the year 290000")
}

/// Reads an RFC 3339 time in UTC, such as `2026-11-22T18:30:00.123456Z`; digits after the sixth are dropped.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let [year, month, day] = fields(date, '-')?;
    let [hours, minutes, seconds] = fields(clock, ':')?;
    let micros: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let seconds = ((days(year, month, day) * 24 + hours) * 60 + minutes) * 60 + seconds;
    Some(seconds * 1_000_000 + micros)
}

fn fields(text: &str, separator: char) -> Option<[i64; 3]> {
    let numbers: Result<Vec<i64>, _> = text.split(separator).map(str::parse).collect();
    numbers.ok()?.try_into().ok()
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so that the leap
/// day is a year's last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let months_since_march = (month + 9) % 12;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    year * 365 + leap_days + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_to_the_microsecond() {
        assert_eq!(parse("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse("2000-02-29T23:59:59.5Z"), Some(951_868_799_500_000));
        assert_eq!(parse("2026-11-22T18:30:00.123456789Z"), Some(1_795_372_200_123_456));
    }

    #[test]
    fn what_is_no_time_in_utc_is_refused() {
        for text in ["", "2026-11-22", "2026-11-22T18:30:00+01:00", "2026-11T18:30:00Z", "2026-11-22T18:30Z"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
