//! Notifications, attempts, and mail that was captured.

use application::ports::CapturedMail;
use diesel::prelude::*;
use domain::notification::{
    Attempt, NewNotification, Notification, NotificationStatus, OutcomeKind, Purpose,
};

use super::ChannelRow;
use crate::{
    columns::{At, Id, Named},
    schema::{attempts, captured_mails, notifications},
};

/// A count as the domain has it. Counts are far below its greatest value, where they would stop.
pub(crate) fn small(count: i32) -> u16 {
    u16::try_from(count).unwrap_or(if count < 0 { 0 } else { u16::MAX })
}

#[derive(Insertable)]
#[diesel(table_name = notifications, treat_none_as_default_value = false)]
pub(crate) struct NewNotificationRow {
    id: Id,
    purpose: Named<Purpose>,
    channel_id: Id,
    user_id: Option<Id>,
    ticket_id: Option<Id>,
    request_id: Id,
    status: Named<NotificationStatus>,
    due_at: At,
    next_at: Option<At>,
    created_at: At,
}

impl From<&NewNotification> for NewNotificationRow {
    fn from(new: &NewNotification) -> Self {
        Self {
            id: new.id.into(),
            purpose: Named(new.purpose),
            channel_id: new.channel_id.into(),
            user_id: new.user_id.map(Id::from),
            ticket_id: new.ticket_id.map(Id::from),
            request_id: new.request_id.into(),
            status: Named(NotificationStatus::Scheduled),
            due_at: At(new.due_at),
            next_at: Some(At(new.due_at)),
            created_at: At(new.created_at),
        }
    }
}

impl NewNotificationRow {
    /// That of a notification of which nothing more is to happen.
    pub(super) fn over(planned: &NewNotification, status: NotificationStatus) -> Self {
        Self { status: Named(status), next_at: None, ..Self::from(planned) }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notifications)]
pub(crate) struct NotificationRow {
    pub(crate) id: Id,
    pub(crate) purpose: Named<Purpose>,
    pub(crate) channel_id: Id,
    pub(crate) user_id: Option<Id>,
    pub(crate) ticket_id: Option<Id>,
    pub(crate) request_id: Id,
    status: Named<NotificationStatus>,
    pub(crate) due_at: At,
    pub(crate) next_at: Option<At>,
    claimed_by: Option<Id>,
    pub(crate) attempts: i32,
    pub(crate) retried_after: i32,
    pub(crate) unknowns: i32,
    pub(crate) possible_duplicate: bool,
    pub(crate) instead_of: Option<Id>,
    created_at: At,
}

impl NotificationRow {
    /// Where it stands: two states are not written.
    fn status(&self, is_being_sent: bool) -> NotificationStatus {
        match (self.next_at, self.claimed_by) {
            _ if is_being_sent => NotificationStatus::Sending,
            (Some(_), Some(_)) => NotificationStatus::Queued,
            _ => self.status.0,
        }
    }

    pub(crate) fn over(self, channel: &ChannelRow, is_being_sent: bool) -> Notification {
        Notification {
            id: self.id.into(),
            purpose: self.purpose.0,
            channel_id: self.channel_id.into(),
            channel: channel.name.clone(),
            kind: channel.kind.0,
            user_id: self.user_id.map(Into::into),
            ticket_id: self.ticket_id.map(Into::into),
            request_id: self.request_id.into(),
            instead_of: self.instead_of.map(Into::into),
            status: self.status(is_being_sent),
            due_at: self.due_at.0,
            attempts: small(self.attempts),
            possible_duplicate: self.possible_duplicate,
            created_at: self.created_at.0,
        }
    }
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = attempts, treat_none_as_default_value = false)]
pub(crate) struct AttemptRow {
    number: i32,
    opened_at: At,
    closed_at: Option<At>,
    outcome: Option<Named<OutcomeKind>>,
    code: Option<i32>,
    answer: Option<String>,
    provider_id: Option<String>,
    elapsed_us: Option<i64>,
    mimicked: bool,
}

impl From<&Attempt> for AttemptRow {
    fn from(attempt: &Attempt) -> Self {
        Self {
            number: attempt.number.into(),
            opened_at: At(attempt.opened_at),
            closed_at: attempt.closed_at.map(At),
            outcome: attempt.outcome.map(Named),
            code: attempt.code.map(i32::from),
            answer: attempt.answer.clone(),
            provider_id: attempt.provider_id.clone(),
            elapsed_us: attempt.elapsed_us.map(u64::cast_signed),
            mimicked: attempt.mimicked,
        }
    }
}

impl From<AttemptRow> for Attempt {
    fn from(row: AttemptRow) -> Self {
        Self {
            number: small(row.number),
            opened_at: row.opened_at.0,
            closed_at: row.closed_at.map(|at| at.0),
            outcome: row.outcome.map(|outcome| outcome.0),
            code: row.code.map(small),
            answer: row.answer,
            provider_id: row.provider_id,
            elapsed_us: row.elapsed_us.map(i64::cast_unsigned),
            mimicked: row.mimicked,
        }
    }
}

#[derive(Insertable, AsChangeset, Queryable, Selectable)]
#[diesel(table_name = captured_mails, primary_key(notification_id))]
pub(crate) struct CapturedMailRow {
    notification_id: Id,
    recipient: String,
    subject: String,
    message: Vec<u8>,
    captured_at: At,
}

impl From<&CapturedMail> for CapturedMailRow {
    fn from(mail: &CapturedMail) -> Self {
        Self {
            notification_id: mail.notification_id.into(),
            recipient: mail.recipient.clone(),
            subject: mail.subject.clone(),
            message: mail.message.clone(),
            captured_at: At(mail.captured_at),
        }
    }
}

impl From<CapturedMailRow> for CapturedMail {
    fn from(row: CapturedMailRow) -> Self {
        Self {
            notification_id: row.notification_id.into(),
            recipient: row.recipient,
            subject: row.subject,
            message: row.message,
            captured_at: row.captured_at.0,
        }
    }
}
