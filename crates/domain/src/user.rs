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

impl User {
    /// This user, once `other` turned out to be the same person: what is empty here is taken from there. The first origin is
    /// that of whoever was registered first, the last origin that of whoever something changed about last, and the consent
    /// is the later one. When it was registered stays: so many users were made on that day.
    #[must_use]
    pub fn merged_with(self, other: Self, at: Timestamp) -> Self {
        let mut fields = other.fields;
        fields.extend(self.fields);
        let (first_origin, later_first) = if other.id < self.id {
            (other.first_origin, self.first_origin)
        } else {
            (self.first_origin, other.first_origin)
        };
        let (last_origin, earlier_last) = if other.updated_at > self.updated_at {
            (other.last_origin, self.last_origin)
        } else {
            (self.last_origin, other.last_origin)
        };
        Self {
            name: self.name.or(other.name),
            email: self.email.or(other.email),
            phone: self.phone.or(other.phone),
            first_origin: if first_origin.is_empty() { later_first } else { first_origin },
            last_origin: if last_origin.is_empty() { earlier_last } else { last_origin },
            consent: [self.consent, other.consent].into_iter().flatten().max_by_key(|consent| consent.at),
            fields,
            welcomed: self.welcomed || other.welcomed,
            updated_at: at,
            id: self.id,
            bot_id: self.bot_id,
            language: self.language,
            created_at: self.created_at,
        }
    }
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

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn came_from(source: &str) -> Origin {
        Origin { source: Some(source.to_owned()), ..Origin::default() }
    }

    fn agreed(given: bool, second: i64) -> Consent {
        Consent { given, text: None, at: at(second) }
    }

    fn user(number: u128) -> User {
        User {
            id: UserId::from_uuid(Uuid::from_u128(number)),
            bot_id: BotId::from_uuid(Uuid::from_u128(9)),
            name: None,
            email: None,
            phone: None,
            language: Language::ENGLISH,
            first_origin: Origin::default(),
            last_origin: Origin::default(),
            consent: None,
            fields: Map::new(),
            welcomed: false,
            created_at: at(0),
            updated_at: at(0),
        }
    }

    #[test]
    fn what_is_empty_is_taken_from_the_other() {
        let email = |text: &str| Some(EmailAddress::restore(text.to_owned()));
        let kept = User {
            name: Some("Ana".to_owned()),
            fields: Map::from_iter([("plan".to_owned(), json!("big"))]),
            ..user(1)
        };
        let other = User {
            name: Some("Anna".to_owned()),
            email: email("ana@example.com"),
            fields: Map::from_iter([("plan".to_owned(), json!("small")), ("seats".to_owned(), json!(3))]),
            welcomed: true,
            ..user(2)
        };
        let merged = kept.clone().merged_with(other, at(5));
        assert_eq!((merged.id, merged.name, merged.email), (kept.id, kept.name, email("ana@example.com")));
        assert_eq!(
            merged.fields,
            Map::from_iter([("plan".to_owned(), json!("big")), ("seats".to_owned(), json!(3))])
        );
        assert!(merged.welcomed, "one welcome is enough");
        assert_eq!((merged.created_at, merged.updated_at), (at(0), at(5)));
    }

    #[test]
    fn the_first_origin_is_the_earlier_one_and_the_last_one_and_the_consent_are_the_later_ones() {
        let early = User {
            first_origin: came_from("fair"),
            last_origin: came_from("fair"),
            consent: Some(agreed(true, 1)),
            updated_at: at(1),
            ..user(1)
        };
        let late = User {
            first_origin: came_from("web"),
            last_origin: came_from("shop"),
            consent: Some(agreed(false, 2)),
            updated_at: at(2),
            ..user(2)
        };
        for (kept, other) in [(early.clone(), late.clone()), (late.clone(), early.clone())] {
            let merged = kept.merged_with(other, at(9));
            assert_eq!((merged.first_origin, merged.last_origin), (came_from("fair"), came_from("shop")));
            assert_eq!(merged.consent, Some(agreed(false, 2)));
        }
        let unknown = User { updated_at: at(7), ..user(0) };
        let merged = unknown.merged_with(late, at(9));
        assert_eq!((merged.first_origin, merged.last_origin), (came_from("web"), came_from("shop")));
    }
}
