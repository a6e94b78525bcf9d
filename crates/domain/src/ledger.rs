//! The ledger: what calls made, day by day, held against what there is.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use crate::{
    intake::{IntakeOutcome, IntakeRow},
    names::named,
    notification::NotificationStatus,
};

named! {
    /// What a call can make.
    Entity {
        /// Persons.
        Users = "users",
        /// Requests for help.
        Tickets = "tickets",
        /// Messages to persons and teams.
        Notifications = "notifications",
    }
}

/// How many rows were made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Persons.
    pub users: u64,
    /// Requests for help.
    pub tickets: u64,
    /// Messages to persons and teams.
    pub notifications: u64,
}

impl Made {
    /// Counts `more` as well.
    pub const fn add(&mut self, more: Self) {
        self.users += more.users;
        self.tickets += more.tickets;
        self.notifications += more.notifications;
    }
}

/// One UTC day of the ledger. Rows that were erased or retired are counted as if they were still there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerCounts {
    /// How many calls of bots had each outcome.
    pub outcomes: BTreeMap<IntakeOutcome, u64>,
    /// What these calls say that they made, and what was made without a call.
    pub made: Made,
    /// How many users there are that were made on the day.
    pub users: u64,
    /// How many tickets there are that were made on the day.
    pub tickets: u64,
    /// Where the notifications stand that were planned on the day.
    pub notifications: BTreeMap<NotificationStatus, u64>,
}

/// A kind of row of which there are more or fewer than were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imbalance {
    /// Of what.
    pub entity: Entity,
    /// How many were made.
    pub made: u64,
    /// How many there are.
    pub found: u64,
}

impl LedgerCounts {
    /// Counts a call, and what it says that it made.
    pub fn add_call(&mut self, call: &IntakeRow) {
        *self.outcomes.entry(call.outcome).or_default() += 1;
        self.made.add(Made {
            users: call.users_made.into(),
            tickets: call.tickets_made.into(),
            notifications: call.notifications_made.into(),
        });
    }

    /// How many calls arrived: each has exactly one outcome.
    pub fn received(&self) -> u64 {
        self.outcomes.values().sum()
    }

    /// How many notifications were planned, wherever they stand.
    pub fn planned(&self) -> u64 {
        self.notifications.values().sum()
    }

    /// Whether everything that was made is there, and nothing else.
    pub fn is_balanced(&self) -> bool {
        self.imbalances().is_empty()
    }

    /// What is missing or too much.
    pub fn imbalances(&self) -> Vec<Imbalance> {
        let sides = [
            (Entity::Users, self.made.users, self.users),
            (Entity::Tickets, self.made.tickets, self.tickets),
            (Entity::Notifications, self.made.notifications, self.planned()),
        ];
        let unequal = sides.into_iter().filter(|(_, made, found)| made != found);
        unequal.map(|(entity, made, found)| Imbalance { entity, made, found }).collect()
    }
}

/// The UTC day of a moment.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// The number of a UTC day, counted from that of the Unix epoch.
pub fn day_number(day: Date) -> i64 {
    begin_of(day).as_second().div_euclid(24 * 3_600)
}

/// The first moment of a UTC day.
pub fn begin_of(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

/// The first moment after a UTC day.
pub fn end_of(day: Date) -> Timestamp {
    begin_of(day).checked_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balanced_day() -> LedgerCounts {
        LedgerCounts {
            outcomes: [
                (IntakeOutcome::Registered, 2),
                (IntakeOutcome::Ticketed, 1),
                (IntakeOutcome::Invalid, 4),
            ]
            .into(),
            made: Made { users: 2, tickets: 1, notifications: 3 },
            users: 2,
            tickets: 1,
            notifications: [(NotificationStatus::Sent, 2), (NotificationStatus::Unknown, 1)].into(),
        }
    }

    #[test]
    fn a_day_is_balanced_when_all_that_was_made_is_there() {
        let day = balanced_day();
        assert_eq!((day.received(), day.planned()), (7, 3));
        assert_eq!(day.imbalances(), []);
        assert!(day.is_balanced() && LedgerCounts::default().is_balanced());
    }

    #[test]
    fn every_status_counts_as_planned() {
        let one_each: BTreeMap<_, _> = NotificationStatus::ALL.iter().map(|&status| (status, 1)).collect();
        let made = Made { users: 2, tickets: 1, notifications: 8 };
        assert!(LedgerCounts { made, notifications: one_each, ..balanced_day() }.is_balanced());
    }

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        let day = LedgerCounts { users: 1, tickets: 3, notifications: BTreeMap::new(), ..balanced_day() };
        assert_eq!(
            day.imbalances(),
            [
                Imbalance { entity: Entity::Users, made: 2, found: 1 },
                Imbalance { entity: Entity::Tickets, made: 1, found: 3 },
                Imbalance { entity: Entity::Notifications, made: 3, found: 0 },
            ]
        );
        assert!(!day.is_balanced());
    }

    #[test]
    fn days_begin_at_midnight_utc() {
        let day: Date = "2026-03-29".parse().expect("a day");
        let (begin, end) = (begin_of(day), end_of(day));
        assert_eq!(
            (begin.to_string(), end.to_string()),
            ("2026-03-29T00:00:00Z".into(), "2026-03-30T00:00:00Z".into())
        );
        let tick = SignedDuration::from_micros(1);
        assert_eq!((day_of(begin), day_of(end - tick)), (day, day));
        assert_ne!(day_of(begin - tick), day);
        assert_eq!(day_number("1970-01-02".parse().expect("a day")), 1);
        assert_eq!(day_number("1969-12-31".parse().expect("a day")), -1);
    }
}
