//! A user as it stands in files of users.

use domain::{
    ids::{BotId, UserId},
    user::{Origin, User},
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

/// A user.
#[derive(Serialize)]
pub struct UserRecord {
    id: UserId,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    language: String,
    first_origin: OriginRecord,
    last_origin: OriginRecord,
    consent: Option<ConsentRecord>,
    fields: Map<String, Value>,
    bot_id: BotId,
    welcomed: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize)]
struct OriginRecord {
    source: Option<String>,
    page: Option<String>,
    referrer: Option<String>,
    utm_source: Option<String>,
    utm_medium: Option<String>,
    utm_campaign: Option<String>,
}

#[derive(Serialize)]
struct ConsentRecord {
    given: bool,
    text: Option<String>,
    at: Timestamp,
}

impl From<Origin> for OriginRecord {
    fn from(origin: Origin) -> Self {
        let Origin { source, page, referrer, utm_source, utm_medium, utm_campaign } = origin;
        Self { source, page, referrer, utm_source, utm_medium, utm_campaign }
    }
}

impl From<User> for UserRecord {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            name: user.name,
            email: user.email.map(|email| email.to_string()),
            phone: user.phone.map(|phone| phone.to_string()),
            language: user.language.to_string(),
            first_origin: user.first_origin.into(),
            last_origin: user.last_origin.into(),
            consent: user.consent.map(|consent| ConsentRecord {
                given: consent.given,
                text: consent.text,
                at: consent.at,
            }),
            fields: user.fields,
            bot_id: user.bot_id,
            welcomed: user.welcomed,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

/// The columns of a CSV file of users. An import reads those that a bot could have sent.
pub const USER_COLUMNS: [&str; 17] = [
    "id",
    "name",
    "email",
    "phone",
    "language",
    "origin",
    "origin_page",
    "origin_referrer",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "last_origin",
    "consent",
    "consent_text",
    "fields",
    "created_at",
    "updated_at",
];

impl UserRecord {
    /// The cells under [`USER_COLUMNS`].
    pub fn cells(&self) -> [String; USER_COLUMNS.len()] {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let origin = &self.first_origin;
        let consent = self.consent.as_ref();
        let fields =
            if self.fields.is_empty() { String::new() } else { Value::from(self.fields.clone()).to_string() };
        [
            self.id.to_string(),
            text(&self.name),
            text(&self.email),
            text(&self.phone),
            self.language.clone(),
            text(&origin.source),
            text(&origin.page),
            text(&origin.referrer),
            text(&origin.utm_source),
            text(&origin.utm_medium),
            text(&origin.utm_campaign),
            text(&self.last_origin.source),
            consent.map(|consent| if consent.given { "yes" } else { "no" }.to_owned()).unwrap_or_default(),
            consent.and_then(|consent| consent.text.clone()).unwrap_or_default(),
            fields,
            self.created_at.to_string(),
            self.updated_at.to_string(),
        ]
    }
}
