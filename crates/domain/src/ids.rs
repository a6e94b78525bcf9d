//! Typed identities: a [`UserId`] cannot be passed where a [`TicketId`] belongs.
//!
//! All are UUIDv7 (RFC 9562): they sort by the time they were made, so a list ordered by id is ordered by
//! creation, and a page of it is a range of its primary key.

use std::{fmt, str::FromStr};

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
