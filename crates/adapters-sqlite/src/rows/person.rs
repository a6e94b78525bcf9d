//! Users, the ways in which they are known, and clashes between them.

use diesel::prelude::*;
use domain::{
    identity::{EmailAddress, Identity, IdentityKind, PhoneNumber},
    intake::{IdentityClash, NewIdentity},
    language::Language,
    user::{Consent, Origin, User},
};
use serde::{Deserialize, Serialize};

use super::{fields, fields_text};
use crate::{
    columns::{At, Id, Named},
    error::Failure,
    schema::{identities, identity_clashes, users},
};

#[derive(Insertable, AsChangeset, Queryable, Selectable)]
#[diesel(table_name = users, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct UserRow {
    pub(crate) id: Id,
    bot_id: Id,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    language: String,
    first_origin: Option<String>,
    last_origin: Option<String>,
    consent_given: Option<bool>,
    consent_text: Option<String>,
    consent_at: Option<At>,
    fields: String,
    welcomed: bool,
    pub(crate) created_at: At,
    updated_at: At,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let consent = user.consent.as_ref();
        Self {
            id: user.id.into(),
            bot_id: user.bot_id.into(),
            name: user.name.clone(),
            email: user.email.as_ref().map(ToString::to_string),
            phone: user.phone.as_ref().map(ToString::to_string),
            language: user.language.to_string(),
            first_origin: origin_text(&user.first_origin),
            last_origin: origin_text(&user.last_origin),
            consent_given: consent.map(|consent| consent.given),
            consent_text: consent.and_then(|consent| consent.text.clone()),
            consent_at: consent.map(|consent| At(consent.at)),
            fields: fields_text(&user.fields),
            welcomed: user.welcomed,
            created_at: At(user.created_at),
            updated_at: At(user.updated_at),
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = Failure;

    fn try_from(row: UserRow) -> Result<Self, Failure> {
        let consent = row.consent_given.zip(row.consent_at);
        Ok(Self {
            id: row.id.into(),
            bot_id: row.bot_id.into(),
            name: row.name,
            email: row.email.map(EmailAddress::restore),
            phone: row.phone.map(PhoneNumber::restore),
            language: Language::parse(&row.language).ok_or(Failure::Unreadable("users.language"))?,
            first_origin: origin(row.first_origin.as_deref())?,
            last_origin: origin(row.last_origin.as_deref())?,
            consent: consent.map(|(given, at)| Consent { given, text: row.consent_text, at: at.0 }),
            fields: fields(&row.fields)?,
            welcomed: row.welcomed,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        })
    }
}

/// An origin as JSON, without what is not known.
#[derive(Serialize, Deserialize)]
struct OriginJson<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    referrer: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    utm_source: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    utm_medium: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    utm_campaign: Option<T>,
}

fn origin_text(origin: &Origin) -> Option<String> {
    if origin.is_empty() {
        return None;
    }
    let json = OriginJson {
        source: origin.source.as_deref(),
        page: origin.page.as_deref(),
        referrer: origin.referrer.as_deref(),
        utm_source: origin.utm_source.as_deref(),
        utm_medium: origin.utm_medium.as_deref(),
        utm_campaign: origin.utm_campaign.as_deref(),
    };
    Some(serde_json::to_string(&json).expect("texts are JSON"))
}

/// Reads a stored origin.
pub(crate) fn origin(text: Option<&str>) -> Result<Origin, Failure> {
    let Some(text) = text else { return Ok(Origin::default()) };
    let json: OriginJson<String> = serde_json::from_str(text).map_err(|_| Failure::Unreadable("origin"))?;
    Ok(Origin {
        source: json.source,
        page: json.page,
        referrer: json.referrer,
        utm_source: json.utm_source,
        utm_medium: json.utm_medium,
        utm_campaign: json.utm_campaign,
    })
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = identities)]
pub(crate) struct IdentityRow {
    pub(crate) kind: Named<IdentityKind>,
    pub(crate) value: String,
    user_id: Id,
    created_at: At,
}

impl From<&NewIdentity> for IdentityRow {
    fn from(new: &NewIdentity) -> Self {
        Self {
            kind: Named(new.identity.kind()),
            value: new.identity.value(),
            user_id: new.user_id.into(),
            created_at: At(new.created_at),
        }
    }
}

impl TryFrom<IdentityRow> for NewIdentity {
    type Error = Failure;

    fn try_from(row: IdentityRow) -> Result<Self, Failure> {
        let identity =
            Identity::restore(row.kind.0, row.value).map_err(|_| Failure::Unreadable("identities.value"))?;
        Ok(Self { identity, user_id: row.user_id.into(), created_at: row.created_at.0 })
    }
}

#[derive(Insertable)]
#[diesel(table_name = identity_clashes)]
pub(crate) struct NewClashRow {
    request_id: Id,
    user_id: Id,
    other_user_id: Id,
    kind: Named<IdentityKind>,
    at: At,
}

impl From<&IdentityClash> for NewClashRow {
    fn from(clash: &IdentityClash) -> Self {
        Self {
            request_id: clash.request_id.into(),
            user_id: clash.user_id.into(),
            other_user_id: clash.other_user_id.into(),
            kind: Named(clash.kind),
            at: At(clash.at),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = identity_clashes)]
pub(crate) struct ClashRow {
    request_id: Id,
    user_id: Id,
    other_user_id: Id,
    kind: Named<IdentityKind>,
    at: At,
}

impl From<ClashRow> for IdentityClash {
    fn from(row: ClashRow) -> Self {
        Self {
            request_id: row.request_id.into(),
            user_id: row.user_id.into(),
            other_user_id: row.other_user_id.into(),
            kind: row.kind.0,
            at: row.at.0,
        }
    }
}
