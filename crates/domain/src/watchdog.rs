//! When the watchdog gives alarm: what it looks at, and which looks count.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::{channel::ChannelKind, names::named, quiet_hours::QuietHours};

/// What was due so long ago is late.
pub const LATE_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// While an alarm lasts it is told again so often.
pub const TOLD_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// Whoever takes the right to tell of an alarm has so long for it; then another may.
pub const TELLING_LEASE: SignedDuration = SignedDuration::from_mins(2);

named! {
    /// What somebody has to look at at once.
    Alarm {
        /// The oldest due notification is more than [`LATE_AFTER`] late.
        Late = "late",
        /// No worker has a heartbeat.
        NoWorker = "no_worker",
        /// The database does not answer, so that nothing else can be known.
        DatabaseAway = "database_away",
    }
}

named! {
    /// What is told of an alarm.
    News {
        /// It began, or it still lasts.
        Raised = "raised",
        /// It is over.
        Over = "over",
    }
}

/// What is due over a channel that is not paused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// The kind of the channel.
    pub kind: ChannelKind,
    /// Its pace.
    pub interval: Option<SignedDuration>,
    /// When nothing is sent over it.
    pub quiet_hours: Option<QuietHours>,
    /// When its pace allows the next message.
    pub next_slot_at: Option<Timestamp>,
    /// How many are due and not delivered, counted no further than asked; those being sent are among them.
    pub due: usize,
    /// When the first of them was due.
    pub oldest_due_at: Timestamp,
}

impl Backlog {
    /// How late the first one is. What waits for its pace or for the end of quiet hours is not late.
    pub fn lateness(&self, now: Timestamp) -> SignedDuration {
        let is_quiet = |hours: &QuietHours| hours.rest(now, now).is_some();
        if self.quiet_hours.as_ref().is_some_and(is_quiet) {
            return SignedDuration::ZERO;
        }
        let slot = self.interval.and(self.next_slot_at).unwrap_or(Timestamp::MIN);
        now.duration_since(self.oldest_due_at.max(slot)).max(SignedDuration::ZERO)
    }
}

/// What will not be delivered unless a person does something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Undelivered {
    /// Those that failed for good.
    pub failed: usize,
    /// Those that nobody knows of whether they arrived.
    pub unknown: usize,
}

/// What one look showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signals {
    /// When.
    pub seen_at: Timestamp,
    /// What is due, channel by channel.
    pub backlogs: Vec<Backlog>,
    /// What will not be delivered.
    pub undelivered: Undelivered,
    /// How many workers live.
    pub workers: usize,
}

impl Signals {
    /// How late the oldest due notification is.
    pub fn lateness(&self) -> SignedDuration {
        let lateness = self.backlogs.iter().map(|backlog| backlog.lateness(self.seen_at));
        lateness.max().unwrap_or_default()
    }

    /// How many notifications are due and not delivered.
    pub fn due(&self) -> usize {
        self.backlogs.iter().map(|backlog| backlog.due).sum()
    }

    fn shows(&self, alarm: Alarm) -> bool {
        match alarm {
            Alarm::Late => self.lateness() > LATE_AFTER,
            Alarm::NoWorker => self.workers == 0,
            Alarm::DatabaseAway => false,
        }
    }
}

/// What a process remembers of its looks. An alarm begins and ends when two looks running agree, so that a worker that is
/// replaced by another raises none; only lateness, which has waited long enough, raises its alarm at the first look.
#[derive(Debug, Clone, Default)]
pub struct Vigil {
    last: BTreeSet<Alarm>,
    lasting: BTreeSet<Alarm>,
    database_told_at: Option<Timestamp>,
}

impl Vigil {
    /// Notes a look; none is one at which the database did not answer: whatever else was known is as it was. Answers
    /// what began or ended.
    pub fn note(&mut self, seen: Option<&Signals>) -> Vec<(Alarm, News)> {
        Alarm::ALL.iter().filter_map(|&alarm| self.note_one(alarm, seen).map(|news| (alarm, news))).collect()
    }

    fn note_one(&mut self, alarm: Alarm, seen: Option<&Signals>) -> Option<News> {
        let shows = match seen {
            Some(signals) => signals.shows(alarm),
            None if alarm == Alarm::DatabaseAway => true,
            None => return None,
        };
        let before = if shows { !self.last.insert(alarm) } else { self.last.remove(&alarm) };
        let counts = shows == before || (shows && alarm == Alarm::Late);
        match (counts, shows) {
            (true, true) => self.lasting.insert(alarm).then_some(News::Raised),
            (true, false) => self.lasting.remove(&alarm).then_some(News::Over),
            (false, _) => None,
        }
    }

    /// Whether an alarm lasts.
    pub fn lasts(&self, alarm: Alarm) -> bool {
        self.lasting.contains(&alarm)
    }

    /// The alarms that last.
    pub fn lasting(&self) -> impl Iterator<Item = Alarm> {
        self.lasting.iter().copied()
    }

    /// Whether an alarm is surely over: neither lasting nor shown by the last look.
    pub fn is_over(&self, alarm: Alarm) -> bool {
        !self.lasts(alarm) && !self.last.contains(&alarm)
    }

    /// What this process has to tell of the database itself, where no other can be asked whether it did.
    pub fn own_news(&self, now: Timestamp) -> Option<News> {
        let was_long_ago = |told_at: Timestamp| now.duration_since(told_at) >= TOLD_AGAIN_AFTER;
        match (self.lasts(Alarm::DatabaseAway), self.database_told_at) {
            (true, told_at) => told_at.is_none_or(was_long_ago).then_some(News::Raised),
            (false, Some(_)) => Some(News::Over),
            (false, None) => None,
        }
    }

    /// Notes that news of the database were told.
    pub fn told(&mut self, news: News, now: Timestamp) {
        self.database_told_at = match news {
            News::Raised => Some(now),
            News::Over => None,
        };
    }
}

/// What is told of an alarm, and what was seen when it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Which alarm.
    pub alarm: Alarm,
    /// Whether it lasts or is over.
    pub news: News,
    /// When this is told.
    pub at: Timestamp,
    /// What was seen; none if the database did not answer.
    pub signals: Option<Signals>,
}

impl Alert {
    /// One sentence for whoever has to look, in English.
    pub fn sentence(&self) -> String {
        match (self.alarm, self.news) {
            (Alarm::Late, News::Raised) => {
                let signals = self.signals.as_ref();
                let late = signals.map_or(LATE_AFTER, Signals::lateness).as_secs();
                let due = signals.map_or(0, Signals::due);
                format!("Notifications are late: the oldest one by {late} s, and {due} are due")
            }
            (Alarm::Late, News::Over) => "Notifications are no longer late".to_owned(),
            (Alarm::NoWorker, News::Raised) => "No worker lives: nothing is delivered".to_owned(),
            (Alarm::NoWorker, News::Over) => "A worker lives again".to_owned(),
            (Alarm::DatabaseAway, News::Raised) => {
                "The database does not answer: bots are told to try again, and nothing is delivered"
                    .to_owned()
            }
            (Alarm::DatabaseAway, News::Over) => "The database answers again".to_owned(),
        }
    }
}
