//! When something may go out that falls due in quiet hours.

use domain::quiet_hours::{QuietHours, QuietHoursError, Rest};
use jiff::{SignedDuration, Timestamp, civil::Weekday};
use proptest::prelude::*;

fn quiet(text: &str) -> QuietHours {
    text.parse().expect(text)
}

fn at(text: &str) -> Timestamp {
    text.parse().expect(text)
}

/// When something goes out that is due at `due`.
fn goes_out(hours: &str, due: &str) -> String {
    quiet(hours).after(at(due)).to_string()
}

#[test]
fn what_falls_due_at_night_goes_out_in_the_morning() {
    let night = "22:00-08:00 Europe/Madrid";
    for (due, expected) in [
        ("2026-01-05T20:59:59.999999Z", "2026-01-05T20:59:59.999999Z"),
        ("2026-01-05T21:00:00Z", "2026-01-06T07:00:00Z"),
        ("2026-01-05T23:30:00Z", "2026-01-06T07:00:00Z"),
        ("2026-01-06T06:59:59.999999Z", "2026-01-06T07:00:00Z"),
        ("2026-01-06T07:00:00Z", "2026-01-06T07:00:00Z"),
    ] {
        assert_eq!(goes_out(night, due), expected, "{due}");
    }
}

#[test]
fn a_window_belongs_to_the_day_on_which_it_begins() {
    let before_saturday = "fri 22:00-08:00 UTC";
    assert_eq!(goes_out(before_saturday, "2026-01-10T03:00:00Z"), "2026-01-10T08:00:00Z", "Saturday morning");
    assert_eq!(goes_out(before_saturday, "2026-01-09T03:00:00Z"), "2026-01-09T03:00:00Z", "Friday morning");
}

#[test]
fn windows_that_meet_are_one_long_rest() {
    let hours = "mon-fri 20:00-08:00; sat,sun 00:00-24:00; mon 00:00-08:30 Europe/Madrid";
    let monday = "2026-01-12T07:30:00Z";
    for due in
        ["2026-01-09T19:00:00Z", "2026-01-10T12:00:00Z", "2026-01-11T22:59:00Z", "2026-01-12T07:15:00Z"]
    {
        assert_eq!(goes_out(hours, due), monday, "{due}");
    }
}

#[test]
fn where_clocks_leave_an_hour_out_the_night_is_an_hour_shorter() {
    // In Madrid it is 03:00 right after 01:59:59 on 29 March 2026.
    assert_eq!(goes_out("22:00-08:00 Europe/Madrid", "2026-03-28T22:00:00Z"), "2026-03-29T06:00:00Z");
    let set_forward = "2026-03-29T01:00:00Z";
    assert_eq!(goes_out("22:00-02:30 Europe/Madrid", "2026-03-29T00:59:00Z"), set_forward);
    assert_eq!(goes_out("02:30-08:00 Europe/Madrid", set_forward), "2026-03-29T06:00:00Z");
    assert_eq!(goes_out("02:00-08:00 Europe/Madrid", set_forward), "2026-03-29T06:00:00Z");
    assert_eq!(
        goes_out("02:10-02:50 Europe/Madrid", set_forward),
        set_forward,
        "that time is not shown at all"
    );
}

#[test]
fn where_an_hour_comes_twice_it_is_quiet_both_times() {
    // In Madrid it is 02:00 once more after 02:59:59 on 25 October 2026: at 00:00 and at 01:00 UTC.
    assert_eq!(goes_out("22:00-08:00 Europe/Madrid", "2026-10-24T20:00:00Z"), "2026-10-25T07:00:00Z");
    let second_half_past_two = "2026-10-25T01:30:00Z";
    assert_eq!(goes_out("22:00-02:30 Europe/Madrid", "2026-10-25T00:10:00Z"), second_half_past_two);
    assert_eq!(goes_out("22:00-02:30 Europe/Madrid", "2026-10-25T01:10:00Z"), second_half_past_two);
    assert_eq!(goes_out("02:30-03:00 Europe/Madrid", "2026-10-25T00:30:00Z"), "2026-10-25T02:00:00Z");
    assert_eq!(goes_out("02:30-03:00 Europe/Madrid", "2026-10-25T01:10:00Z"), "2026-10-25T02:00:00Z");
}

#[test]
fn a_day_that_a_place_left_out_keeps_nobody_waiting() {
    // Samoa went from the end of 29 December to the beginning of 31 December 2011.
    assert_eq!(goes_out("fri 00:00-24:00 Pacific/Apia", "2011-12-30T10:00:00Z"), "2011-12-30T10:00:00Z");
    assert_eq!(goes_out("thu 22:00-08:00 Pacific/Apia", "2011-12-30T09:00:00Z"), "2011-12-30T10:00:00Z");
}

