//! What every answer says beside its content.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, PERMISSIONS_POLICY,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use domain::ids::RequestId;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// A year (RFC 6797, section 6.1). Other names below the host are not ours to speak for.
const ONLY_ENCRYPTED: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What browsers are told, unless the answer itself says it: nothing may be loaded by it, frame it, read it from another
/// origin, learn where its reader came from, or use the reader's devices.
const FOR_BROWSERS: [(HeaderName, HeaderValue); 6] = [
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
    (CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin")),
    (CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
];

/// Marks an answer: with the id of its request, and with what whoever receives it must not do.
///
/// Bots are no browsers and call often, so their answers have the first part only.
pub(crate) fn mark(headers: &mut HeaderMap, request_id: RequestId, is_bot: bool, is_https: bool) {
    let id = HeaderValue::from_str(&request_id.to_string()).expect("an id is letters, digits and dashes");
    headers.insert(X_REQUEST_ID, id);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    set_unless_there(headers, CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if is_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, ONLY_ENCRYPTED);
    }
    if !is_bot {
        for (name, value) in FOR_BROWSERS {
            set_unless_there(headers, name, value);
        }
    }
}

fn set_unless_there(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if !headers.contains_key(&name) {
        headers.insert(name, value);
    }
}
