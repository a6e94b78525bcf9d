//! Notifications in the place of others.

use application::ports::{FallbackRepository, StorageError};
use async_trait::async_trait;
use diesel::{
    QueryableByName,
    prelude::*,
    sql_types::{Array, Nullable, Text, Uuid},
};
use diesel_async::RunQueryDsl;
use domain::{
    fallback::{Fallback, Undelivered},
    ids::{ChannelId, NotificationId},
    notification::{NotificationStatus, Purpose},
};

use crate::{
    columns::{Id, Named},
    error::inserted,
    rows::NewNotificationRow,
    schema::notifications,
    statement::{Statement, column, statement},
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl FallbackRepository for PgUnitOfWork {
    async fn undelivered(&mut self, ids: &[NotificationId]) -> Result<Vec<Undelivered>, StorageError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.run(async |connection| {
            let rows: Vec<UndeliveredRow> = statement(
                "WITH RECURSIVE tried AS (
                     SELECT id AS failed, channel_id, instead_of, 1 AS step FROM notifications
                     WHERE id = ANY ($1) AND status = $2 AND NOT EXISTS (
                         SELECT FROM notifications AS planned WHERE planned.instead_of = notifications.id
                     )
                     UNION ALL
                     SELECT tried.failed, before.channel_id, before.instead_of, tried.step + 1
                     FROM tried JOIN notifications AS before ON before.id = tried.instead_of
                 )
                 SELECT notifications.id, purpose, user_id, ticket_id, request_id,
                        (SELECT array_agg(tried.channel_id ORDER BY step) FROM tried
                         WHERE tried.failed = notifications.id) AS tried
                 FROM tried JOIN notifications ON notifications.id = tried.failed
                 WHERE tried.step = 1
                 ORDER BY notifications.id",
            )
            .bind::<Array<Uuid>, _>(column(ids, |id| Id::from(*id)))
            .bind::<Text, _>(Named(NotificationStatus::Failed))
            .load(connection)
            .await?;
            Ok(rows.into_iter().map(Undelivered::from).collect())
        })
        .await
    }

    async fn plan(&mut self, fallbacks: &[Fallback]) -> Result<(), StorageError> {
        if fallbacks.is_empty() {
            return Ok(());
        }
        self.run(async |connection| {
            let planned = insert(fallbacks).execute(connection).await?;
            inserted(planned, fallbacks.len(), "notifications_instead_of_key")?;
            let has = |purpose| fallbacks.iter().any(|fallback| fallback.planned.purpose == purpose);
            if has(Purpose::Digest) {
                hand_digests_over(fallbacks).execute(connection).await?;
            }
            if has(Purpose::Reply) {
                hand_replies_over(fallbacks).execute(connection).await?;
            }
            Ok(())
        })
        .await
    }

    async fn in_place_of(&mut self, id: NotificationId) -> Result<Option<NotificationId>, StorageError> {
        self.run(async |connection| {
            let planned = notifications::table.filter(notifications::instead_of.eq(Some(Id::from(id))));
            let found: Option<Id> =
                planned.select(notifications::id).get_result(connection).await.optional()?;
            Ok(found.map(NotificationId::from))
        })
        .await
    }
}

fn insert(fallbacks: &[Fallback]) -> Statement<'_> {
    let rows = column(fallbacks, |fallback| NewNotificationRow::from(&fallback.planned));
    let insert = statement(
        "INSERT INTO notifications (id, purpose, channel_id, user_id, ticket_id, request_id, status, due_at, next_at,
                                    created_at, instead_of)
         SELECT id, purpose, channel_id, user_id, ticket_id, request_id, $10, due_at, due_at, created_at, instead_of
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
             AS new (id, purpose, channel_id, user_id, ticket_id, request_id, due_at, created_at, instead_of)
         ON CONFLICT DO NOTHING",
    );
    NewNotificationRow::bind(&rows, insert)
        .bind::<Array<Uuid>, _>(column(fallbacks, |fallback| Id::from(fallback.instead_of)))
        .bind::<Text, _>(Named(NotificationStatus::Scheduled))
}

/// What a digest says hangs on its notification.
fn hand_digests_over(fallbacks: &[Fallback]) -> Statement<'_> {
    statement(
        "UPDATE digests SET notification_id = given.id FROM unnest($1, $2) AS given (id, instead_of)
         WHERE digests.notification_id = given.instead_of",
    )
    .bind::<Array<Uuid>, _>(column(fallbacks, |fallback| Id::from(fallback.planned.id)))
    .bind::<Array<Uuid>, _>(column(fallbacks, |fallback| Id::from(fallback.instead_of)))
}

/// What a reply says hangs on its notification, too.
fn hand_replies_over(fallbacks: &[Fallback]) -> Statement<'_> {
    statement(
        "UPDATE messages SET notification_id = given.id FROM unnest($1, $2) AS given (id, instead_of)
         WHERE messages.notification_id = given.instead_of",
    )
    .bind::<Array<Uuid>, _>(column(fallbacks, |fallback| Id::from(fallback.planned.id)))
    .bind::<Array<Uuid>, _>(column(fallbacks, |fallback| Id::from(fallback.instead_of)))
}

#[derive(QueryableByName)]
struct UndeliveredRow {
    #[diesel(sql_type = Uuid)]
    id: Id,
    #[diesel(sql_type = Text)]
    purpose: Named<Purpose>,
    #[diesel(sql_type = Nullable<Uuid>)]
    user_id: Option<Id>,
    #[diesel(sql_type = Nullable<Uuid>)]
    ticket_id: Option<Id>,
    #[diesel(sql_type = Uuid)]
    request_id: Id,
    #[diesel(sql_type = Array<Uuid>)]
    tried: Vec<Id>,
}

impl From<UndeliveredRow> for Undelivered {
    fn from(row: UndeliveredRow) -> Self {
        Self {
            id: row.id.into(),
            purpose: row.purpose.0,
            user_id: row.user_id.map(Into::into),
            ticket_id: row.ticket_id.map(Into::into),
            request_id: row.request_id.into(),
            tried: row.tried.into_iter().map(ChannelId::from).collect(),
        }
    }
}
