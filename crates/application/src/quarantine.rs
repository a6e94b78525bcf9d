//! Calls that could not be understood: a human mends and releases them, or throws them away.

use std::sync::Arc;

use domain::{
    answer::{Answer, Verdict},
    audit::{Action, Facts},
    bot_call::{Field, Fields},
    ids::RequestId,
    intake::RawCall,
};
use jiff::SignedDuration;

use crate::{
    audit::{Audit, fact},
    intake::{TakeCalls, pending_call, take_in},
    ports::{Clock, HeldCall, HeldStatus, Storage, StorageError, Transaction, atomically},
};

/// Why a call stays in quarantine.
#[derive(Debug, thiserror::Error)]
pub enum QuarantineError {
    /// There is no such call.
    #[error("there is no call {0} in quarantine")]
    Unknown(RequestId),
    /// It was released or discarded already.
    #[error("the call {0} is not held any more")]
    NotHeld(RequestId),
    /// With these corrections it still cannot be understood.
    #[error("the call still cannot be understood{}", .0.map(|field| format!("; correct the field {}", field.as_str())).unwrap_or_default())]
    StillInvalid(Option<Field>),
    /// The bot that called is gone.
    #[error("the bot that called is gone")]
    BotGone,
    /// It could not be written.
    #[error("changing the quarantine failed")]
    Storage(#[from] StorageError),
}

/// Takes a call out of quarantine as if it had arrived correctly now.
#[derive(Clone)]
pub struct ReleaseCall {
    /// How calls are taken.
    pub take_calls: TakeCalls,
    /// Who does it.
    pub audit: Audit,
}

impl ReleaseCall {
    /// Reads the call again with `corrected` fields in place of those that arrived, takes it, and closes its
    /// quarantine, in one unit of work. Answers what the bot would have been answered.
    pub async fn execute(
        &self,
        id: RequestId,
        corrected: &[(String, String)],
    ) -> Result<Answer, QuarantineError> {
        let taker = &self.take_calls;
        let now = taker.clock.now();
        let answer = atomically(&*taker.storage, async |tx| {
            let held = held(tx, id).await?;
            let bot = tx.bots().by_name(&held.bot).await?.ok_or(QuarantineError::BotGone)?;
            let new_id = RequestId::from_uuid(taker.ids.next());
            let raw = corrected_call(&held.call.raw, corrected);
            let call = pending_call(&bot, new_id, held.call.path, raw, None, SignedDuration::ZERO, now);
            if let Err(refused) = &call.read {
                return Err(QuarantineError::StillInvalid(refused.field));
            }
            let mut decisions = take_in(tx, &[call], taker.rules, now, &*taker.ids).await?;
            tx.quarantine().close(id, HeldStatus::Released(new_id), now).await?;
            let names: Vec<_> = corrected.iter().map(|(name, _)| name.as_str()).collect();
            self.audit.did(tx, Action::CallReleased, id, fact("corrected", names)).await?;
            Ok(decisions.answers.remove(0))
        })
        .await?;
        debug_assert_eq!(answer.result, Verdict::Ok, "a call that reads well and is no replay is taken");
        taker.queue.ring();
        Ok(answer)
    }
}

/// Throws a call in quarantine away.
#[derive(Clone)]
pub struct DiscardCall {
    /// Where the quarantine is.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who does it.
    pub audit: Audit,
}

impl DiscardCall {
    /// Closes its quarantine; the raw call stays readable.
    pub async fn execute(&self, id: RequestId) -> Result<(), QuarantineError> {
        let now = self.clock.now();
        atomically(&*self.storage, async |tx| {
            held(tx, id).await?;
            tx.quarantine().close(id, HeldStatus::Discarded, now).await?;
            Ok(self.audit.did(tx, Action::CallDiscarded, id, Facts::new()).await?)
        })
        .await
    }
}

async fn held(tx: &mut Transaction, id: RequestId) -> Result<HeldCall, QuarantineError> {
    let found = tx.quarantine().find(id).await?.ok_or(QuarantineError::Unknown(id))?;
    match found.status {
        HeldStatus::Held => Ok(found),
        HeldStatus::Released(_) | HeldStatus::Discarded => Err(QuarantineError::NotHeld(id)),
    }
}

/// The call with corrections. What could not be read at all is replaced by them.
fn corrected_call(raw: &RawCall, corrected: &[(String, String)]) -> RawCall {
    if corrected.is_empty() {
        return raw.clone();
    }
    let fields = Fields::read(&raw.query, &raw.body).unwrap_or_default().corrected(corrected);
    let body = serde_json::to_vec(&fields).expect("names and values are always JSON");
    RawCall { query: String::new(), body }
}
