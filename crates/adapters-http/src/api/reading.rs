//! Reading what programs send: strictly, so that a slip of the pen is told and not guessed at.

use std::{collections::HashMap, fmt::Display, str::FromStr, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_TYPE, ETAG, HeaderValue, IF_MATCH},
    web::{self, Bytes, Payload},
};
use application::ports::{Page, Span};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::text::BODY_MAX_BYTES;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use tokio::time::timeout;
use uuid::Uuid;

use super::error::ApiError;

/// A body that takes longer to arrive is not waited for.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A page has so many items unless asked otherwise.
const PAGE_USUAL: u16 = 50;

/// A page has at most so many items.
pub(crate) const PAGE_MAX: u16 = 200;

/// The parameters of a query string.
pub(super) struct Parameters(HashMap<String, String>);

impl Parameters {
    /// Reads them. Only `known` ones may be there, and those of a page.
    pub(super) fn read(request: &HttpRequest, known: &[&str]) -> Result<Self, ApiError> {
        let given = web::Query::<HashMap<String, String>>::from_query(request.query_string());
        let given = given.map_err(|error| ApiError::invalid("query", "unreadable", error.to_string()))?;
        let is_known = |name: &str| known.contains(&name) || ["limit", "cursor"].contains(&name);
        match given.keys().find(|name| !is_known(name)) {
            Some(name) => Err(ApiError::invalid(name, "unknown", "there is no such parameter")),
            None => Ok(Self(given.into_inner())),
        }
    }

    /// A text that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// A value of a type.
    pub(super) fn value<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, ApiError> {
        self.text(name).map(|text| parsed(name, text)).transpose()
    }

    /// The times `<name>_after` (the first moment) and `<name>_before` (the first one after).
    pub(super) fn span(&self, name: &str) -> Result<Span, ApiError> {
        Ok(Span {
            from: self.value(&format!("{name}_after"))?,
            until: self.value(&format!("{name}_before"))?,
        })
    }

    /// How many items are asked for.
    pub(super) fn limit(&self) -> Result<u16, ApiError> {
        match self.value("limit")?.unwrap_or(PAGE_USUAL) {
            limit @ 1..=PAGE_MAX => Ok(limit),
            _ => Err(ApiError::invalid("limit", "out_of_range", format!("a page has 1 to {PAGE_MAX} items"))),
        }
    }

    /// Where the page begins, and one item more than it has: so it is known whether there is another page.
    pub(super) fn page(&self) -> Result<Page, ApiError> {
        let before = self.text("cursor").map(read_cursor).transpose()?;
        Ok(Page { before, limit: self.limit()? + 1 })
    }
}

/// A part of a list.
#[derive(Serialize)]
pub(super) struct Listed<T> {
    /// The items, the newest first.
    items: Vec<T>,
    /// What to ask for as `cursor` to go on; `null` when this is the last page.
    next_cursor: Option<String>,
}

impl<T> Listed<T> {
    /// What was found for a page that asked for one item more than it shows.
    pub(super) fn new<R>(mut found: Vec<R>, page: Page, id: impl Fn(&R) -> Uuid) -> Self
    where
        T: for<'r> From<&'r R>,
    {
        let shown = usize::from(page.limit - 1);
        let goes_on = found.len() > shown;
        found.truncate(shown);
        let last = found.last().filter(|_| goes_on);
        Self { next_cursor: last.map(|last| cursor(id(last))), items: found.iter().map(T::from).collect() }
    }

    /// All there are.
    pub(super) fn all(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}

fn cursor(last: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(last.as_bytes())
}

fn read_cursor(text: &str) -> Result<Uuid, ApiError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| Uuid::from_slice(&bytes).ok());
    bytes.ok_or_else(|| ApiError::invalid("cursor", "invalid", "this is no `next_cursor` of a page before"))
}

/// The part of a path with this name. What cannot be read names nothing.
pub(super) fn path<T: FromStr>(request: &HttpRequest, name: &str, what: &'static str) -> Result<T, ApiError> {
    let text = request.match_info().get(name).unwrap_or_default();
    text.parse().map_err(|_| ApiError::NotFound(what))
}

/// Reads a value of a field or parameter.
pub(super) fn parsed<T: FromStr<Err: Display>>(field: &str, text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|error: T::Err| ApiError::invalid(field, "invalid", error.to_string()))
}

/// Reads a body. Its fields may be only those that are known.
pub(super) async fn body<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
) -> Result<T, ApiError> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::MediaType);
    }
    serde_json::from_slice(&bytes(payload).await?).map_err(|error| {
        if error.is_data() {
            ApiError::invalid("body", "invalid", error.to_string())
        } else {
            ApiError::NoJson(error.to_string())
        }
    })
}

/// What becomes of a value that may be left out, given as `null`, or given.
pub(super) type Nullable<T> = Option<Option<T>>;

/// Reads a [`Nullable`], as `#[serde(default, deserialize_with = "nullable")]`.
pub(super) fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Nullable<T>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Reads what is in a [`Nullable`].
pub(super) fn read_nullable<T, U>(
    given: Nullable<T>,
    read: impl FnOnce(T) -> Result<U, ApiError>,
) -> Result<Nullable<U>, ApiError> {
    given.map(|value| value.map(read).transpose()).transpose()
}

/// Whether `If-Match` (RFC 9110, section 13.1.1) names a state that must still stand when something is changed; another
/// one than that of `tag` is refused.
pub(super) fn if_match(request: &HttpRequest, tag: &str) -> Result<bool, ApiError> {
    match request.headers().get(IF_MATCH).map(HeaderValue::as_bytes) {
        None => Ok(false),
        Some(seen) if seen == b"*" || seen == tag.as_bytes() => Ok(true),
        Some(_) => Err(ApiError::PreconditionFailed),
    }
}

/// Says which state of a thing an answer shows (RFC 9110, section 8.8.3).
pub(super) fn tagged(mut response: HttpResponse, tag: &str) -> HttpResponse {
    let tag = HeaderValue::from_str(tag).expect("letters and digits in quotes");
    response.headers_mut().insert(ETAG, tag);
    response
}

/// Waits for a body.
pub(super) async fn bytes(payload: Payload) -> Result<Bytes, ApiError> {
    match timeout(BODY_TIMEOUT, payload.to_bytes_limited(BODY_MAX_BYTES)).await {
        Ok(Ok(Ok(bytes))) => Ok(bytes),
        Ok(Err(_)) => Err(ApiError::BodyTooLarge),
        Ok(Ok(Err(_))) | Err(_) => Err(ApiError::BodyIncomplete),
    }
}
