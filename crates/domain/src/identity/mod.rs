//! Identities: the ways in which a person is known.
//!
//! The values are personal data. `Display` gives them, `Debug` never does.

mod customer;
mod email;
mod phone;

pub(crate) use customer::is_token;
pub use customer::{CustomerId, CustomerIdError};
pub use email::{EmailAddress, EmailError};
pub use phone::{Country, CountryError, PhoneError, PhoneNumber};

use crate::{ids::BotId, names::named};

/// Gives a text that is personal data its common methods.
macro_rules! personal_text {
    ($name:ident) => {
        impl $name {
            /// A value read from storage, where only parsed ones are.
            pub const fn restore(text: String) -> Self {
                Self(text)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

use personal_text;

named! {
    /// The kinds of identities, in the order in which they are matched.
    IdentityKind {
        /// A customer of Landbot, in the bot that it wrote to.
        Customer = "customer",
        /// A mail address.
        Email = "email",
        /// A phone number.
        Phone = "phone",
    }
}

/// One way in which a person is known. Identities sort in the order in which they are matched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// A customer of Landbot. The same customer id in another bot may be another person.
    Customer {
        /// The bot that gave the id.
        bot: BotId,
        /// The id.
        customer: CustomerId,
    },
    /// A mail address.
    Email(EmailAddress),
    /// A phone number.
    Phone(PhoneNumber),
}

/// A stored text is no identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("restoring a customer identity: a bot id, a colon and a customer id are needed")]
pub struct IdentityError;

impl Identity {
    /// What kind it is.
    pub const fn kind(&self) -> IdentityKind {
        match self {
            Self::Customer { .. } => IdentityKind::Customer,
            Self::Email(_) => IdentityKind::Email,
            Self::Phone(_) => IdentityKind::Phone,
        }
    }

    /// The text to store, unique within its kind. A customer is `<bot id>:<customer id>`.
    pub fn value(&self) -> String {
        match self {
            Self::Customer { bot, customer } => format!("{bot}:{customer}"),
            Self::Email(email) => email.to_string(),
            Self::Phone(phone) => phone.to_string(),
        }
    }

    /// An identity read from storage: the inverse of [`kind`](Self::kind) and [`value`](Self::value).
    pub fn restore(kind: IdentityKind, value: String) -> Result<Self, IdentityError> {
        Ok(match kind {
            IdentityKind::Customer => {
                let (bot, customer) = value.split_once(':').ok_or(IdentityError)?;
                let bot = bot.parse().map_err(|_| IdentityError)?;
                Self::Customer { bot, customer: CustomerId::restore(customer.to_owned()) }
            }
            IdentityKind::Email => Self::Email(EmailAddress::restore(value)),
            IdentityKind::Phone => Self::Phone(PhoneNumber::restore(value)),
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn of_every_kind() -> [Identity; 3] {
        [
            Identity::Customer {
                bot: BotId::from_uuid(Uuid::from_u128(7)),
                customer: CustomerId::parse("tg:42").expect("an id"),
            },
            Identity::Email(EmailAddress::parse("ana@example.com").expect("an address")),
            Identity::Phone(PhoneNumber::parse("+34600111222", None).expect("a number")),
        ]
    }

    #[test]
    fn identities_read_as_they_are_stored() {
        for identity in of_every_kind() {
            assert_eq!(Identity::restore(identity.kind(), identity.value()), Ok(identity));
        }
        let broken = Identity::restore(IdentityKind::Customer, "42".to_owned());
        assert_eq!(broken, Err(IdentityError));
    }

    #[test]
    fn a_customer_is_known_within_its_bot() {
        let [customer, ..] = of_every_kind();
        assert_eq!(customer.value(), "00000000-0000-0000-0000-000000000007:tg:42");
    }

    #[test]
    fn identities_sort_in_the_order_of_matching() {
        let mut identities = of_every_kind();
        identities.reverse();
        identities.sort();
        assert_eq!(identities, of_every_kind());
        assert_eq!(identities.map(|identity| identity.kind().as_str()), ["customer", "email", "phone"]);
    }

    #[test]
    fn identities_are_not_shown_in_logs() {
        let shown = format!("{:?}", of_every_kind());
        for secret in ["ana", "600", "tg"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
