//! What programs were answered, kept for calls that come again.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    ids::{AgentId, UserId},
    intake::{BodyDigest, digest_of_key},
};

/// Where the response to a call is kept: unique by agent, call and key, beside the answers to bots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResponseSlot {
    /// Who called.
    pub principal: AgentId,
    /// Method and path of the call.
    pub scope: String,
    /// SHA-256 of the idempotency key.
    pub digest: [u8; 32],
}

impl ResponseSlot {
    /// The slot of a call that came with an `Idempotency-Key`.
    pub fn new(principal: AgentId, scope: String, key: &str) -> Self {
        Self { principal, scope, digest: digest_of_key(key) }
    }
}

/// What tells calls with the same key apart: their query and their body, byte by byte.
pub fn digest_of_call(query: &str, body: &[u8]) -> BodyDigest {
    Sha256::new().chain_update(query).chain_update([0]).chain_update(body).finalize().into()
}

/// What is given to a call that comes again. May be personal, and never holds a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body: JSON, or nothing.
    pub body: String,
    /// The person whom the body tells about. Merging and erasing it deletes what is kept.
    pub user_id: Option<UserId>,
}

impl fmt::Debug for KeptResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

/// What is in a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundResponse {
    /// The slot.
    pub slot: ResponseSlot,
    /// Another body in the same slot is a mistake of the caller.
    pub body: BodyDigest,
    /// Until when it is there.
    pub expires_at: Timestamp,
    /// The response; none while the call is running.
    pub response: Option<KeptResponse>,
}
