//! `/api/v1/users/{id}/merge`

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Payload};
use application::{
    ports::Belongings,
    users::{MergeUsers, MergeUsersError, Merger, WhichUser},
};
use domain::{agent::Role, ids::UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{UserResponse, user_id};
use crate::api::{
    call::{answer, json},
    error::ApiError,
    reading::body,
};

/// With whom a user is merged.
#[derive(Deserialize, ToSchema)]
#[schema(as = MergeRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeRequest {
    /// The user that is given up. The one in the path is kept.
    user_id: Uuid,
    /// Only answers what would come of it.
    #[serde(default)]
    dry_run: bool,
}

/// What came, or would come, of merging two users.
#[derive(Serialize, ToSchema)]
#[schema(as = Merger)]
pub(crate) struct MergerResponse {
    /// The user that is kept, as it is then.
    user: UserResponse,
    given_up: Uuid,
    /// Identities that were given to the one that is kept.
    identities: usize,
    /// Its tickets.
    tickets: usize,
    /// Notifications about it.
    notifications: usize,
    /// Whether a second welcome that waited is not sent.
    welcome_cancelled: bool,
}

impl From<&Merger> for MergerResponse {
    fn from(merger: &Merger) -> Self {
        let Belongings { identities, tickets, notifications } = merger.given;
        Self {
            user: UserResponse::from(&merger.merged),
            given_up: merger.given_up.id.as_uuid(),
            identities,
            tickets,
            notifications,
            welcome_cancelled: merger.second_welcome.is_some(),
        }
    }
}

impl From<MergeUsersError> for ApiError {
    fn from(error: MergeUsersError) -> Self {
        match error {
            MergeUsersError::Unknown => Self::NotFound("user"),
            MergeUsersError::UnknownOther => Self::invalid("user_id", "unknown", error.to_string()),
            MergeUsersError::Same => Self::invalid("user_id", "invalid", error.to_string()),
            MergeUsersError::Changed => Self::PreconditionFailed,
            MergeUsersError::Storage(error) => error.into(),
        }
    }
}

pub(crate) async fn merge(request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&request, Role::Admin, async |call| {
        let kept = WhichUser::Id(user_id(call)?);
        let MergeRequest { user_id, dry_run } = body(&request, payload).await?;
        let given_up = WhichUser::Id(UserId::from_uuid(user_id));
        let merge = MergeUsers { audit: call.audit(), storage: call.storage(), clock: call.clock() };
        let merger = call.run(async move {
            if dry_run {
                merge.preview(&given_up, &kept).await
            } else {
                merge.execute(&given_up, &kept, None).await
            }
        });
        Ok(json(StatusCode::OK, &MergerResponse::from(&merger.await??)))
    })
    .await
}
