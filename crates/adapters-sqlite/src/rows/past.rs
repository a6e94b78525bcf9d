//! Notifications that were over when they were first written.

use application::ports::PastNotification;
use diesel::prelude::*;
use domain::notification::NotificationStatus;

use super::{AttemptRow, NewNotificationRow};
use crate::{
    columns::Id,
    schema::{attempts, notifications},
};

#[derive(Insertable)]
#[diesel(table_name = notifications, treat_none_as_default_value = false)]
pub(crate) struct PastNotificationRow {
    #[diesel(embed)]
    planned: NewNotificationRow,
    attempts: i32,
    unknowns: i32,
    possible_duplicate: bool,
}

impl From<&PastNotification> for PastNotificationRow {
    fn from(past: &PastNotification) -> Self {
        let is_unknown = past.status == NotificationStatus::Unknown;
        Self {
            planned: NewNotificationRow::over(&past.planned, past.status),
            attempts: i32::from(past.attempt.is_some()),
            unknowns: i32::from(is_unknown),
            possible_duplicate: is_unknown,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = attempts, treat_none_as_default_value = false)]
pub(crate) struct PastAttemptRow {
    notification_id: Id,
    worker_id: Id,
    #[diesel(embed)]
    attempt: AttemptRow,
}

impl PastAttemptRow {
    /// None of a notification that was never tried.
    pub(crate) fn of(past: &PastNotification) -> Option<Self> {
        let (worker, attempt) = past.attempt.as_ref()?;
        let notification_id = past.planned.id.into();
        Some(Self { notification_id, worker_id: (*worker).into(), attempt: attempt.into() })
    }
}
