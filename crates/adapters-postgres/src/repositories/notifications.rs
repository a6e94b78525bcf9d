//! Notifications as people see them.

use application::ports::{
    NotificationFilter, NotificationRepository, PLANNED_BEFORE_DUE, Page, Span, StorageError,
};
use async_trait::async_trait;
use diesel::{
    dsl::{AsSelect, IntoBoxed, auto_type, sql},
    pg::Pg,
    prelude::*,
    sql_types::{Array, Bool, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    channel::PERSON_CHANNEL_ID,
    ids::NotificationId,
    notification::{Attempt, NewNotification, Notification, NotificationStatus},
};
use jiff::Timestamp;

use crate::{
    columns::{At, Id, Named},
    delivery::{lock, withdraw},
    error::Failure,
    rows::{AttemptRow, ChannelRow, Claim, NewNotificationRow, NotificationRow},
    schema::{attempts, channels, claims, notifications},
    statement::{column, statement},
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl NotificationRepository for PgUnitOfWork {
    async fn insert(&mut self, new: &[NewNotification]) -> Result<(), StorageError> {
        self.run(async |connection| insert(connection, new).await).await
    }

    async fn page(
        &mut self,
        filter: NotificationFilter,
        page: Page,
    ) -> Result<Vec<Notification>, StorageError> {
        self.run(async |connection| {
            let rows: Vec<Shown> = filtered(filter)
                .filter(notifications::id.lt(Id::before(page.before)))
                .order(notifications::id.desc())
                .limit(page.limit.into())
                .load(connection)
                .await?;
            Ok(rows.into_iter().map(shown).collect())
        })
        .await
    }

    async fn find(&mut self, id: NotificationId) -> Result<Option<Notification>, StorageError> {
        self.run(async |connection| {
            let found = all().filter(notifications::id.eq(Id::from(id)));
            Ok(found.get_result(connection).await.optional()?.map(shown))
        })
        .await
    }

    async fn attempts(&mut self, id: NotificationId) -> Result<Vec<Attempt>, StorageError> {
        self.run(async |connection| {
            let of_notification = attempts::table.filter(attempts::notification_id.eq(Id::from(id)));
            let in_order = of_notification.order(attempts::number).select(AttemptRow::as_select());
            let rows: Vec<AttemptRow> = in_order.load(connection).await?;
            Ok(rows.into_iter().map(Attempt::from).collect())
        })
        .await
    }

    async fn cancel(&mut self, id: NotificationId) -> Result<bool, StorageError> {
        self.run(async |connection| {
            lock(connection, &[id.into()]).await?;
            Ok(withdraw(connection, &[id.into()]).await? > 0)
        })
        .await
    }

    async fn retry(&mut self, id: NotificationId, now: Timestamp) -> Result<bool, StorageError> {
        self.run(async |connection| {
            lock(connection, &[id.into()]).await?;
            let retry = statement(
                "UPDATE notifications
                 SET status = $2, due_at = $4, next_at = $4, retried_after = attempts, unknowns = 0
                 WHERE id = $1 AND status <> $3 AND NOT EXISTS (SELECT FROM claims WHERE notification_id = id)",
            )
            .bind::<Uuid, _>(Id::from(id))
            .bind::<Text, _>(Named(NotificationStatus::Scheduled))
            .bind::<Text, _>(Named(NotificationStatus::Sent))
            .bind::<Timestamptz, _>(At(now));
            Ok(retry.execute(connection).await? > 0)
        })
        .await
    }

    async fn confirm(&mut self, ids: &[NotificationId]) -> Result<Vec<NotificationId>, StorageError> {
        let ids: Vec<_> = ids.iter().map(|id| Id::from(*id)).collect();
        self.run(async |connection| Ok(confirm(connection, &ids).await?)).await
    }
}

pub(crate) async fn insert(
    mut connection: &AsyncPgConnection,
    new: &[NewNotification],
) -> Result<(), Failure> {
    if new.is_empty() {
        return Ok(());
    }
    let rows = column(new, NewNotificationRow::from);
    let insert = statement(
        "INSERT INTO notifications (id, purpose, channel_id, user_id, ticket_id, request_id, status, due_at,
                                    next_at, created_at)
         SELECT id, purpose, channel_id, user_id, ticket_id, request_id, $9, due_at, due_at, created_at
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
             AS new (id, purpose, channel_id, user_id, ticket_id, request_id, due_at, created_at)",
    );
    NewNotificationRow::bind(&rows, insert)
        .bind::<Text, _>(Named(NotificationStatus::Scheduled))
        .execute(&mut connection)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Confirmed {
    #[diesel(sql_type = Uuid)]
    id: Id,
}

async fn confirm(connection: &mut AsyncPgConnection, ids: &[Id]) -> QueryResult<Vec<NotificationId>> {
    lock(connection, ids).await?;
    let confirmed: Vec<Confirmed> = statement(
        "WITH confirmed AS (
             UPDATE notifications SET status = $2, next_at = NULL
             WHERE id = ANY ($1) AND status <> $2 AND status <> $3
               AND EXISTS (SELECT FROM messages WHERE notification_id = notifications.id AND heard_as IS NOT NULL)
               AND NOT EXISTS (SELECT FROM claims WHERE notification_id = notifications.id AND attempt IS NOT NULL)
             RETURNING id
         ), freed AS (
             DELETE FROM claims WHERE notification_id = ANY (ARRAY(SELECT id FROM confirmed))
         )
         SELECT id FROM confirmed",
    )
    .bind::<Array<Uuid>, _>(ids.to_vec())
    .bind::<Text, _>(Named(NotificationStatus::Sent))
    .bind::<Text, _>(Named(NotificationStatus::Cancelled))
    .load(connection)
    .await?;
    Ok(confirmed.into_iter().map(|confirmed| confirmed.id.into()).collect())
}

/// A notification, its channel, and its claim with the number of the open attempt.
type Shown = (NotificationRow, ChannelRow, Option<(Id, Option<i32>)>);

fn shown((row, channel, claim): Shown) -> Notification {
    let claim = match claim {
        None => Claim::None,
        Some((_, None)) => Claim::HandedOver,
        Some((_, Some(_))) => Claim::Sending,
    };
    row.over(&channel, claim)
}

/// Every notification.
#[auto_type]
fn all() -> _ {
    let row: AsSelect<NotificationRow, Pg> = NotificationRow::as_select();
    let channel: AsSelect<ChannelRow, Pg> = ChannelRow::as_select();
    notifications::table
        .inner_join(channels::table.on(channels::id.eq(notifications::channel_id)))
        .left_join(claims::table.on(claims::notification_id.eq(notifications::id)))
        .select((row, channel, (claims::notification_id, claims::attempt).nullable()))
}

type Notifications = IntoBoxed<'static, all, Pg>;

/// Those that fit. A term that is always true tells PostgreSQL that a partial index has all rows that are asked for.
fn filtered(filter: NotificationFilter) -> Notifications {
    let mut fitting = all().into_boxed();
    if let Some(status) = filter.status {
        fitting = standing(fitting, status);
    }
    if let Some(channel) = filter.channel_id {
        fitting = fitting.filter(notifications::channel_id.eq(Id::from(channel)));
        if channel != PERSON_CHANNEL_ID {
            fitting = fitting
                .filter(sql::<Bool>("notifications.channel_id <> '00000000-0000-7000-8000-000000000001'"));
        }
    }
    if let Some(ticket) = filter.ticket_id {
        fitting = fitting.filter(notifications::ticket_id.eq(Id::from(ticket)));
    }
    if let Some(user) = filter.user_id {
        fitting = fitting.filter(notifications::user_id.eq(Id::from(user)));
    }
    due_in(fitting, &filter)
}

/// Those that are or were due in a time. Nothing is planned after it is due, and few things long before: where no index
/// leads to few of them, this is what ends the walk through all.
fn due_in(mut notifications: Notifications, filter: &NotificationFilter) -> Notifications {
    let Span { from, until } = filter.due;
    if let Some(until) = until {
        notifications = notifications
            .filter(notifications::due_at.lt(At(until)))
            .filter(notifications::id.lt(Id::from(filter.due.end_id())));
    }
    if let Some(from) = from {
        notifications = notifications.filter(notifications::due_at.ge(At(from)));
        if filter.status.is_none_or(|status| status == NotificationStatus::Sent) {
            let planned = Span { from: from.checked_sub(PLANNED_BEFORE_DUE).ok(), until: None };
            notifications = notifications.filter(notifications::id.ge(Id::from(planned.first_id())));
        }
    }
    notifications
}

/// Those that stand at `status`. What is being sent or handed over has no status of its own in its row.
fn standing(notifications: Notifications, status: NotificationStatus) -> Notifications {
    let is_claimed = claims::notification_id.nullable().is_not_null();
    match status {
        NotificationStatus::Sending => notifications.filter(claims::attempt.nullable().is_not_null()),
        NotificationStatus::Queued => {
            notifications.filter(is_claimed).filter(claims::attempt.nullable().is_null())
        }
        NotificationStatus::Sent => notifications.filter(notifications::status.eq(Named(status))),
        _ => notifications
            .filter(notifications::status.eq(Named(status)))
            .filter(sql::<Bool>("notifications.status <> 'sent'"))
            .filter(claims::notification_id.nullable().is_null()),
    }
}
