//! One window of the week.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time, Weekday},
    tz::{AmbiguousOffset, TimeZone},
};

use super::Rest;

/// Minutes of a day.
pub(super) const DAY: u16 = 24 * 60;

const DAYS: usize = 7;

/// On which days a window begins, Monday first.
pub(super) type Days = [bool; DAYS];

/// From a minute of certain days to another, of the same or the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) days: Days,
    /// Below [`DAY`].
    pub(super) start: u16,
    /// At most [`DAY`], and not `start`.
    pub(super) end: u16,
}

impl Window {
    /// This window, if it begins on `day`. None, too, where the calendar ends, and where clocks leave the whole of it out.
    pub(super) fn on(&self, day: Date, zone: &TimeZone) -> Option<Rest> {
        if !self.days[position(day.weekday())] {
            return None;
        }
        let last_day = if self.ends_next_day() { day.tomorrow().ok()? } else { day };
        let from = moments(day.to_datetime(time(self.start)), zone)?.0;
        let until = moments(last_day.to_datetime(time(self.end % DAY)), zone)?.1;
        (from < until).then_some(Rest { from, until })
    }

    const fn ends_next_day(&self) -> bool {
        self.end <= self.start || self.end == DAY
    }

    const fn minutes(&self) -> usize {
        let length = if self.end <= self.start { self.end + DAY - self.start } else { self.end - self.start };
        length as usize
    }
}

/// Whether there is any minute of the week in which something can be sent.
pub(super) fn leave_room(windows: &[Window]) -> bool {
    let mut quiet = vec![false; DAYS * usize::from(DAY)];
    for window in windows {
        for day in (0..DAYS).filter(|&day| window.days[day]) {
            let first = day * usize::from(DAY) + usize::from(window.start);
            for minute in first..first + window.minutes() {
                let minute = minute % quiet.len();
                quiet[minute] = true;
            }
        }
    }
    quiet.contains(&false)
}

fn position(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

/// The first and the last moment at which clocks show a time: the same, but where they are set back. Where they are set
/// forward and leave it out, the moment at which that is.
fn moments(shown: DateTime, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let ambiguous = zone.to_ambiguous_timestamp(shown);
    let earlier = ambiguous.earlier().ok()?;
    if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
        let set_forward = zone.following(earlier).next()?.timestamp();
        return Some((set_forward, set_forward));
    }
    Some((earlier, ambiguous.later().ok()?))
}

fn time(minute: u16) -> Time {
    let part = |value: u16| i8::try_from(value).expect("a part of a time is below 60");
    Time::constant(part(minute / 60), part(minute % 60), 0, 0)
}
