//! What deletes old rows.

use application::ports::{RetentionRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Integer, Text, Timestamptz, Uuid},
};
use diesel_async::RunQueryDsl;
use domain::{ids::first_uuid_at, intake::IntakeOutcome, ledger::Made, notification::NotificationStatus};
use jiff::Timestamp;

use crate::{
    columns::{At, Id, Named},
    rows::small,
    statement::statement,
    totals::Totals,
    unit_of_work::PgUnitOfWork,
};

/// What is to be deleted is named in arrays: joined as a set of unknown size, it would have whole tables read.
#[async_trait]
impl RetentionRepository for PgUnitOfWork {
    async fn retire_notifications(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError> {
        self.run(async |connection| {
            let retired: Vec<Notification> = statement(
                "WITH old AS (
                     SELECT id FROM notifications
                     WHERE id < $1 AND created_at < $2 AND next_at IS NULL
                       AND NOT EXISTS (SELECT FROM claims WHERE notification_id = id)
                     ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
                 ), tried AS (
                     DELETE FROM attempts WHERE notification_id = ANY (ARRAY(SELECT id FROM old))
                 ), captured AS (
                     DELETE FROM captured_mails WHERE notification_id = ANY (ARRAY(SELECT id FROM old))
                 ), digested AS (
                     DELETE FROM digests WHERE notification_id = ANY (ARRAY(SELECT id FROM old))
                 )
                 DELETE FROM notifications WHERE id = ANY (ARRAY(SELECT id FROM old))
                 RETURNING status, created_at",
            )
            .bind::<Uuid, _>(Id::from(first_uuid_at(before)))
            .bind::<Timestamptz, _>(At(before))
            .bind::<BigInt, _>(i64::from(limit))
            .load(connection)
            .await?;
            let mut totals = Totals::default();
            for notification in &retired {
                totals.notification(notification.created_at, notification.status.0);
            }
            totals.write(connection).await?;
            Ok(retired.len())
        })
        .await
    }

    async fn retire_intake(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError> {
        self.run(async |connection| {
            let retired: Vec<Call> = statement(
                "WITH old AS (
                     SELECT request_id FROM intake WHERE request_id < $1 AND received_at < $2
                     ORDER BY request_id LIMIT $3 FOR UPDATE SKIP LOCKED
                 )
                 DELETE FROM intake WHERE request_id = ANY (ARRAY(SELECT request_id FROM old))
                 RETURNING outcome, users_made, tickets_made, notifications_made, received_at",
            )
            .bind::<Uuid, _>(Id::from(first_uuid_at(before)))
            .bind::<Timestamptz, _>(At(before))
            .bind::<BigInt, _>(i64::from(limit))
            .load(connection)
            .await?;
            let mut totals = Totals::default();
            for call in &retired {
                totals.call(call.received_at, call.outcome.0);
                totals.made(call.received_at, call.made());
            }
            totals.write(connection).await?;
            Ok(retired.len())
        })
        .await
    }

    async fn retire_quarantine(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError> {
        self.run(async |connection| {
            let retired = statement(
                "WITH old AS (
                     SELECT request_id FROM quarantine WHERE closed_at < $1
                     ORDER BY closed_at LIMIT $2 FOR UPDATE SKIP LOCKED
                 )
                 DELETE FROM quarantine WHERE request_id = ANY (ARRAY(SELECT request_id FROM old))",
            );
            let retired = retired
                .bind::<Timestamptz, _>(At(before))
                .bind::<BigInt, _>(i64::from(limit))
                .execute(connection)
                .await?;
            Ok(retired)
        })
        .await
    }

    async fn retire_messages(&mut self, before: Timestamp, limit: u16) -> Result<usize, StorageError> {
        self.run(async |connection| {
            let retired = statement(
                "WITH old AS (
                     SELECT id FROM messages WHERE id < $1 AND sent_at < $2
                     ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
                 )
                 DELETE FROM messages WHERE id = ANY (ARRAY(SELECT id FROM old))",
            );
            let retired = retired
                .bind::<Uuid, _>(Id::from(first_uuid_at(before)))
                .bind::<Timestamptz, _>(At(before))
                .bind::<BigInt, _>(i64::from(limit))
                .execute(connection)
                .await?;
            Ok(retired)
        })
        .await
    }
}

/// What the ledger has to know of a notification.
#[derive(QueryableByName)]
struct Notification {
    #[diesel(sql_type = Text)]
    status: Named<NotificationStatus>,
    #[diesel(sql_type = Timestamptz)]
    created_at: At,
}

/// What the ledger has to know of a call.
#[derive(QueryableByName)]
struct Call {
    #[diesel(sql_type = Text)]
    outcome: Named<IntakeOutcome>,
    #[diesel(sql_type = Integer)]
    users_made: i32,
    #[diesel(sql_type = Integer)]
    tickets_made: i32,
    #[diesel(sql_type = Integer)]
    notifications_made: i32,
    #[diesel(sql_type = Timestamptz)]
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
