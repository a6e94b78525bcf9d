//! Typed identities: a [`UserId`] cannot be passed where a [`TicketId`] belongs.
//!
//! All are UUIDv7 (RFC 9562): they sort by the time they were made, so a list ordered by id is ordered by
//! creation, and a page of it is a range of its primary key.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Greater than every other.
            pub const MAX: Self = Self(Uuid::max());

            /// Gives a bare UUID its meaning.
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The bare UUID, for storage and answers.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A person whom a bot registered.
    UserId
    /// A request for help.
    TicketId
    /// A calling chatbot.
    BotId
    /// A place where a team or a person is told.
    ChannelId
    /// One message to one target over one channel.
    NotificationId
    /// One call, from the answer that it got to the attempts that followed; shown as `request_id`.
    RequestId
    /// A running process that delivers notifications.
    WorkerId
    /// A member of staff.
    AgentId
    /// A staff member's API token.
    TokenId
    /// Something that was done about a ticket.
    TicketEventId
    /// Something that was written down about who changed what.
    AuditId
    /// Somebody who is signed in on one browser.
    SessionId
    /// One message of a conversation. Sorts by when it was sent, not by when it was stored.
    MessageId
}

/// Not greater than any UUIDv7 made at `at` or later, and greater than every one made in an earlier millisecond. A
/// UUIDv7 begins with the milliseconds since the Unix epoch (RFC 9562, section 5.7).
pub fn first_uuid_at(at: Timestamp) -> Uuid {
    let millisecond = u128::try_from(at.as_millisecond()).unwrap_or(0);
    Uuid::from_u128(millisecond << 80)
}

/// The UUIDv7 of something that happened at `at`, to a quarter of a microsecond (RFC 9562, section 6.2, method 3), so that
/// ids sort by that time. What happened at one moment is kept apart, and in the order in which it became known, by `known`:
/// a new UUIDv7.
pub fn uuid_of_moment(at: Timestamp, known: Uuid) -> Uuid {
    const VARIANT: u128 = 0b10 << 62;
    let nanoseconds = u128::try_from(at.as_nanosecond()).unwrap_or(0);
    let (millisecond, rest) = (nanoseconds / 1_000_000, nanoseconds % 1_000_000);
    let fraction = rest * 4_096 / 1_000_000;
    let known = known.as_u128();
    // Of the time at which it became known half a year is enough; then its counter, and 16 bits of chance.
    let (known_at, counter, chance) = (known >> 80, (known >> 64) & 0xfff, known & 0xffff);
    let tail = ((known_at & 0x3_ffff_ffff) << 28) | (counter << 16) | chance;
    Uuid::from_u128((millisecond << 80) | (0x7 << 76) | (fraction << 64) | VARIANT | tail)
}

/// Makes new ids. The application hands one to a decision, so that the domain stays free of randomness.
pub trait IdSource {
    /// A new UUIDv7, greater than every one given before by this source.
    fn next_id(&mut self) -> Uuid;
}

impl<F: FnMut() -> Uuid> IdSource for F {
    fn next_id(&mut self) -> Uuid {
        self()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use uuid::Builder;

    use super::*;

    #[test]
    fn ids_of_a_moment_and_later_are_not_below_its_first_one() {
        let at = Timestamp::constant(1_767_225_600, 5_000_000);
        let made_at = |at: Timestamp, random: u8| {
            let millisecond = at.as_millisecond().unsigned_abs();
            Builder::from_unix_timestamp_millis(millisecond, &[random; 10]).into_uuid()
        };
        let before = at - SignedDuration::from_millis(1);
        assert!(made_at(before, 0xff) < first_uuid_at(at));
        assert!(first_uuid_at(at) <= made_at(at, 0));
        assert_eq!(first_uuid_at(Timestamp::MIN), Uuid::nil());
    }

    #[test]
    fn ids_of_moments_sort_by_them_and_then_by_when_they_became_known() {
        let at = Timestamp::constant(1_767_225_600, 5_000_000);
        let known = |millisecond: u64, random: u8| {
            Builder::from_unix_timestamp_millis(1_767_225_600_000 + millisecond, &[random; 10]).into_uuid()
        };
        let ids: Vec<_> = [(0, 9, 0xff), (1, 1, 0x0f), (1, 2, 0), (1, 2, 1), (999, 1, 0), (1_000, 0, 0)]
            .map(|(microseconds, millisecond, random)| {
                uuid_of_moment(at + SignedDuration::from_micros(microseconds), known(millisecond, random))
            })
            .into();
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        let is_seventh = |id: &Uuid| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122;
        assert!(ids.iter().all(is_seventh), "{ids:?}");
        assert!(first_uuid_at(at) <= ids[0] && ids[5] < first_uuid_at(at + SignedDuration::from_millis(2)));
    }
}
