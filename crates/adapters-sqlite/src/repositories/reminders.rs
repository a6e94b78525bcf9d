//! What waits, and whom that was told.

use application::ports::{ReminderRepository, StorageError};
use async_trait::async_trait;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use domain::{
    ids::{NotificationId, TicketId, first_uuid_at},
    ledger::day_number,
    reminder::{Backlog, OverdueTicket},
    topic::Slug,
};
use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::{
    backlog::{IS_WAITING, backlog},
    columns::{At, Id},
    schema::{digests, tickets},
    unit_of_work::SqliteUnitOfWork,
};

/// The plus keeps SQLite from taking the index of statuses, which knows nothing of what was told again.
const IS_OPEN: &str = "+status = 'open'";

#[async_trait]
impl ReminderRepository for SqliteUnitOfWork {
    async fn backlog(&mut self, topic: &Slug, limit: u16) -> Result<Backlog, StorageError> {
        let topic = topic.to_string();
        self.run(move |connection| Ok(backlog(connection, &topic, limit)?)).await
    }

    async fn note_digest(
        &mut self,
        topic: &Slug,
        day: Date,
        notification: NotificationId,
    ) -> Result<bool, StorageError> {
        let (topic, day) = (topic.to_string(), day_number(day));
        self.run(move |connection| {
            let digest = (
                digests::topic.eq(topic),
                digests::day.eq(day),
                digests::notification_id.eq(Id::from(notification)),
            );
            let insert = diesel::insert_into(digests::table).values(digest).on_conflict_do_nothing();
            Ok(insert.execute(connection)? > 0)
        })
        .await
    }

    async fn overdue(
        &mut self,
        topic: &Slug,
        opened_until: Timestamp,
        limit: u16,
    ) -> Result<Vec<OverdueTicket>, StorageError> {
        let topic = topic.to_string();
        // An id of the last millisecond may be greater than the first of it.
        let end = opened_until.checked_add(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MAX);
        self.run(move |connection| {
            let rows: Vec<(Id, Option<Id>)> = tickets::table
                .filter(tickets::topic.eq(topic))
                .filter(tickets::escalated_at.is_null())
                .filter(sql::<Bool>(IS_WAITING))
                .filter(sql::<Bool>(IS_OPEN))
                .filter(tickets::id.lt(Id::from(first_uuid_at(end))))
                .filter(tickets::created_at.le(At(opened_until)))
                .order(tickets::id)
                .limit(limit.into())
                .select((tickets::id, tickets::user_id))
                .load(connection)?;
            let overdue =
                |(id, user): (Id, Option<Id>)| OverdueTicket { id: id.into(), user_id: user.map(Into::into) };
            Ok(rows.into_iter().map(overdue).collect())
        })
        .await
    }

    async fn note_escalated(&mut self, told: &[TicketId], at: Timestamp) -> Result<(), StorageError> {
        let told: Vec<Id> = told.iter().copied().map(Id::from).collect();
        self.run(move |connection| {
            for id in told {
                let ticket = diesel::update(tickets::table.find(id));
                ticket.set(tickets::escalated_at.eq(Some(At(at)))).execute(connection)?;
            }
            Ok(())
        })
        .await
    }
}
