//! Reading what bots send.

use std::time::Duration;

use actix_web::{HttpRequest, web::Payload};
use domain::text::{BODY_MAX_BYTES, is_given};
use tokio::time::timeout;

use super::refusal::Refusal;

/// A body that takes longer to arrive is not waited for.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A longer query string of a GET is not read.
const QUERY_MAX_BYTES: usize = 8 * 1024;

/// Reads the body; with the query string it may have as many bytes as a body may.
pub(super) async fn read(request: &HttpRequest, payload: Payload) -> Result<Vec<u8>, Refusal> {
    let limit = BODY_MAX_BYTES.checked_sub(request.query_string().len()).ok_or(Refusal::BodyTooLarge)?;
    match timeout(BODY_TIMEOUT, payload.to_bytes_limited(limit)).await {
        // A copy of its exact size: the buffer is larger, and the call may wait.
        Ok(Ok(Ok(body))) => Ok(body.to_vec()),
        Ok(Err(_)) => Err(Refusal::BodyTooLarge),
        Ok(Ok(Err(_))) | Err(_) => Err(Refusal::BodyIncomplete),
    }
}

/// The query string of a call without a body.
pub(super) fn query(request: &HttpRequest) -> Result<String, Refusal> {
    let query = request.query_string();
    if query.len() <= QUERY_MAX_BYTES { Ok(query.to_owned()) } else { Err(Refusal::QueryTooLong) }
}

/// The `Idempotency-Key`, if the bot gave one and not the name of a field that it forgot to fill.
pub(super) fn idempotency_key(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get("idempotency-key")?;
    let key = String::from_utf8_lossy(value.as_bytes()).trim().to_owned();
    is_given(&key).then_some(key)
}
