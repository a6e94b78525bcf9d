//! When teams are told again, as people write and read it.

use domain::{reminder::Reminders, topic::Slug};
use jiff::{SignedDuration, civil::Time};

use crate::{cli::or_off::OrOff, settings};

/// Reads a time of the day, `09:00`, or `off`.
pub fn time_or_off(text: &str) -> Result<OrOff<Time>, &'static str> {
    if text == "off" {
        return Ok(OrOff(None));
    }
    let time = text
        .split_once(':')
        .and_then(|(hour, minute)| Time::new(two_digits(hour)?, two_digits(minute)?, 0, 0).ok());
    time.map(|time| OrOff(Some(time))).ok_or("a time of the day such as 09:00 is needed, or off")
}

fn two_digits(text: &str) -> Option<i8> {
    let are_digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if are_digits { text.parse().ok() } else { None }
}

/// Reads a duration of at least a minute, or `off`.
pub fn limit_or_off(text: &str) -> Result<OrOff<SignedDuration>, &'static str> {
    if text == "off" {
        return Ok(OrOff(None));
    }
    match settings::duration(text) {
        Ok(limit) if limit >= SignedDuration::from_mins(1) => Ok(OrOff(Some(limit))),
        _ => Err("a duration of at least 1m is needed, such as 4h or 2d, or off"),
    }
}

/// A time as it is written.
pub fn shown_time(time: Time) -> String {
    format!("{:02}:{:02} UTC", time.hour(), time.minute())
}

/// A duration as it is written, in the greatest unit that does.
pub fn shown_limit(limit: SignedDuration) -> String {
    let seconds = limit.as_secs();
    let units = [("d", 24 * 3_600), ("h", 3_600), ("m", 60)];
    let fits = units.into_iter().find(|(_, length)| seconds % length == 0);
    fits.map_or_else(|| format!("{seconds}s"), |(unit, length)| format!("{}{unit}", seconds / length))
}

/// What is in force for a topic, as a sentence.
pub fn said(topic: &Slug, reminders: Reminders) -> String {
    let digest = reminders.digest_at.map_or_else(
        || "there is no digest".to_owned(),
        |time| format!("what waits is mailed to the team at {}", shown_time(time)),
    );
    let escalation = reminders.escalate_after.map_or_else(
        || "no ticket is told once more".to_owned(),
        |limit| format!("a ticket that is open for {} is told once more", shown_limit(limit)),
    );
    format!("{topic}: {digest}; {escalation}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_day_are_read_exactly() {
        let nine = Time::new(9, 5, 0, 0).expect("a time");
        assert_eq!(time_or_off("09:05"), Ok(OrOff(Some(nine))));
        assert_eq!(time_or_off("off"), Ok(OrOff(None)));
        for text in ["", "9:05", "24:00", "09:60", "09:05:00", "-1:05", "+9:05", "09:05 UTC", "never"] {
            assert!(time_or_off(text).is_err(), "{text}");
        }
        assert_eq!(shown_time(nine), "09:05 UTC");
    }

    #[test]
    fn limits_read_back_as_they_were_written() {
        for text in ["1m", "90m", "4h", "36h", "2d"] {
            let Ok(OrOff(Some(limit))) = limit_or_off(text) else { panic!("{text} is a limit") };
            assert_eq!(shown_limit(limit), text);
        }
        assert_eq!(limit_or_off("off"), Ok(OrOff(None)));
        for text in ["", "59s", "0h", "4", "soon"] {
            assert!(limit_or_off(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_in_force_is_said_whole() {
        let topic = Slug::parse("sales").expect("a slug");
        let both = Reminders {
            digest_at: Time::new(9, 0, 0, 0).ok(),
            escalate_after: Some(SignedDuration::from_hours(4)),
        };
        assert_eq!(
            said(&topic, both),
            "sales: what waits is mailed to the team at 09:00 UTC; a ticket that is open for 4h is told once more"
        );
        assert_eq!(
            said(&topic, Reminders::default()),
            "sales: there is no digest; no ticket is told once more"
        );
    }
}
