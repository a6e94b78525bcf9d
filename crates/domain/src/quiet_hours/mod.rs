//! Hours in which a channel tells nobody anything: what falls due then waits for their end.

mod text;
mod window;

use std::sync::LazyLock;

use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};

pub use self::text::QuietHoursError;
use self::window::{Window, leave_room};

/// The time zones that the program was built with, so that the same name means the same everywhere.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// One or several windows of the week by the clock of one place, with room between them.
///
/// Written `mon-fri 20:00-08:00; sat,sun 00:00-24:00 Europe/Madrid`. The days are those on which a window begins; without
/// any, it is every day. A window whose end is not after its start ends on the next day.
///
/// Where clocks are set, nothing is sent while they show a time inside a window: an hour that comes twice is quiet from its
/// first start to its last end, and a window that begins or ends in an hour that is left out does so when that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietHours {
    windows: Vec<Window>,
    zone: TimeZone,
}

/// A time without messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

impl Rest {
    fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

impl QuietHours {
    fn new(windows: Vec<Window>, zone: &str) -> Result<Self, QuietHoursError> {
        if !leave_room(&windows) {
            return Err(QuietHoursError::Always);
        }
        let zone = ZONES.get(zone).map_err(|_| QuietHoursError::Zone)?;
        Ok(Self { windows, zone })
    }

    /// When something due at `at` may go out: then, or at the end of the quiet hours that it falls into.
    pub fn after(&self, at: Timestamp) -> Timestamp {
        let mut open = at;
        while let Some(until) = self.end_of_windows_at(open) {
            open = until;
        }
        open
    }

    /// The first quiet hours that are or begin between `from` and `to`, both included, up to the moment at which something
    /// may go out again.
    pub fn rest(&self, from: Timestamp, to: Timestamp) -> Option<Rest> {
        let met = |rest: &Rest| rest.from <= to && from < rest.until;
        let first = self.rests(from, to).filter(met).min_by_key(|rest| rest.from)?;
        Some(Rest { until: self.after(first.until), ..first })
    }

    fn end_of_windows_at(&self, at: Timestamp) -> Option<Timestamp> {
        self.rests(at, at).filter(|rest| rest.contains(at)).map(|rest| rest.until).max()
    }

    /// Every window that can have anything to do with the time between `from` and `to`: those that begin then or the day
    /// before, as none is longer than a day.
    fn rests(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Rest> {
        let date = |at: Timestamp| self.zone.to_datetime(at).date();
        let first = date(from).yesterday().unwrap_or_else(|_| date(from));
        let days = first.series(jiff::ToSpan::days(1)).take_while(move |day| *day <= date(to));
        days.flat_map(move |day| self.windows.iter().filter_map(move |window| window.on(day, &self.zone)))
    }
}
