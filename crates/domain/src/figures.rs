//! What a day brought, in figures for pictures: counted once in a while, so that nobody counts rows while a page waits.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

use crate::ticket::TicketStatus;

/// So many days are kept, today among them.
pub const DAYS_KEPT: i32 = 30;

/// So many origins of a day are named; origins are text of strangers, and may be many.
pub const ORIGINS_NAMED: u16 = 20;

/// What was counted longer ago is counted again: tickets move on, and people are erased.
const OLD_AFTER: SignedDuration = SignedDuration::from_hours(2);

/// So many days are counted again in one run, beside today, yesterday and those that never were.
const AGAIN_AT_ONCE: usize = 2;

/// How long something took, in classes. The last counts what has not happened yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Waits(pub [u64; Self::CLASSES]);

impl Waits {
    /// How many classes there are.
    pub const CLASSES: usize = 6;

    /// All but the last two classes end here; what took longer is in the last but one.
    pub const UP_TO: [SignedDuration; Self::CLASSES - 2] = [
        SignedDuration::from_secs(1),
        SignedDuration::from_mins(1),
        SignedDuration::from_hours(1),
        SignedDuration::from_hours(24),
    ];

    /// Counts `many` that took so long, or that did not happen yet.
    pub fn add(&mut self, took: Option<SignedDuration>, many: u64) {
        self.0[Self::class(took)] += many;
    }

    /// In which class it is.
    pub fn class(took: Option<SignedDuration>) -> usize {
        let within = |took| Self::UP_TO.iter().position(|up_to| took <= *up_to).unwrap_or(Self::UP_TO.len());
        took.map_or(Self::CLASSES - 1, within)
    }
}

/// What a UTC day brought, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// People who were registered, by the first source that they came from: the most frequent ones.
    pub leads: BTreeMap<String, u64>,
    /// All others, and those who came from nowhere.
    pub other_leads: u64,
    /// Tickets that were opened, by topic and by where they stand now.
    pub tickets: BTreeMap<String, BTreeMap<TicketStatus, u64>>,
    /// How long teams waited to be told of these tickets: from the call to the first notification that arrived.
    pub told: Waits,
    /// How long people waited for the first answer to these tickets.
    pub answered: Waits,
}

impl Figures {
    /// Counts people from an origin, who come in the order of how many they are: when there is no room for a name, or none was
    /// given, they are others.
    pub fn add_leads(&mut self, origin: Option<String>, leads: u64) {
        match origin {
            Some(origin) if self.leads.len() < usize::from(ORIGINS_NAMED) => {
                self.leads.insert(origin, leads);
            }
            _ => self.other_leads += leads,
        }
    }
}

/// The figures of a day, and when they were counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayFigures {
    /// Which UTC day.
    pub day: Date,
    /// When.
    pub counted_at: Timestamp,
    /// What it brought.
    pub figures: Figures,
}

/// The first of the days that are kept on `today`.
pub fn first_day(today: Date) -> Date {
    today.saturating_sub((DAYS_KEPT - 1).days())
}

/// The days that are to be counted now, if those were counted then: what never was, today and yesterday, and the two of
/// the others that are oldest.
pub fn days_to_count(today: Date, counted: &[(Date, Timestamp)], now: Timestamp) -> Vec<Date> {
    let all = (0..DAYS_KEPT).map(|ago| today.saturating_sub(ago.days()));
    let at = |day: Date| counted.iter().find(|(known, _)| *known == day).map(|(_, at)| *at);
    let is_recent = |day: Date| today.saturating_sub(1.day()) <= day;
    let (mut days, known): (Vec<_>, Vec<_>) = all.partition(|&day| is_recent(day) || at(day).is_none());
    let is_old = |at: &Timestamp| now.duration_since(*at) >= OLD_AFTER;
    let mut old: Vec<_> = known.into_iter().filter_map(|day| Some((at(day).filter(is_old)?, day))).collect();
    old.sort_unstable();
    days.extend(old.into_iter().take(AGAIN_AT_ONCE).map(|(_, day)| day));
    days
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_took_long_and_what_never_came_are_told_apart() {
        let class = |seconds| Waits::class(Some(SignedDuration::from_secs(seconds)));
        let classes = [0, 1, 2, 60, 61, 3_600, 86_400, 86_401].map(class);
        assert_eq!(classes, [0, 0, 1, 1, 2, 2, 3, 4]);
        assert_eq!(Waits::class(None), 5);
        let mut waits = Waits::default();
        waits.add(None, 2);
        waits.add(Some(SignedDuration::ZERO), 1);
        assert_eq!(waits.0, [1, 0, 0, 0, 0, 2]);
    }

    #[test]
    fn figures_read_back_as_they_were_written() {
        let figures = Figures {
            leads: BTreeMap::from([("web".to_owned(), 3)]),
            other_leads: 1,
            tickets: BTreeMap::from([("sales".to_owned(), BTreeMap::from([(TicketStatus::Open, 2)]))]),
            told: Waits([2, 0, 0, 0, 0, 0]),
            answered: Waits::default(),
        };
        let text = serde_json::to_string(&figures).expect("JSON");
        assert_eq!(serde_json::from_str::<Figures>(&text).expect("figures"), figures);
    }

    #[test]
    fn a_day_is_counted_at_first_when_it_is_young_and_when_it_was_long_ago() {
        let (today, now) = (date(2026, 2, 10), Timestamp::constant(1_770_724_800, 0));
        assert_eq!(days_to_count(today, &[], now).len(), 30);
        let hours_ago = |hours| now - SignedDuration::from_hours(hours);
        let day = |ago: i32| today.saturating_sub(ago.days());
        let mut counted: Vec<_> = (0..30).map(|ago| (day(ago), hours_ago(1))).collect();
        assert_eq!(days_to_count(today, &counted, now), [day(0), day(1)]);
        counted[7].1 = hours_ago(3);
        counted[9].1 = hours_ago(5);
        counted[11].1 = hours_ago(4);
        assert_eq!(days_to_count(today, &counted, now), [day(0), day(1), day(9), day(11)]);
        counted.remove(20);
        assert_eq!(days_to_count(today, &counted, now)[2], day(20));
    }

    #[test]
    fn a_month_is_kept() {
        assert_eq!(first_day(date(2026, 1, 30)), date(2026, 1, 1));
    }
}
