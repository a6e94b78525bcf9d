//! `/api/v1/quarantine`

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::{HeldCall, HeldStatus, QuarantineFilter, consult},
    quarantine::{DiscardCall, ReleaseCall},
};
use domain::{agent::Role, bot_call::Field, ids::RequestId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    call::{Call, answer, done, json},
    error::ApiError,
    reading::{Listed, Parameters, body, path},
};
use crate::bot::BotAnswerResponse;

/// A call that could not be understood.
#[derive(Serialize, ToSchema)]
#[schema(as = HeldCall)]
pub(crate) struct HeldCallResponse {
    /// The call.
    id: Uuid,
    /// The name of the bot.
    bot: String,
    /// `users` or `tickets`.
    path: &'static str,
    /// Why it could not be understood.
    code: &'static str,
    /// The field that must be mended; `null` when it is not one field.
    field: Option<&'static str>,
    /// `held`, `released` or `discarded`.
    status: &'static str,
    /// The call as which it was released.
    released_as: Option<Uuid>,
    /// The query string as it arrived.
    query: String,
    /// The body as it arrived; what is no UTF-8 is replaced.
    body: String,
    received_at: Timestamp,
}

impl From<&HeldCall> for HeldCallResponse {
    fn from(held: &HeldCall) -> Self {
        let call = &held.call;
        let (status, released_as) = match held.status {
            HeldStatus::Held => ("held", None),
            HeldStatus::Released(id) => ("released", Some(id.as_uuid())),
            HeldStatus::Discarded => ("discarded", None),
        };
        Self {
            id: call.request_id.as_uuid(),
            bot: held.bot.clone(),
            path: call.path.as_str(),
            code: call.reason.code.as_str(),
            field: call.reason.field.map(Field::as_str),
            status,
            released_as,
            query: call.raw.query.clone(),
            body: String::from_utf8_lossy(&call.raw.body).into_owned(),
            received_at: call.received_at,
        }
    }
}

/// How a call is mended.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReleaseRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReleaseRequest {
    /// Values in the place of those that arrived, by the names of fields.
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

/// The parameters of the list.
pub(crate) const FILTERS: &[&str] = &["bot", "with_closed"];

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let asked = Parameters::read(&request, FILTERS)?;
        let page = asked.page()?;
        let with_closed = asked.value("with_closed")?.unwrap_or(false);
        let filter = QuarantineFilter { bot_id: asked.value("bot")?, with_closed };
        let storage = call.storage();
        let found = call
            .run(async move { consult(&*storage, async |tx| tx.quarantine().page(filter, page).await).await })
            .await??;
        let id = |held: &HeldCall| held.call.request_id.as_uuid();
        Ok(json(StatusCode::OK, &Listed::<HeldCallResponse>::new(found, page, id)))
    })
    .await
}

pub(super) async fn get(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let (id, storage) = (held_id(call)?, call.storage());
        let found = call
            .run(async move { consult(&*storage, async |tx| tx.quarantine().find(id).await).await })
            .await??;
        let held = found.ok_or(ApiError::NotFound("call in quarantine"))?;
        Ok(json(StatusCode::OK, &HeldCallResponse::from(&held)))
    })
    .await
}

fn held_id(call: &Call<'_>) -> Result<RequestId, ApiError> {
    path(call.request, "id", "call in quarantine")
}

pub(super) async fn release(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Agent, async |call| {
        let id = held_id(call)?;
        let mended: ReleaseRequest = body(&request, payload).await?;
        let fields: Vec<_> = mended.fields.into_iter().collect();
        let release = ReleaseCall { audit: call.audit(), take_calls: call.state().take_calls.clone() };
        let told = call.run(async move { release.execute(id, &fields).await }).await??;
        Ok(json(StatusCode::OK, &BotAnswerResponse::of(&told, call.messages())))
    })
    .await
}

pub(super) async fn discard(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Agent, async |call| {
        let id = held_id(call)?;
        let discard = DiscardCall { audit: call.audit(), storage: call.storage(), clock: call.clock() };
        call.run(async move { discard.execute(id).await }).await??;
        Ok(done())
    })
    .await
}
