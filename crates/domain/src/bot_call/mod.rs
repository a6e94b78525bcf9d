//! What a bot sends, read leniently and taken strictly.
//!
//! [`Fields::read`] makes names and values of a query string and a body in any of the dialects that chatbot
//! builders produce. [`read_users_call`] and [`read_tickets_call`] make a typed [`BotCall`] of them, or say
//! what must be asked again. What no field of ours holds is kept in [`BotCall::extra`].
//!
//! To add a field: a variant of [`Field`], its spellings in `field.rs`, a line in `read.rs` and one in
//! `digest.rs`.

mod digest;
mod explain;
mod extra;
mod field;
mod fields;
mod form;
mod naming;
mod python_list;
mod read;
mod refusal;
mod value;

use std::fmt;

use serde_json::{Map, Value};

pub use explain::{Fate, Reading, explain};
pub use extra::{CUT, merge_extra};
pub use field::Field;
pub use fields::Fields;
pub use naming::names_any;
pub use read::{ReadingContext, read_lookup, read_tickets_call, read_users_call};
pub use refusal::{RefusalCode, Refused, Unreadable};
pub(crate) use value::text as value_text;

use crate::{
    identity::{CustomerId, EmailAddress, Identity, PhoneNumber},
    ids::BotId,
    language::Language,
    user::Origin,
};

/// What a bot says about a person.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonFields {
    /// What the person is called.
    pub name: Option<String>,
    /// Where it reads mail.
    pub email: Option<EmailAddress>,
    /// Where it can be called.
    pub phone: Option<PhoneNumber>,
    /// Who it is in Landbot.
    pub customer_id: Option<CustomerId>,
    /// The chat in Landbot's inbox.
    pub chat_uuid: Option<String>,
    /// The language it speaks.
    pub language: Option<Language>,
    /// Whether it agreed.
    pub consent: Option<bool>,
    /// To which words.
    pub consent_text: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

impl PersonFields {
    /// The ways in which the person is known, in the order in which they are matched.
    pub fn identities(&self, bot: BotId) -> Vec<Identity> {
        let customer = self.customer_id.clone().map(|customer| Identity::Customer { bot, customer });
        let email = self.email.clone().map(Identity::Email);
        let phone = self.phone.clone().map(Identity::Phone);
        [customer, email, phone].into_iter().flatten().collect()
    }

    /// Whether anything tells the person from others.
    pub const fn is_identified(&self) -> bool {
        self.customer_id.is_some() || self.email.is_some() || self.phone.is_some()
    }
}

impl fmt::Debug for PersonFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonFields")
            .field("name", &self.name.is_some())
            .field("email", &self.email)
            .field("phone", &self.phone)
            .field("customer_id", &self.customer_id)
            .field("language", &self.language)
            .field("consent", &self.consent)
            .finish_non_exhaustive()
    }
}

/// What a bot says about a request for help.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketFields {
    /// The topic it asked for, word for word.
    pub topic: Option<String>,
    /// What the person wrote.
    pub description: String,
}

impl fmt::Debug for TicketFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketFields").field("topic", &self.topic.is_some()).finish_non_exhaustive()
    }
}

/// A call that was understood.
#[derive(Clone, PartialEq, Eq)]
pub struct BotCall {
    /// The person it is about; nothing is known of it in a ticket from nobody.
    pub person: PersonFields,
    /// The request for help, if it is one.
    pub ticket: Option<TicketFields>,
    /// What else was given: unknown fields, whole values of those that were cut, and values that could not be
    /// read. At most [`FIELDS_MAX_BYTES`](crate::text::FIELDS_MAX_BYTES) as JSON; what was cut is named under
    /// [`CUT`].
    pub extra: Map<String, Value>,
}

impl BotCall {
    /// SHA-256 of the normalised fields, without `extra`: equal for calls that say the same, however they are
    /// written.
    pub fn digest(&self) -> [u8; 32] {
        digest::of(self)
    }

    /// Whether it says anything that only one person would say: an email, a phone, a customer id or a chat.
    pub const fn names_a_person(&self) -> bool {
        self.person.is_identified() || self.person.chat_uuid.is_some()
    }
}

impl fmt::Debug for BotCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BotCall")
            .field("person", &self.person)
            .field("ticket", &self.ticket)
            .field("extra", &self.extra.len())
            .finish()
    }
}
