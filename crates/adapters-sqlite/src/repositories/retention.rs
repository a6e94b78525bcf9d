//! What deletes old rows.

use application::ports::{RetentionRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use domain::{ids::first_uuid_at, intake::IntakeOutcome, ledger::Made, notification::NotificationStatus};
use jiff::Timestamp;

use crate::{
    columns::{At, Id, Named},
    delivery::open_attempt,
    rows::small,
    schema::{attempts, captured_mails, digests, intake, messages, notifications, quarantine},
    totals::Totals,
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl RetentionRepository for SqliteUnitOfWork {
    async fn retire_notifications(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError> {
        self.run(move |connection| {
            let rows: Vec<(Id, Named<NotificationStatus>, At)> = notifications::table
                .filter(notifications::id.lt(Id::from(first_uuid_at(before))))
                .filter(notifications::created_at.lt(At(before)))
                .filter(notifications::next_at.is_null())
                .filter(not(exists(open_attempt())))
                .order(notifications::id)
                .limit(limit.into())
                .select((notifications::id, notifications::status, notifications::created_at))
                .load(connection)?;
            let mut totals = Totals::default();
            for (id, status, made_at) in &rows {
                totals.notification(*made_at, status.0);
                delete_notification(connection, *id)?;
            }
            totals.write(connection)?;
            Ok(rows.len())
        })
        .await
    }

    async fn retire_intake(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError> {
        self.run(move |connection| {
            let rows: Vec<Call> = intake::table
                .filter(intake::request_id.lt(Id::from(first_uuid_at(before))))
                .filter(intake::received_at.lt(At(before)))
                .order(intake::request_id)
                .limit(limit.into())
                .select((
                    intake::request_id,
                    intake::outcome,
                    intake::users_made,
                    intake::tickets_made,
                    intake::notifications_made,
                    intake::received_at,
                ))
                .load(connection)?;
            let mut totals = Totals::default();
            for call in &rows {
                totals.call(call.received_at, call.outcome.0);
                totals.made(call.received_at, call.made());
                diesel::delete(intake::table.find(call.id)).execute(connection)?;
            }
            totals.write(connection)?;
            Ok(rows.len())
        })
        .await
    }

    async fn retire_quarantine(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError> {
        self.run(move |connection| {
            let closed: Vec<Id> = quarantine::table
                .filter(quarantine::closed_at.lt(At(before)))
                .order(quarantine::closed_at)
                .limit(limit.into())
                .select(quarantine::request_id)
                .load(connection)?;
            for id in &closed {
                diesel::delete(quarantine::table.find(id)).execute(connection)?;
            }
            Ok(closed.len())
        })
        .await
    }

    async fn retire_messages(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError> {
        self.run(move |connection| {
            let old: Vec<Id> = messages::table
                .filter(messages::id.lt(Id::from(first_uuid_at(before))))
                .filter(messages::sent_at.lt(At(before)))
                .order(messages::id)
                .limit(limit.into())
                .select(messages::id)
                .load(connection)?;
            for id in &old {
                diesel::delete(messages::table.find(id)).execute(connection)?;
            }
            Ok(old.len())
        })
        .await
    }
}

/// What the ledger has to know of a call.
#[derive(Queryable)]
struct Call {
    id: Id,
    outcome: Named<IntakeOutcome>,
    users_made: i32,
    tickets_made: i32,
    notifications_made: i32,
    received_at: At,
}

impl Call {
    fn made(&self) -> Made {
        Made {
            users: small(self.users_made).into(),
            tickets: small(self.tickets_made).into(),
            notifications: small(self.notifications_made).into(),
        }
    }
}

fn delete_notification(connection: &mut SqliteConnection, id: Id) -> QueryResult<()> {
    diesel::delete(attempts::table.filter(attempts::notification_id.eq(id))).execute(connection)?;
    diesel::delete(captured_mails::table.find(id)).execute(connection)?;
    diesel::delete(digests::table.filter(digests::notification_id.eq(id))).execute(connection)?;
    diesel::delete(notifications::table.find(id)).execute(connection)?;
    Ok(())
}
