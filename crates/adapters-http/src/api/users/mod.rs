//! `/api/v1/users`

mod export;
mod merge;
mod timeline;
mod write;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use application::{
    ports::{ErasureReceipt, UserFilter, consult},
    users::{EraseUser, ExportUser, WhichUser},
};
use domain::{
    agent::Role,
    ids::UserId,
    search::Needle,
    user::{Origin, User},
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    call::{Call, answer, json},
    error::ApiError,
    reading::{Listed, Parameters, path},
};
pub(crate) use export::UserExportResponse;
pub(super) use merge::merge;
pub(crate) use merge::{MergeRequest, MergerResponse};
pub(crate) use timeline::TimelineResponse;
pub(crate) use write::{NewUserRequest, UserPatch};
pub(super) use write::{create, patch};

/// A person whom a bot registered.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserResponse {
    id: Uuid,
    /// The bot that registered it.
    bot_id: Uuid,
    name: Option<String>,
    email: Option<String>,
    /// International, as E.164 has it.
    phone: Option<String>,
    language: String,
    /// Where it came from at first; kept for ever.
    first_origin: OriginResponse,
    /// Where it came from last.
    last_origin: OriginResponse,
    consent: Option<ConsentResponse>,
    /// Everything else that bots sent about it.
    #[schema(value_type = Object)]
    fields: serde_json::Value,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Where a person came from: untrusted text of the calling page.
#[derive(Serialize, ToSchema)]
#[schema(as = Origin)]
pub(crate) struct OriginResponse {
    source: Option<String>,
    page: Option<String>,
    referrer: Option<String>,
    utm_source: Option<String>,
    utm_medium: Option<String>,
    utm_campaign: Option<String>,
}

/// What a person agreed to, or did not.
#[derive(Serialize, ToSchema)]
#[schema(as = Consent)]
pub(crate) struct ConsentResponse {
    given: bool,
    /// The words that the person was shown.
    text: Option<String>,
    at: Timestamp,
}

impl From<&User> for UserResponse {
    fn from(user: &User) -> Self {
        let consent = user.consent.as_ref();
        Self {
            id: user.id.as_uuid(),
            bot_id: user.bot_id.as_uuid(),
            name: user.name.clone(),
            email: user.email.as_ref().map(ToString::to_string),
            phone: user.phone.as_ref().map(ToString::to_string),
            language: user.language.to_string(),
            first_origin: OriginResponse::from(&user.first_origin),
            last_origin: OriginResponse::from(&user.last_origin),
            consent: consent.map(|consent| ConsentResponse {
                given: consent.given,
                text: consent.text.clone(),
                at: consent.at,
            }),
            fields: user.fields.clone().into(),
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

impl From<&Origin> for OriginResponse {
    fn from(origin: &Origin) -> Self {
        let Origin { source, page, referrer, utm_source, utm_medium, utm_campaign } = origin.clone();
        Self { source, page, referrer, utm_source, utm_medium, utm_campaign }
    }
}

/// What was deleted about a user.
#[derive(Serialize, ToSchema)]
#[schema(as = ErasureReceipt)]
pub(crate) struct ReceiptResponse {
    user_id: Uuid,
    identities: usize,
    /// Tickets whose texts were removed; the bare tickets stay.
    tickets: usize,
    notifications: usize,
    captured_mails: usize,
    /// Answers kept for equal calls.
    answers: usize,
    /// Calls in quarantine that named it.
    quarantined: usize,
    /// Messages of its conversation.
    messages: usize,
}

impl ReceiptResponse {
    pub(crate) fn new(id: UserId, receipt: ErasureReceipt) -> Self {
        let ErasureReceipt {
            identities,
            tickets,
            notifications,
            captured_mails,
            answers,
            quarantined,
            messages,
        } = receipt;
        let user_id = id.as_uuid();
        Self { user_id, identities, tickets, notifications, captured_mails, answers, quarantined, messages }
    }
}

/// The parameters of the list.
pub(crate) const FILTERS: &[&str] = &["q", "origin", "bot", "created_after", "created_before"];

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let asked = Parameters::read(&request, FILTERS)?;
        let page = asked.page()?;
        let filter = UserFilter {
            needle: asked.text("q").and_then(Needle::for_users),
            origin: asked.text("origin").map(str::to_owned),
            bot_id: asked.value("bot")?,
            created: asked.span("created")?,
        };
        let storage = call.storage();
        let found = call
            .run(async move { consult(&*storage, async |tx| tx.users().page(&filter, page).await).await })
            .await??;
        let listed = Listed::<UserResponse>::new(found, page, |user: &User| user.id.as_uuid());
        Ok(json(StatusCode::OK, &listed))
    })
    .await
}

pub(super) async fn get(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let user = find(call).await?;
        Ok(json(StatusCode::OK, &UserResponse::from(&user)))
    })
    .await
}

async fn find(call: &Call<'_>) -> Result<User, ApiError> {
    let (id, storage) = (user_id(call)?, call.storage());
    let found = call.run(async move { consult(&*storage, async |tx| tx.users().find(id).await).await });
    found.await??.ok_or(ApiError::NotFound("user"))
}

fn user_id(call: &Call<'_>) -> Result<UserId, ApiError> {
    path(call.request, "id", "user")
}

pub(super) async fn timeline(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let export = exported(call).await?;
        Ok(json(StatusCode::OK, &TimelineResponse::of_user(&export)))
    })
    .await
}

pub(super) async fn export(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let export = exported(call).await?;
        Ok(json(StatusCode::OK, &UserExportResponse::from(&export)))
    })
    .await
}

async fn exported(call: &Call<'_>) -> Result<application::users::UserExport, ApiError> {
    let (which, storage) = (WhichUser::Id(user_id(call)?), call.storage());
    let export = call.run(async move { ExportUser { storage }.execute(&which).await });
    export.await??.ok_or(ApiError::NotFound("user"))
}

pub(super) async fn erase(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let id = user_id(call)?;
        let erase = EraseUser { audit: call.audit(), storage: call.storage(), clock: call.clock() };
        let receipt = call.run(async move { erase.execute(&WhichUser::Id(id)).await }).await??;
        let receipt = receipt.ok_or(ApiError::NotFound("user"))?;
        Ok(json(StatusCode::OK, &ReceiptResponse::new(id, receipt)))
    })
    .await
}
