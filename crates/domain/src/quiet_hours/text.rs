//! Quiet hours as people write and read them.

use std::{fmt, str::FromStr};

use super::{
    QuietHours,
    window::{DAY, Days, Window},
};

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A text that says no quiet hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuietHoursError {
    /// There are not both windows and a time zone.
    #[error("quiet hours are written like `mon-fri 20:00-08:00; sat,sun 00:00-24:00 Europe/Madrid`")]
    Form,
    /// A day has none of our names.
    #[error("days are mon, tue, wed, thu, fri, sat, sun, in lists such as mon,wed or ranges such as mon-fri")]
    Days,
    /// A time cannot be read, or a window has no length.
    #[error("times are written 00:00 to 24:00, and a window ends at another time than it starts")]
    Times,
    /// The time zone is not known.
    #[error("the time zone must have a name of the IANA database, such as Europe/Madrid")]
    Zone,
    /// Nothing could ever be sent.
    #[error("quiet hours have to leave some time to send in; to send nothing at all, pause the channel")]
    Always,
}

impl FromStr for QuietHours {
    type Err = QuietHoursError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (windows, zone) = text.trim().rsplit_once(' ').ok_or(QuietHoursError::Form)?;
        let windows: Vec<_> = windows.split(';').map(window).collect::<Result<_, _>>()?;
        Self::new(windows, zone)
    }
}

fn window(text: &str) -> Result<Window, QuietHoursError> {
    let (days, times) = match *text.split_whitespace().collect::<Vec<_>>() {
        [times] => ([true; 7], times),
        [days, times] => (parse_days(days).ok_or(QuietHoursError::Days)?, times),
        _ => return Err(QuietHoursError::Form),
    };
    let (start, end) = times.split_once('-').ok_or(QuietHoursError::Times)?;
    match (minute(start), minute(end)) {
        (Some(start), Some(end)) if start < DAY && start != end => Ok(Window { days, start, end }),
        _ => Err(QuietHoursError::Times),
    }
}

fn parse_days(text: &str) -> Option<Days> {
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (mut day, last) = (position(first)?, position(last)?);
        days[day] = true;
        while day != last {
            day = (day + 1) % days.len();
            days[day] = true;
        }
    }
    Some(days)
}

fn position(name: &str) -> Option<usize> {
    NAMES.iter().position(|known| known.eq_ignore_ascii_case(name))
}

/// The minute of the day that `HH:MM` is, the end of the day included.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    (minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
}

fn two_digits(text: &str) -> Option<u16> {
    let are_digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if are_digits { text.parse().ok() } else { None }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, window) in self.windows.iter().enumerate() {
            f.write_str(if n == 0 { "" } else { "; " })?;
            write!(f, "{window}")?;
        }
        write!(f, " {}", self.zone.iana_name().unwrap_or("UTC"))
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.days != [true; 7] {
            write!(f, "{} ", shown_days(self.days))?;
        }
        let [start, end] = [self.start, self.end].map(|minute| (minute / 60, minute % 60));
        write!(f, "{:02}:{:02}-{:02}:{:02}", start.0, start.1, end.0, end.1)
    }
}

/// Three days running and more as a range.
fn shown_days(days: Days) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut day = 0;
    while day < days.len() {
        let run = days[day..].iter().take_while(|is_in| **is_in).count();
        match run {
            0 => {}
            1 | 2 => shown.extend(NAMES[day..day + run].iter().map(|&name| name.to_owned())),
            _ => shown.push(format!("{}-{}", NAMES[day], NAMES[day + run - 1])),
        }
        day += run.max(1);
    }
    shown.join(",")
}
