//! `/api/v1/ledger`

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use application::ports::consult;
use domain::{
    agent::Role,
    intake::IntakeOutcome,
    ledger::{Imbalance, LedgerCounts},
    notification::NotificationStatus,
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    call::{answer, json},
    reading::path,
};

/// What the calls of a UTC day made, held against what there is.
#[derive(Serialize, ToSchema)]
#[schema(as = LedgerDay)]
pub(crate) struct LedgerResponse {
    /// The day of receipt.
    day: String,
    /// How many calls arrived: the sum of their outcomes.
    received: u64,
    /// How many calls had each outcome.
    outcomes: BTreeMap<&'static str, u64>,
    /// How many users, tickets and notifications were made.
    made: MadeResponse,
    /// How many of them there are, with those that were erased or retired.
    found: MadeResponse,
    /// Where the notifications stand that were planned.
    notifications: BTreeMap<&'static str, u64>,
    /// Whether everything that was made is there.
    balanced: bool,
    /// What is missing or too much.
    missing: Vec<MissingResponse>,
}

/// How many there are of each.
#[derive(Serialize, ToSchema)]
#[schema(as = LedgerRows)]
pub(crate) struct MadeResponse {
    users: u64,
    tickets: u64,
    notifications: u64,
}

/// A kind of row of which there are more or fewer than were made.
#[derive(Serialize, ToSchema)]
#[schema(as = LedgerMissing)]
pub(crate) struct MissingResponse {
    /// `users`, `tickets` or `notifications`.
    what: &'static str,
    made: u64,
    found: u64,
}

impl From<Imbalance> for MissingResponse {
    fn from(Imbalance { entity, made, found }: Imbalance) -> Self {
        Self { what: entity.as_str(), made, found }
    }
}

impl LedgerResponse {
    pub(crate) fn new(day: Date, counts: &LedgerCounts) -> Self {
        let outcomes = IntakeOutcome::ALL
            .iter()
            .map(|outcome| (outcome.as_str(), counts.outcomes.get(outcome).copied().unwrap_or_default()));
        let statuses = NotificationStatus::ALL
            .iter()
            .map(|status| (status.as_str(), counts.notifications.get(status).copied().unwrap_or_default()));
        let made = counts.made;
        Self {
            day: day.to_string(),
            received: counts.received(),
            outcomes: outcomes.collect(),
            made: MadeResponse {
                users: made.users,
                tickets: made.tickets,
                notifications: made.notifications,
            },
            found: MadeResponse {
                users: counts.users,
                tickets: counts.tickets,
                notifications: counts.planned(),
            },
            notifications: statuses.collect(),
            balanced: counts.is_balanced(),
            missing: counts.imbalances().into_iter().map(MissingResponse::from).collect(),
        }
    }
}

pub(super) async fn day(request: HttpRequest) -> HttpResponse {
    answer(&request, Role::Viewer, async |call| {
        let day: Date = path(&request, "day", "day")?;
        let storage = call.storage();
        let counts = call
            .run(async move { consult(&*storage, async |tx| tx.ledger().day(day).await).await })
            .await??;
        Ok(json(StatusCode::OK, &LedgerResponse::new(day, &counts)))
    })
    .await
}
