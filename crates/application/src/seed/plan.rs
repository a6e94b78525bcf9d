//! Who comes when, and how much each makes: the same for the same sizes, seed and end.
//!
//! Everything follows from an index, so that a ticket finds its user without anything being remembered.

use domain::{
    bot::Bot,
    ids::{AgentId, WorkerId},
    ledger::{begin_of, day_of},
    random::Random,
    topic::Topic,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// How many rows of each kind a database is filled with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeedSizes {
    /// Users.
    pub users: usize,
    /// Tickets, nearly all of users.
    pub tickets: usize,
    /// Notifications: first a welcome for each user with an address, then news, replies and reminders of tickets.
    pub notifications: usize,
}

/// They come over so long a time, which ends now.
const SPAN: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

/// So many users, or tickets if these are more, share a commit.
const PORTION: usize = 1_000;

/// Parts of a whole are counted in so many.
const WHOLE: u64 = 1 << 32;

const DAY: u64 = 24 * 60 * 60 * 1_000_000;

/// Business grows: which part of all visits (per cent) has come after which part of the time.
const GROWTH: [(u64, u64); 3] = [(15, 33), (45, 67), (100, 100)];

/// Nights are quiet: which part of a day's visits (per cent) has come by 8, by 19 and by 24 o'clock.
const HOURS: [(u64, u64); 3] = [(7, 33), (84, 79), (100, 100)];

/// Of ten users one leaves no address.
const WITHOUT_ADDRESS: usize = 3;

/// What is made up about one thing does not depend on another.
#[derive(Debug, Clone, Copy)]
pub(super) enum About {
    User = 1,
    Ticket = 2,
}

/// What is there already for users and tickets to refer to.
#[derive(Debug, Clone)]
pub(super) struct Cast {
    /// Who registers users. At least one.
    pub(super) bots: Vec<Bot>,
    /// Who works on tickets. At least one.
    pub(super) agents: Vec<AgentId>,
    /// What tickets are about. At least one.
    pub(super) topics: Vec<Topic>,
    /// Who sent everything.
    pub(super) worker: WorkerId,
}

/// What is to be made up.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) sizes: SeedSizes,
    pub(super) seed: u64,
    pub(super) cast: Cast,
    began: Timestamp,
    /// Nothing happens after it.
    pub(super) until: Timestamp,
}

impl Plan {
    pub(super) fn new(sizes: SeedSizes, seed: u64, cast: Cast, until: Timestamp) -> Self {
        let began = begin_of(day_of(until.saturating_sub(SPAN).unwrap_or(Timestamp::UNIX_EPOCH)));
        Self { sizes, seed, cast, began, until }
    }

    pub(super) fn portions(&self) -> usize {
        self.sizes.users.max(self.sizes.tickets).div_ceil(PORTION)
    }

    /// The users of a portion, by their indexes.
    pub(super) fn users_of(&self, portion: usize) -> std::ops::Range<usize> {
        self.part_of(self.sizes.users, portion)
    }

    /// The tickets of a portion, by their indexes. None is older than its user.
    pub(super) fn tickets_of(&self, portion: usize) -> std::ops::Range<usize> {
        self.part_of(self.sizes.tickets, portion)
    }

    fn part_of(&self, count: usize, portion: usize) -> std::ops::Range<usize> {
        let portions = self.portions();
        count * portion / portions..count * (portion + 1) / portions
    }

    /// Chance for one thing.
    pub(super) fn chance(&self, about: About, index: usize) -> Random {
        let index = (index as u64).wrapping_mul(0xD134_2543_DE82_EF95);
        Random::new(self.seed.rotate_left(40) ^ (about as u64).rotate_right(8) ^ index)
    }

    /// When a user or ticket comes. Those with greater indexes come later.
    pub(super) fn comes_at(&self, index: usize, of: usize, chance: &mut Random) -> Timestamp {
        let position = ((index as u64) * WHOLE + chance.number() % WHOLE) / (of as u64);
        let span = self.until.duration_since(self.began).as_micros();
        let span = u64::try_from(span).unwrap_or(0);
        let moment = scaled(bend(position, &GROWTH), span, WHOLE);
        let (day, hour) = (moment / DAY, moment % DAY);
        // Of the last day there is only its beginning.
        let hour =
            if day < span / DAY { scaled(bend(scaled(hour, WHOLE, DAY), &HOURS), DAY, WHOLE) } else { hour };
        let since = SignedDuration::from_micros((day * DAY + hour).cast_signed());
        self.began.saturating_add(since).unwrap_or(self.until).min(self.until)
    }

    /// How many users came certainly before a ticket.
    pub(super) fn users_before(&self, ticket: usize) -> usize {
        ticket * self.sizes.users / self.sizes.tickets.max(1)
    }

    pub(super) const fn has_address(user: usize) -> bool {
        user % 10 != WITHOUT_ADDRESS
    }

    /// Whether a user with an address gets a welcome.
    pub(super) fn is_welcomed(&self, user: usize) -> bool {
        Self::has_address(user) && share(addresses_before(user), self.addresses(), self.welcomes()) > 0
    }

    /// How many notifications there are about a ticket.
    pub(super) fn notifications_of(&self, ticket: usize) -> usize {
        share(ticket, self.sizes.tickets, self.sizes.notifications - self.welcomes())
    }

    fn addresses(&self) -> usize {
        addresses_before(self.sizes.users)
    }

    fn welcomes(&self) -> usize {
        self.addresses().min(self.sizes.notifications)
    }
}

/// How many of the first so many users have an address.
const fn addresses_before(users: usize) -> usize {
    users - (users + 9 - WITHOUT_ADDRESS) / 10
}

/// How many of `total` things fall to one of `count` that get equal shares.
const fn share(index: usize, count: usize, total: usize) -> usize {
    (index + 1) * total / count - index * total / count
}

/// A part of `whole`, as the same part of `to`.
fn scaled(part: u64, to: u64, whole: u64) -> u64 {
    u64::try_from(u128::from(part) * u128::from(to) / u128::from(whole)).unwrap_or(to)
}

/// Moves a part of the whole along straight lines between corners, given per cent.
fn bend(part: u64, corners: &[(u64, u64)]) -> u64 {
    let (mut from, mut start) = (0, 0);
    for (to, end) in corners.iter().map(|&(to, end)| (to * WHOLE / 100, end * WHOLE / 100)) {
        if part < to {
            return start + (part - from) * (end - start) / (to - from);
        }
        (from, start) = (to, end);
    }
    WHOLE
}

/// An id of something that happened at a moment.
pub(super) fn id_at(at: Timestamp, chance: &mut Random) -> Uuid {
    let random = (u128::from(chance.number()) << 64) | u128::from(chance.number());
    domain::ids::uuid_of_moment(at, Uuid::from_u128(random))
}