#[test]
fn the_next_rest_is_found_when_it_begins_in_time() {
    let night = quiet("22:00-08:00; 08:00-09:00 UTC");
    let rest = Some(Rest { from: at("2026-01-05T22:00:00Z"), until: at("2026-01-06T09:00:00Z") });
    let evening = at("2026-01-05T21:59:59Z");
    assert_eq!(night.rest(evening, evening), None);
    assert_eq!(night.rest(evening, at("2026-01-05T22:00:00Z")), rest);
    assert_eq!(night.rest(at("2026-01-05T23:00:00Z"), at("2026-01-05T23:00:02Z")), rest);
}

#[test]
fn quiet_hours_read_back_as_they_were_written() {
    for text in [
        "22:00-08:00 Europe/Madrid",
        "sun 00:00-24:00 UTC",
        "mon-fri 20:00-08:00; sat,sun 00:00-24:00 America/Argentina/Buenos_Aires",
        "mon,wed-fri 12:30-13:00 Asia/Kolkata",
    ] {
        assert_eq!(quiet(text).to_string(), text);
    }
    assert_eq!(
        quiet("  FRI-mon  08:00-09:00;12:00-13:00 utc ").to_string(),
        "mon,fri-sun 08:00-09:00; 12:00-13:00 UTC"
    );
}

#[test]
fn what_says_no_quiet_hours_is_refused_and_why() {
    use QuietHoursError::{Always, Days, Form, Times, Zone};
    for (text, error) in [
        ("", Form),
        ("22:00-08:00", Form),
        ("on mon 22:00-08:00 UTC", Form),
        ("22:00-08:00; UTC", Form),
        ("week 22:00-08:00 UTC", Days),
        ("mon- 22:00-08:00 UTC", Days),
        ("22:00 UTC", Times),
        ("8:00-9:00 UTC", Times),
        ("24:00-08:00 UTC", Times),
        ("08:00-24:01 UTC", Times),
        ("08:60-09:00 UTC", Times),
        ("08:00-08:00 UTC", Times),
        ("22:00-08:00 Europe/Atlantis", Zone),
        ("00:00-24:00 UTC", Always),
        ("20:00-08:00; 08:00-20:00 UTC", Always),
    ] {
        assert_eq!(text.parse::<QuietHours>(), Err(error), "{text:?}");
    }
}

#[derive(Debug, Clone)]
struct Written {
    days: Vec<usize>,
    start: usize,
    end: usize,
}

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Written {
    fn text(&self) -> String {
        let days: Vec<_> = self.days.iter().map(|&day| NAMES[day]).collect();
        let time = |minute: usize| format!("{:02}:{:02}", minute / 60, minute % 60);
        format!("{} {}-{}", days.join(","), time(self.start), time(self.end))
    }

    /// Whether clocks show a time inside this window.
    fn shows(&self, weekday: usize, minute: usize) -> bool {
        let begun_today = self.days.contains(&weekday);
        let begun_yesterday = self.days.contains(&((weekday + 6) % 7));
        if self.start < self.end {
            begun_today && (self.start..self.end).contains(&minute)
        } else {
            (begun_today && minute >= self.start) || (begun_yesterday && minute < self.end)
        }
    }
}

fn written() -> impl Strategy<Value = Written> {
    let days = proptest::sample::subsequence((0..7).collect::<Vec<_>>(), 1..=7);
    (days, 0..1_440_usize, 0..=1_440_usize)
        .prop_filter("a window has a length", |(_, start, end)| start != end)
        .prop_map(|(days, start, end)| Written { days, start, end })
}

proptest! {
    #[test]
    fn nothing_goes_out_early_or_while_clocks_show_a_quiet_time(
        windows in proptest::collection::vec(written(), 1..4),
        zone in proptest::sample::select(vec!["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
        second in 1_767_225_600_i64..1_798_761_600,
    ) {
        let texts: Vec<_> = windows.iter().map(Written::text).collect();
        let Ok(hours) = format!("{} {zone}", texts.join("; ")).parse::<QuietHours>() else { return Ok(()) };
        let due = Timestamp::constant(second, 0);
        let out = hours.after(due);
        prop_assert!(out >= due);
        prop_assert!(out - SignedDuration::from_hours(8 * 24) <= due, "it waits for a week at most");
        prop_assert_eq!(hours.after(out), out);
        prop_assert_eq!(hours.rest(out, out), None);
        let shown = out.in_tz(zone).expect("a zone");
        let weekday = usize::from(shown.weekday().since(Weekday::Monday).unsigned_abs());
        let minute = usize::from(shown.hour().unsigned_abs()) * 60 + usize::from(shown.minute().unsigned_abs());
        prop_assert!(!windows.iter().any(|window| window.shows(weekday, minute)), "{}", shown);
    }
}
