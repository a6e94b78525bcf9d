//! Why a call is not taken.

use super::Field;
use crate::names::named;

named! {
    /// Why a call is not taken.
    RefusalCode {
        /// Neither an email, nor a phone, nor a customer id was given.
        NothingIdentifies = "nothing_identifies",
        /// The email cannot be read, and nothing else identifies the person.
        EmailUnreadable = "email_unreadable",
        /// The phone cannot be read, and nothing else identifies the person.
        PhoneUnreadable = "phone_unreadable",
        /// A ticket says nothing.
        DescriptionMissing = "description_missing",
        /// The body is neither JSON nor a form.
        BodyUnreadable = "body_unreadable",
        /// The idempotency key was used for another body.
        IdempotencyKeyReused = "idempotency_key_reused",
        /// The idempotency key is too long or no text.
        IdempotencyKeyUnreadable = "idempotency_key_unreadable",
    }
}

/// A call is not taken, because something must be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[error("reading a call of a bot: {code}")]
pub struct Refused {
    /// What must be asked again; none when it is not one field.
    pub field: Option<Field>,
    /// Why.
    pub code: RefusalCode,
}

impl Refused {
    /// Nothing of the call can be read.
    pub const UNREADABLE: Self = Self { field: None, code: RefusalCode::BodyUnreadable };

    /// One field must be asked again.
    pub const fn field(field: Field, code: RefusalCode) -> Self {
        Self { field: Some(field), code }
    }
}

/// A body is neither JSON nor a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is neither a JSON object nor a form")]
pub struct Unreadable;

impl From<Unreadable> for Refused {
    fn from(_: Unreadable) -> Self {
        Self::UNREADABLE
    }
}
