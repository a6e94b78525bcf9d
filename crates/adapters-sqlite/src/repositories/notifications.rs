//! Notifications as people see them.

use application::ports::{
    NotificationFilter, NotificationRepository, PLANNED_BEFORE_DUE, Page, Span, StorageError,
};
use async_trait::async_trait;
use diesel::{
    dsl::{AsSelect, IntoBoxed, auto_type, exists, not, sql},
    prelude::*,
    sql_types::Bool,
    sqlite::Sqlite,
};
use domain::{
    channel::PERSON_CHANNEL_ID,
    ids::NotificationId,
    notification::{Attempt, NewNotification, Notification, NotificationStatus},
};
use jiff::Timestamp;

use crate::{
    columns::{At, Id, Named},
    delivery::{channels_by_id, open_attempt},
    error::Failure,
    rows::{AttemptRow, NewNotificationRow, NotificationRow},
    schema::{attempts, messages, notifications},
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl NotificationRepository for SqliteUnitOfWork {
    async fn insert(&mut self, new: &[NewNotification]) -> Result<(), StorageError> {
        if new.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = new.iter().map(NewNotificationRow::from).collect();
        self.run(move |connection| insert(connection, &rows)).await
    }

    async fn page(
        &mut self,
        filter: NotificationFilter,
        page: Page,
    ) -> Result<Vec<Notification>, StorageError> {
        self.run(move |connection| {
            let rows = filtered(filter)
                .filter(notifications::id.lt(Id::before(page.before)))
                .order(notifications::id.desc())
                .limit(page.limit.into())
                .load(connection)?;
            shown(connection, rows)
        })
        .await
    }

    async fn find(&mut self, id: NotificationId) -> Result<Option<Notification>, StorageError> {
        self.run(move |connection| {
            let row = all().filter(notifications::id.eq(Id::from(id))).load(connection)?;
            Ok(shown(connection, row)?.pop())
        })
        .await
    }

    async fn attempts(&mut self, id: NotificationId) -> Result<Vec<Attempt>, StorageError> {
        self.run(move |connection| {
            let of_notification = attempts::table.filter(attempts::notification_id.eq(Id::from(id)));
            let in_order = of_notification.order(attempts::number).select(AttemptRow::as_select());
            Ok(in_order.load(connection)?.into_iter().map(Attempt::from).collect())
        })
        .await
    }

    async fn cancel(&mut self, id: NotificationId) -> Result<bool, StorageError> {
        self.run(move |connection| {
            let waiting = notifications::table
                .find(Id::from(id))
                .filter(notifications::next_at.is_not_null())
                .filter(not(exists(open_attempt())));
            let cancelled = (
                notifications::status.eq(Named(NotificationStatus::Cancelled)),
                notifications::next_at.eq(None::<At>),
                notifications::claimed_by.eq(None::<Id>),
            );
            Ok(diesel::update(waiting).set(cancelled).execute(connection)? > 0)
        })
        .await
    }

    async fn retry(&mut self, id: NotificationId, now: Timestamp) -> Result<bool, StorageError> {
        self.run(move |connection| {
            let idle = notifications::table
                .find(Id::from(id))
                .filter(notifications::status.ne(Named(NotificationStatus::Sent)))
                .filter(notifications::claimed_by.is_null())
                .filter(not(exists(open_attempt())));
            let due = (
                notifications::status.eq(Named(NotificationStatus::Scheduled)),
                notifications::due_at.eq(At(now)),
                notifications::next_at.eq(Some(At(now))),
                notifications::retried_after.eq(notifications::attempts),
                notifications::unknowns.eq(0),
            );
            Ok(diesel::update(idle).set(due).execute(connection)? > 0)
        })
        .await
    }

    async fn confirm(&mut self, ids: &[NotificationId]) -> Result<Vec<NotificationId>, StorageError> {
        let ids: Vec<_> = ids.iter().map(|id| Id::from(*id)).collect();
        self.run(move |connection| {
            let mut confirmed = Vec::new();
            for id in ids {
                if confirm(connection, id)? {
                    confirmed.push(id.into());
                }
            }
            Ok(confirmed)
        })
        .await
    }
}

pub(crate) fn insert(connection: &mut SqliteConnection, rows: &[NewNotificationRow]) -> Result<(), Failure> {
    for row in rows {
        diesel::insert_into(notifications::table).values(row).execute(connection)?;
    }
    Ok(())
}

fn confirm(connection: &mut SqliteConnection, id: Id) -> QueryResult<bool> {
    let heard =
        messages::table.filter(messages::notification_id.eq(id)).filter(messages::heard_as.is_not_null());
    let unsettled = notifications::table
        .find(id)
        .filter(
            notifications::status
                .ne_all([Named(NotificationStatus::Sent), Named(NotificationStatus::Cancelled)]),
        )
        .filter(exists(heard))
        .filter(not(exists(open_attempt())));
    let sent = (
        notifications::status.eq(Named(NotificationStatus::Sent)),
        notifications::next_at.eq(None::<At>),
        notifications::claimed_by.eq(None::<Id>),
    );
    Ok(diesel::update(unsettled).set(sent).execute(connection)? > 0)
}

/// Every notification, and whether it is being sent.
#[auto_type]
fn all() -> _ {
    let row: AsSelect<NotificationRow, Sqlite> = NotificationRow::as_select();
    notifications::table.select((row, exists(open_attempt())))
}

type Notifications = IntoBoxed<'static, all, Sqlite>;

/// Those that fit. A term that is always true tells SQLite that a partial index has all rows that are asked for.
fn filtered(filter: NotificationFilter) -> Notifications {
    let mut fitting = all().into_boxed();
    if let Some(status) = filter.status {
        fitting = standing(fitting, status);
    }
    if let Some(channel) = filter.channel_id {
        fitting = fitting.filter(notifications::channel_id.eq(Id::from(channel)));
        if channel != PERSON_CHANNEL_ID {
            fitting = fitting.filter(sql::<Bool>("channel_id <> x'00000000000070008000000000000001'"));
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
    match status {
        NotificationStatus::Sending => notifications
            .filter(sql::<Bool>("id IN (SELECT notification_id FROM attempts WHERE closed_at IS NULL)")),
        NotificationStatus::Queued => notifications
            .filter(sql::<Bool>("id IN (SELECT id FROM notifications WHERE claimed_by IS NOT NULL)"))
            .filter(not(exists(open_attempt()))),
        NotificationStatus::Sent => notifications.filter(notifications::status.eq(Named(status))),
        _ => notifications
            .filter(notifications::status.eq(Named(status)))
            .filter(sql::<Bool>("status <> 'sent'"))
            .filter(notifications::claimed_by.is_null())
            .filter(not(exists(open_attempt()))),
    }
}

fn shown(
    connection: &mut SqliteConnection,
    rows: Vec<(NotificationRow, bool)>,
) -> Result<Vec<Notification>, Failure> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let channels = channels_by_id(connection)?;
    let shown = rows.into_iter().filter_map(|(row, is_being_sent)| {
        let channel = channels.get(&row.channel_id)?;
        Some(row.over(channel, is_being_sent))
    });
    Ok(shown.collect())
}
