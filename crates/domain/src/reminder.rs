//! What teams are told again: a digest of what waits, and tickets that wait too long.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

use crate::{
    ids::{TicketId, UserId},
    ticket::{Reference, TicketStatus},
};

/// A digest that could not be written for so long is left out; the next day has its own.
const DIGEST_LATE_UNTIL: SignedDuration = SignedDuration::from_hours(3);

/// A digest names so many tickets at most, the oldest ones.
pub const DIGEST_LENGTH: u16 = 10;

/// When the team of a topic is told again. Off unless set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reminders {
    /// At this time of the day (UTC) a mail says what waits, if anything does. Whole minutes.
    pub digest_at: Option<Time>,
    /// A ticket without a reply for so long is told once more.
    pub escalate_after: Option<SignedDuration>,
}

impl Reminders {
    /// The day whose digest should be there by `now` and may still be written.
    pub fn digest_day(&self, now: Timestamp) -> Option<Date> {
        let time = self.digest_at?;
        let today = now.to_zoned(TimeZone::UTC).date();
        [Some(today), today.yesterday().ok()].into_iter().flatten().find(|day| {
            let due = day.to_datetime(time).to_zoned(TimeZone::UTC).map(|due| due.timestamp());
            due.is_ok_and(|due| due <= now && now.duration_since(due) < DIGEST_LATE_UNTIL)
        })
    }

    /// Tickets opened at this moment or before have waited too long.
    pub fn overdue_since(&self, now: Timestamp) -> Option<Timestamp> {
        now.checked_sub(self.escalate_after?).ok()
    }
}

/// The tickets of a topic that are not done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many wait for somebody of the team.
    pub open: u64,
    /// How many wait for the person.
    pub pending: u64,
    /// Some of those, the oldest first.
    pub oldest: Vec<WaitingTicket>,
}

/// A ticket that is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingTicket {
    /// Which ticket.
    pub id: TicketId,
    /// What people call it.
    pub reference: Reference,
    /// For whom it waits.
    pub status: TicketStatus,
    /// Since when.
    pub opened_at: Timestamp,
}

/// How long something has waited, in days and hours or in hours and minutes: symbols that every language has.
pub fn waited(since: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(since).max(SignedDuration::ZERO).as_mins();
    let (days, hours, minutes) = (minutes / (24 * 60), minutes / 60 % 24, minutes % 60);
    match (days, hours, minutes) {
        (0, 0, _) => format!("{minutes} min"),
        (0, _, 0) => format!("{hours} h"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, 0, _) => format!("{days} d"),
        _ => format!("{days} d {hours} h"),
    }
}

/// A ticket that nobody answered for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverdueTicket {
    /// Which ticket.
    pub id: TicketId,
    /// Whose it is.
    pub user_id: Option<UserId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_day(digest_at: &str, now: &str) -> Option<String> {
        let reminders =
            Reminders { digest_at: Some(digest_at.parse().expect("a time")), ..Reminders::default() };
        reminders.digest_day(now.parse().expect("a moment")).map(|day| day.to_string())
    }

    #[test]
    fn a_digest_is_due_from_its_time_on() {
        assert_eq!(digest_day("09:00", "2026-01-05T08:59:59.999Z"), None);
        assert_eq!(digest_day("09:00", "2026-01-05T09:00:00Z").as_deref(), Some("2026-01-05"));
        assert_eq!(digest_day("09:00", "2026-01-05T11:59:59Z").as_deref(), Some("2026-01-05"));
    }

    #[test]
    fn a_digest_that_is_hours_late_is_left_out() {
        assert_eq!(digest_day("09:00", "2026-01-05T12:00:00Z"), None);
    }

    #[test]
    fn a_digest_that_is_late_past_midnight_is_of_the_day_before() {
        assert_eq!(digest_day("23:30", "2026-01-06T00:10:00Z").as_deref(), Some("2026-01-05"));
        assert_eq!(digest_day("00:00", "2026-01-06T00:10:00Z").as_deref(), Some("2026-01-06"));
    }

    #[test]
    fn what_is_off_is_never_due() {
        let (off, now) = (Reminders::default(), Timestamp::UNIX_EPOCH);
        assert_eq!((off.digest_day(now), off.overdue_since(now)), (None, None));
    }

    #[test]
    fn a_ticket_is_overdue_once_it_has_waited_as_long_as_the_limit() {
        let limit = SignedDuration::from_hours(4);
        let reminders = Reminders { escalate_after: Some(limit), ..Reminders::default() };
        let now: Timestamp = "2026-01-05T12:00:00Z".parse().expect("a moment");
        assert_eq!(reminders.overdue_since(now), Some(now - limit));
    }

    #[test]
    fn a_wait_is_said_in_the_two_greatest_units() {
        let begin = Timestamp::UNIX_EPOCH;
        for (minutes, said) in [
            (-5, "0 min"),
            (0, "0 min"),
            (59, "59 min"),
            (60, "1 h"),
            (61, "1 h 1 min"),
            (24 * 60, "1 d"),
            (24 * 60 + 59, "1 d"),
            (76 * 60 + 5, "3 d 4 h"),
        ] {
            assert_eq!(waited(begin, begin + SignedDuration::from_mins(minutes)), said);
        }
    }
}
