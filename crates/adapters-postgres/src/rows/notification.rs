//! Notifications, attempts, and mail that was captured.

use application::ports::CapturedMail;
use diesel::{
    prelude::*,
    sql_types::{Array, Nullable, Text, Timestamptz, Uuid},
};
use domain::notification::{
    Attempt, NewNotification, Notification, NotificationStatus, OutcomeKind, Purpose,
};

use super::ChannelRow;
use crate::{
    columns::{At, Id, Named},
    schema::{attempts, captured_mails, notifications},
    statement::{Statement, column},
};

/// A count as the domain has it. Counts are far below its greatest value, where they would stop.
pub(crate) fn small(count: i32) -> u16 {
    u16::try_from(count).unwrap_or(if count < 0 { 0 } else { u16::MAX })
}

/// A notification that waits for its first attempt.
pub(crate) struct NewNotificationRow {
    pub(crate) id: Id,
    pub(crate) purpose: Named<Purpose>,
    pub(crate) channel_id: Id,
    pub(crate) user_id: Option<Id>,
    pub(crate) ticket_id: Option<Id>,
    pub(crate) request_id: Id,
    pub(crate) due_at: At,
    pub(crate) created_at: At,
}

impl NewNotificationRow {
    /// Binds a set as the next eight values, in the order of the columns here.
    pub(crate) fn bind<'f>(rows: &[Self], to: Statement<'f>) -> Statement<'f> {
        to.bind::<Array<Uuid>, _>(column(rows, |row| row.id))
            .bind::<Array<Text>, _>(column(rows, |row| row.purpose))
            .bind::<Array<Uuid>, _>(column(rows, |row| row.channel_id))
            .bind::<Array<Nullable<Uuid>>, _>(column(rows, |row| row.user_id))
            .bind::<Array<Nullable<Uuid>>, _>(column(rows, |row| row.ticket_id))
            .bind::<Array<Uuid>, _>(column(rows, |row| row.request_id))
            .bind::<Array<Timestamptz>, _>(column(rows, |row| row.due_at))
            .bind::<Array<Timestamptz>, _>(column(rows, |row| row.created_at))
    }
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
            due_at: At(new.due_at),
            created_at: At(new.created_at),
        }
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
    pub(crate) status: Named<NotificationStatus>,
    pub(crate) due_at: At,
    pub(crate) attempts: i32,
    pub(crate) retried_after: i32,
    pub(crate) unknowns: i32,
    pub(crate) possible_duplicate: bool,
    instead_of: Option<Id>,
    pub(crate) created_at: At,
}

impl NotificationRow {
    pub(crate) fn over(self, channel: &ChannelRow, claim: Claim) -> Notification {
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
            status: claim.status(self.status.0),
            due_at: self.due_at.0,
            attempts: small(self.attempts),
            possible_duplicate: self.possible_duplicate,
            created_at: self.created_at.0,
        }
    }
}

/// What a worker has of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// Nothing.
    None,
    /// It was handed over.
    HandedOver,
    /// It is being sent.
    Sending,
}

impl Claim {
    /// Where a notification stands whose row says `written`.
    const fn status(self, written: NotificationStatus) -> NotificationStatus {
        match self {
            Self::None => written,
            Self::HandedOver => NotificationStatus::Queued,
            Self::Sending => NotificationStatus::Sending,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = attempts)]
pub(crate) struct AttemptRow {
    pub(crate) number: i32,
    pub(crate) opened_at: At,
    pub(crate) closed_at: Option<At>,
    pub(crate) outcome: Option<Named<OutcomeKind>>,
    pub(crate) code: Option<i32>,
    pub(crate) answer: Option<String>,
    pub(crate) provider_id: Option<String>,
    pub(crate) elapsed_us: Option<i64>,
    pub(crate) mimicked: bool,
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

#[derive(Insertable, AsChangeset, Queryable, QueryableByName, Selectable)]
#[diesel(table_name = captured_mails, primary_key(notification_id))]
pub(crate) struct CapturedMailRow {
    pub(crate) notification_id: Id,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) message: Vec<u8>,
    pub(crate) captured_at: At,
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
