//! Users, the ways in which they are known, and clashes between them.

use application::ports::KnownPersons;
use diesel::{
    prelude::*,
    sql_types::{Array, Text},
};
use domain::{
    identity::{EmailAddress, Identity, IdentityKind, PhoneNumber},
    intake::{IdentityClash, NewIdentity},
    language::Language,
    user::{Consent, Origin, User},
};
use serde::{Deserialize, Serialize};

use super::{fields, fields_text};
use crate::{
    columns::{At, Id, JsonText, Named},
    error::Failure,
    schema::{identities, identity_clashes, users},
};

#[derive(Queryable, QueryableByName, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct UserRow {
    pub(crate) id: Id,
    pub(crate) bot_id: Id,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) language: String,
    pub(crate) first_origin: Option<JsonText>,
    pub(crate) last_origin: Option<JsonText>,
    pub(crate) consent_given: Option<bool>,
    pub(crate) consent_text: Option<String>,
    pub(crate) consent_at: Option<At>,
    pub(crate) fields: JsonText,
    pub(crate) welcomed: bool,
    pub(crate) created_at: At,
    pub(crate) updated_at: At,
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
            first_origin: origin(row.first_origin.as_ref())?,
            last_origin: origin(row.last_origin.as_ref())?,
            consent: consent.map(|(given, at)| Consent { given, text: row.consent_text, at: at.0 }),
            fields: fields(&row.fields)?,
            welcomed: row.welcomed,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        })
    }
}

/// A user, with identities that it is known by.
#[derive(QueryableByName)]
pub(crate) struct KnownUserRow {
    #[diesel(embed)]
    user: UserRow,
    #[diesel(sql_type = Array<Text>)]
    kinds: Vec<Named<IdentityKind>>,
    #[diesel(sql_type = Array<Text>)]
    texts: Vec<String>,
}

/// Users and the identities that they were found by.
pub(crate) fn known_persons(rows: Vec<KnownUserRow>) -> Result<KnownPersons, Failure> {
    let mut known = KnownPersons::default();
    for KnownUserRow { user, kinds, texts } in rows {
        for (kind, text) in kinds.into_iter().zip(texts) {
            known.identities.push((identity(kind, text)?, user.id.into()));
        }
        known.users.push(User::try_from(user)?);
    }
    Ok(known)
}

fn identity(kind: Named<IdentityKind>, text: String) -> Result<Identity, Failure> {
    Identity::restore(kind.0, text).map_err(|_| Failure::Unreadable("identities.value"))
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

fn origin_text(origin: &Origin) -> Option<JsonText> {
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
    Some(JsonText(serde_json::to_string(&json).expect("texts are JSON")))
}

/// Reads a stored origin.
pub(crate) fn origin(text: Option<&JsonText>) -> Result<Origin, Failure> {
    let Some(JsonText(text)) = text else { return Ok(Origin::default()) };
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

#[derive(Queryable, Selectable)]
#[diesel(table_name = identities)]
pub(crate) struct IdentityRow {
    pub(crate) kind: Named<IdentityKind>,
    pub(crate) value: String,
    pub(crate) user_id: Id,
    pub(crate) created_at: At,
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
        Ok(Self {
            identity: identity(row.kind, row.value)?,
            user_id: row.user_id.into(),
            created_at: row.created_at.0,
        })
    }
}

#[derive(QueryableByName)]
#[diesel(table_name = identity_clashes)]
pub(crate) struct ClashRow {
    pub(crate) request_id: Id,
    pub(crate) user_id: Id,
    pub(crate) other_user_id: Id,
    pub(crate) kind: Named<IdentityKind>,
    pub(crate) at: At,
}

impl From<&IdentityClash> for ClashRow {
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
