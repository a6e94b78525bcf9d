//! Calls of bots, answers kept for equal calls, and calls in quarantine.

use application::ports::{HeldCall, HeldStatus};
use diesel::prelude::*;
use domain::{
    answer::Answer,
    bot_call::{Field, RefusalCode},
    intake::{
        AnswerSlot, BoundAnswer, CallPath, IntakeOutcome, IntakeRow, QuarantineReason, Quarantined, RawCall,
        Replay,
    },
    response::{BoundResponse, ResponseSlot},
};

use crate::{
    columns::{At, Digest, Id, JsonText, Named},
    error::Failure,
    schema::{kept_answers, quarantine},
};

pub(crate) struct IntakeRecordRow {
    pub(crate) request_id: Id,
    pub(crate) bot_id: Id,
    pub(crate) path: Named<CallPath>,
    pub(crate) outcome: Named<IntakeOutcome>,
    pub(crate) user_id: Option<Id>,
    pub(crate) ticket_id: Option<Id>,
    pub(crate) users_made: i32,
    pub(crate) tickets_made: i32,
    pub(crate) notifications_made: i32,
    pub(crate) received_at: At,
}

impl From<&IntakeRow> for IntakeRecordRow {
    fn from(row: &IntakeRow) -> Self {
        Self {
            request_id: row.request_id.into(),
            bot_id: row.bot_id.into(),
            path: Named(row.path),
            outcome: Named(row.outcome),
            user_id: row.user_id.map(Id::from),
            ticket_id: row.ticket_id.map(Id::from),
            users_made: row.users_made.into(),
            tickets_made: row.tickets_made.into(),
            notifications_made: row.notifications_made.into(),
            received_at: At(row.received_at),
        }
    }
}

/// The unique key of a kept answer.
pub(crate) struct SlotRow {
    pub(crate) principal: Id,
    pub(crate) scope: String,
    pub(crate) digest: Digest,
}

impl From<&AnswerSlot> for SlotRow {
    fn from(slot: &AnswerSlot) -> Self {
        let scope = slot.scope.as_str().to_owned();
        Self { principal: slot.principal.into(), scope, digest: Digest(slot.digest) }
    }
}

impl From<&ResponseSlot> for SlotRow {
    fn from(slot: &ResponseSlot) -> Self {
        let scope = slot.scope.clone();
        Self { principal: slot.principal.into(), scope, digest: Digest(slot.digest) }
    }
}

#[derive(QueryableByName)]
#[diesel(table_name = kept_answers)]
pub(crate) struct KeptAnswerRow {
    pub(crate) principal: Id,
    pub(crate) scope: String,
    pub(crate) digest: Digest,
    pub(crate) body: Digest,
    pub(crate) user_id: Option<Id>,
    pub(crate) answer: JsonText,
    pub(crate) expires_at: At,
}

impl From<&BoundAnswer> for KeptAnswerRow {
    fn from(bound: &BoundAnswer) -> Self {
        let slot = bound.replay.slot;
        Self {
            principal: slot.principal.into(),
            scope: slot.scope.as_str().to_owned(),
            digest: Digest(slot.digest),
            body: Digest(bound.replay.body),
            user_id: bound.answer.user_id.map(Id::from),
            answer: JsonText(
                serde_json::to_string(&bound.answer).expect("an answer is texts, numbers and lists"),
            ),
            expires_at: At(bound.replay.expires_at),
        }
    }
}

impl TryFrom<KeptAnswerRow> for BoundAnswer {
    type Error = Failure;

    fn try_from(row: KeptAnswerRow) -> Result<Self, Failure> {
        let scope = row.scope.parse().map_err(|_| Failure::Unreadable("kept_answers.scope"))?;
        let slot = AnswerSlot { principal: row.principal.into(), scope, digest: row.digest.0 };
        let answer: Answer =
            serde_json::from_str(&row.answer.0).map_err(|_| Failure::Unreadable("kept_answers.answer"))?;
        Ok(Self { replay: Replay { slot, body: row.body.0, expires_at: row.expires_at.0 }, answer })
    }
}

impl From<&BoundResponse> for KeptAnswerRow {
    fn from(bound: &BoundResponse) -> Self {
        let BoundResponse { slot, body, expires_at, response } = bound;
        let SlotRow { principal, scope, digest } = SlotRow::from(slot);
        let text = serde_json::to_string(response).expect("a response is texts and a number");
        let user_id = response.as_ref().and_then(|response| response.user_id).map(Id::from);
        let (expires_at, answer) = (At(*expires_at), JsonText(text));
        Self { expires_at, principal, scope, digest, body: Digest(*body), user_id, answer }
    }
}

impl TryFrom<KeptAnswerRow> for BoundResponse {
    type Error = Failure;

    fn try_from(row: KeptAnswerRow) -> Result<Self, Failure> {
        let response =
            serde_json::from_str(&row.answer.0).map_err(|_| Failure::Unreadable("kept_answers.answer"))?;
        let slot = ResponseSlot { principal: row.principal.into(), scope: row.scope, digest: row.digest.0 };
        Ok(Self { slot, body: row.body.0, expires_at: row.expires_at.0, response })
    }
}

pub(crate) struct QuarantinedRow {
    pub(crate) request_id: Id,
    pub(crate) bot_id: Id,
    pub(crate) path: Named<CallPath>,
    pub(crate) code: Named<RefusalCode>,
    pub(crate) field: Option<Named<Field>>,
    pub(crate) query: String,
    pub(crate) body: Vec<u8>,
    pub(crate) received_at: At,
}

impl From<&Quarantined> for QuarantinedRow {
    fn from(call: &Quarantined) -> Self {
        Self {
            request_id: call.request_id.into(),
            bot_id: call.bot_id.into(),
            path: Named(call.path),
            code: Named(call.reason.code),
            field: call.reason.field.map(Named),
            query: call.raw.query.clone(),
            body: call.raw.body.clone(),
            received_at: At(call.received_at),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = quarantine)]
pub(crate) struct HeldCallRow {
    pub(crate) request_id: Id,
    pub(crate) bot_id: Id,
    pub(crate) path: Named<CallPath>,
    pub(crate) code: Named<RefusalCode>,
    pub(crate) field: Option<Named<Field>>,
    pub(crate) query: String,
    pub(crate) body: Vec<u8>,
    pub(crate) received_at: At,
    pub(crate) closed_at: Option<At>,
    pub(crate) released_as: Option<Id>,
}

impl HeldCallRow {
    pub(crate) fn of_bot(self, bot: String) -> HeldCall {
        let status = match (self.closed_at, self.released_as) {
            (None, _) => HeldStatus::Held,
            (Some(_), Some(call)) => HeldStatus::Released(call.into()),
            (Some(_), None) => HeldStatus::Discarded,
        };
        let call = Quarantined {
            request_id: self.request_id.into(),
            bot_id: self.bot_id.into(),
            path: self.path.0,
            reason: QuarantineReason { code: self.code.0, field: self.field.map(|field| field.0) },
            raw: RawCall { query: self.query, body: self.body },
            received_at: self.received_at.0,
        };
        HeldCall { call, bot, status }
    }
}
