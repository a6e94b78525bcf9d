//! `/api/v1/agents`: who works here.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::consult,
    staff::{AgentChange, ChangeAgent, StaffError},
};
use domain::{
    agent::{Role, StaffMember},
    ids::AgentId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    call::{Call, answer, done, json},
    error::ApiError,
    reading::{Listed, body, parsed, path},
};

/// A member of staff.
#[derive(Serialize, ToSchema)]
#[schema(as = Agent)]
pub(crate) struct AgentResponse {
    id: Uuid,
    /// What it signs in with.
    email: String,
    /// `viewer`, `agent` or `admin`.
    role: &'static str,
    /// Whether a code is asked for beside the password.
    second_factor: bool,
    created_at: Timestamp,
    /// Since when it may not sign in; `null` while it may.
    deactivated_at: Option<Timestamp>,
}

impl AgentResponse {
    pub(crate) fn new(member: &StaffMember, with_second_factor: &[AgentId]) -> Self {
        Self {
            second_factor: with_second_factor.contains(&member.id),
            id: member.id.as_uuid(),
            email: member.email.clone(),
            role: member.role.as_str(),
            created_at: member.created_at,
            deactivated_at: member.deactivated_at,
        }
    }
}

/// What a new member of staff is to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = AgentRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgentRequest {
    email: String,
    /// What it signs in with at first.
    password: String,
    /// `viewer`, `agent` or `admin`.
    role: String,
}

/// What changes of a member of staff: what is not given stays as it is.
#[derive(Deserialize, ToSchema)]
#[schema(as = AgentPatch)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgentPatch {
    /// `viewer`, `agent` or `admin`.
    role: Option<String>,
    /// Whether it may sign in.
    active: Option<bool>,
}

pub(super) async fn list(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let (members, with_second_factor) = all(call).await?;
        let shown = members.iter().map(|member| AgentResponse::new(member, &with_second_factor));
        Ok(json(StatusCode::OK, &Listed::all(shown.collect())))
    })
    .await
}

pub(super) async fn get(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Admin, async |call| shown(call, StatusCode::OK, id(call)?).await).await
}

pub(super) async fn create(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let AgentRequest { email, password, role } = body(&request, payload).await?;
        let role = parsed("role", &role)?;
        let (add, admin) = (call.state().add_agent(call.audit()), call.agent().clone());
        let added = call.run(async move { add.execute(&admin, &email, password, role).await }).await??;
        shown(call, StatusCode::CREATED, added).await
    })
    .await
}

pub(super) async fn patch(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let AgentPatch { role, active } = body(&request, payload).await?;
        let role = role.as_deref().map(|text| parsed("role", text)).transpose()?;
        let id = id(call)?;
        change(call, id, AgentChange { role, active }).await?;
        shown(call, StatusCode::OK, id).await
    })
    .await
}

/// Whoever worked here stands in the history of tickets: it may not sign in any more, and is not forgotten.
pub(super) async fn deactivate(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        change(call, id(call)?, AgentChange { role: None, active: Some(false) }).await?;
        Ok(done())
    })
    .await
}

async fn change(call: &Call<'_>, id: AgentId, wanted: AgentChange) -> Result<(), ApiError> {
    let change = ChangeAgent { audit: call.audit(), storage: call.storage(), clock: call.clock() };
    let admin = call.agent().clone();
    Ok(call.run(async move { change.execute(&admin, id, wanted).await }).await??)
}

fn id(call: &Call<'_>) -> Result<AgentId, ApiError> {
    path(call.request, "id", "agent")
}

/// All members, and those of them with a second factor.
async fn all(call: &Call<'_>) -> Result<(Vec<StaffMember>, Vec<AgentId>), ApiError> {
    let storage = call.storage();
    let look = async move {
        consult(&*storage, async |tx| Ok((tx.agents().all().await?, tx.second_factors().confirmed().await?)))
            .await
    };
    Ok(call.run(look).await??)
}

async fn shown(call: &Call<'_>, status: StatusCode, id: AgentId) -> Result<HttpResponse, ApiError> {
    let (members, with_second_factor) = all(call).await?;
    let member = members.iter().find(|member| member.id == id).ok_or(ApiError::NotFound("agent"))?;
    Ok(json(status, &AgentResponse::new(member, &with_second_factor)))
}

impl From<StaffError> for ApiError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::NotAllowed => Self::Forbidden(Role::Admin),
            StaffError::Unknown => Self::NotFound("agent"),
            StaffError::Email => Self::invalid("email", "invalid", error.to_string()),
            StaffError::Password | StaffError::WrongPassword => {
                Self::invalid("password", "invalid", error.to_string())
            }
            StaffError::UnknownToken(_) => Self::NotFound("token"),
            StaffError::EmailTaken
            | StaffError::LastAdmin
            | StaffError::WrongCode
            | StaffError::SecondFactorIsOn
            | StaffError::NoSecondFactor
            | StaffError::NoVault => Self::Conflict(error.to_string()),
            StaffError::Hash(error) => Self::Hash(error),
            StaffError::Storage(error) => error.into(),
        }
    }
}
