//! What waits, and whom that was told.

use application::ports::{ReminderRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::RunQueryDsl;
use domain::{
    ids::{NotificationId, TicketId, first_uuid_at},
    reminder::{Backlog, OverdueTicket},
    topic::Slug,
};
use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::{
    backlog::backlog,
    columns::{At, Day, Id},
    schema::digests,
    statement::statement,
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl ReminderRepository for PgUnitOfWork {
    async fn backlog(&mut self, topic: &Slug, limit: u16) -> Result<Backlog, StorageError> {
        self.run(async |connection| Ok(backlog(connection, topic.as_str(), limit).await?)).await
    }

    async fn note_digest(
        &mut self,
        topic: &Slug,
        day: Date,
        notification: NotificationId,
    ) -> Result<bool, StorageError> {
        self.run(async |connection| {
            let digest = (
                digests::topic.eq(topic.as_str()),
                digests::day.eq(Day(day)),
                digests::notification_id.eq(Id::from(notification)),
            );
            let insert = diesel::insert_into(digests::table).values(digest).on_conflict_do_nothing();
            Ok(insert.execute(connection).await? > 0)
        })
        .await
    }

    async fn overdue(
        &mut self,
        topic: &Slug,
        opened_until: Timestamp,
        limit: u16,
    ) -> Result<Vec<OverdueTicket>, StorageError> {
        // An id of the last millisecond may be greater than the first of it.
        let end = opened_until.checked_add(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MAX);
        self.run(async |connection| {
            // As an expression, the status keeps PostgreSQL from taking the index of statuses, which knows nothing of
            // what was told again.
            let overdue: Vec<Overdue> = statement(
                "SELECT id, user_id FROM tickets
                 WHERE topic = $1 AND escalated_at IS NULL AND status IN ('open', 'pending') AND status || '' = 'open'
                   AND id < $2 AND created_at <= $3
                 ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED",
            )
            .bind::<Text, _>(topic.as_str())
            .bind::<Uuid, _>(Id::from(first_uuid_at(end)))
            .bind::<Timestamptz, _>(At(opened_until))
            .bind::<BigInt, _>(i64::from(limit))
            .load(connection)
            .await?;
            let overdue = overdue.into_iter().map(|ticket| OverdueTicket {
                id: ticket.id.into(),
                user_id: ticket.user_id.map(Into::into),
            });
            Ok(overdue.collect())
        })
        .await
    }

    async fn note_escalated(&mut self, told: &[TicketId], at: Timestamp) -> Result<(), StorageError> {
        let told: Vec<Id> = told.iter().copied().map(Id::from).collect();
        self.run(async |connection| {
            statement("UPDATE tickets SET escalated_at = $2 WHERE id = ANY ($1)")
                .bind::<Array<Uuid>, _>(told)
                .bind::<Timestamptz, _>(At(at))
                .execute(connection)
                .await?;
            Ok(())
        })
        .await
    }
}

#[derive(QueryableByName)]
struct Overdue {
    #[diesel(sql_type = Uuid)]
    id: Id,
    #[diesel(sql_type = Nullable<Uuid>)]
    user_id: Option<Id>,
}
