//! Users: the persons whom bots registered.

use std::fmt;

use jiff::Timestamp;

use crate::{
    identity::{EmailAddress, PhoneNumber},
    ids::{BotId, UserId},
    language::Language,
};

/// Where a user came from. Untrusted text of the calling page: good for statistics only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Free text, such as `landing` or `whatsapp-main`.
    pub source: Option<String>,
    /// The page with the chat.
    pub page: Option<String>,
    /// The page before that.
    pub referrer: Option<String>,
    /// `utm_source`.
    pub utm_source: Option<String>,
    /// `utm_medium`.
    pub utm_medium: Option<String>,
    /// `utm_campaign`.
    pub utm_campaign: Option<String>,
}

impl Origin {
    /// Whether nothing at all is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is known of the campaign, as it is usually written: source / medium / campaign.
    pub fn campaign(&self) -> Option<String> {
        let parts = [&self.utm_source, &self.utm_medium, &self.utm_campaign];
        let known: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
        (!known.is_empty()).then(|| known.join(" / "))
    }

    /// The same, with `source` where none was given.
    #[must_use]
    pub fn or_source(mut self, source: Option<&str>) -> Self {
        self.source = self.source.or_else(|| source.map(str::to_owned));
        self
    }
}

/// What a person agreed to, or did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Yes or no.
    pub given: bool,
    /// The words that the person was shown.
    pub text: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A person whom a bot registered: a lead or a customer, never a member of staff.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The bot that registered it.
    pub bot_id: BotId,
    /// What it is called.
    pub name: Option<String>,
    /// The address it is written to: the first that was given.
    pub email: Option<EmailAddress>,
    /// The first phone number that was given.
    pub phone: Option<PhoneNumber>,
    /// The language it is spoken to in.
    pub language: Language,
    /// Where it came from at first; kept for ever.
    pub first_origin: Origin,
    /// Where it came from last.
    pub last_origin: Origin,
    /// What it agreed to last.
    pub consent: Option<Consent>,
    /// Everything else that bots sent about it.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Whether its one welcome mail was planned.
    pub welcomed: bool,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When something about it changed last.
    pub updated_at: Timestamp,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("language", &self.language)
            .field("welcomed", &self.welcomed)
            .finish_non_exhaustive()
    }
}
