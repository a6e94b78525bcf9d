//! A call of a program that comes again with the same idempotency key is done once.

use std::sync::Arc;

use domain::{
    intake::{BodyDigest, KEY_LIFETIME},
    response::{BoundResponse, KeptResponse, ResponseSlot},
};
use jiff::SignedDuration;

use crate::ports::{Clock, Storage, StorageError, atomically};

/// A call that ended without a word, because its process did, holds its key no longer than this. Every call ends sooner.
const RUNNING_MAX: SignedDuration = SignedDuration::from_mins(5);

/// What an idempotency key says about a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is new: the call may run, and holds the key until it is settled.
    Granted,
    /// The call with this key is running still.
    Running,
    /// The key belongs to a call with another body.
    OtherBody,
    /// The call was done before, and this was its response.
    Done(KeptResponse),
}

/// Takes an idempotency key for a call that is about to run.
#[derive(Clone)]
pub struct ClaimKey {
    /// Where responses are kept.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl ClaimKey {
    /// Takes `slot`, or says what is in it. Of equal calls at once one runs: whoever meets a taken key looks again.
    pub async fn execute(&self, slot: &ResponseSlot, body: BodyDigest) -> Result<Claim, StorageError> {
        match self.claim(slot, body).await {
            Err(StorageError::Conflict(_)) => self.claim(slot, body).await,
            other => other,
        }
    }

    async fn claim(&self, slot: &ResponseSlot, body: BodyDigest) -> Result<Claim, StorageError> {
        let now = self.clock.now();
        atomically(&*self.storage, async |tx| {
            if let Some(known) = tx.responses().find(slot, now).await? {
                return Ok(describe(known, body));
            }
            let running =
                BoundResponse { slot: slot.clone(), body, expires_at: now + RUNNING_MAX, response: None };
            tx.responses().put(&running, now).await?;
            Ok(Claim::Granted)
        })
        .await
    }
}

fn describe(known: BoundResponse, body: BodyDigest) -> Claim {
    match known.response {
        _ if known.body != body => Claim::OtherBody,
        Some(response) => Claim::Done(response),
        None => Claim::Running,
    }
}

/// Writes how a call with an idempotency key ended.
#[derive(Clone)]
pub struct SettleKey {
    /// Where responses are kept.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl SettleKey {
    /// Keeps the response for a day. None: the call changed nothing, and its key is free again.
    pub async fn execute(
        &self,
        slot: &ResponseSlot,
        body: BodyDigest,
        response: Option<KeptResponse>,
    ) -> Result<(), StorageError> {
        let now = self.clock.now();
        atomically(&*self.storage, async |tx| {
            tx.responses().release(slot).await?;
            let Some(response) = response else { return Ok(()) };
            let expires_at = now + KEY_LIFETIME;
            let done = BoundResponse { slot: slot.clone(), body, expires_at, response: Some(response) };
            tx.responses().put(&done, now).await
        })
        .await
    }
}
