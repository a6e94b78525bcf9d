//! Notifications in the place of others.

use application::ports::{FallbackRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::{
    fallback::{Fallback, Undelivered},
    ids::{ChannelId, NotificationId},
    notification::{NotificationStatus, Purpose},
};

use crate::{
    columns::{Id, Named},
    error::{Failure, inserted},
    rows::{NewNotificationRow, NotificationRow},
    schema::{digests, messages, notifications},
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl FallbackRepository for SqliteUnitOfWork {
    async fn undelivered(&mut self, ids: &[NotificationId]) -> Result<Vec<Undelivered>, StorageError> {
        let ids: Vec<Id> = ids.iter().copied().map(Id::from).collect();
        self.run(move |connection| {
            let mut found = Vec::new();
            for id in ids {
                found.extend(undelivered(connection, id)?);
            }
            Ok(found)
        })
        .await
    }

    async fn plan(&mut self, fallbacks: &[Fallback]) -> Result<(), StorageError> {
        let fallbacks = fallbacks.to_vec();
        self.run(move |connection| fallbacks.iter().try_for_each(|fallback| plan(connection, fallback))).await
    }

    async fn in_place_of(&mut self, id: NotificationId) -> Result<Option<NotificationId>, StorageError> {
        self.run(move |connection| Ok(in_place_of(connection, id.into())?.map(NotificationId::from))).await
    }
}

fn in_place_of(connection: &mut SqliteConnection, id: Id) -> QueryResult<Option<Id>> {
    let planned = notifications::table.filter(notifications::instead_of.eq(Some(id)));
    planned.select(notifications::id).get_result(connection).optional()
}

fn undelivered(connection: &mut SqliteConnection, id: Id) -> Result<Option<Undelivered>, Failure> {
    let failed = notifications::table
        .find(id)
        .filter(notifications::status.eq(Named(NotificationStatus::Failed)))
        .select(NotificationRow::as_select());
    let Some(row) = failed.get_result(connection).optional()? else { return Ok(None) };
    if in_place_of(connection, id)?.is_some() {
        return Ok(None);
    }
    Ok(Some(Undelivered {
        id: row.id.into(),
        purpose: row.purpose.0,
        user_id: row.user_id.map(Into::into),
        ticket_id: row.ticket_id.map(Into::into),
        request_id: row.request_id.into(),
        tried: tried(connection, &row)?,
    }))
}

/// The channels of a notification and of those in whose place it was planned.
fn tried(connection: &mut SqliteConnection, row: &NotificationRow) -> QueryResult<Vec<ChannelId>> {
    let mut tried = vec![row.channel_id.into()];
    let mut before = row.instead_of;
    while let Some(id) = before {
        let columns = (notifications::channel_id, notifications::instead_of);
        let found = notifications::table.find(id).select(columns);
        let Some((channel, further)) = found.get_result::<(Id, Option<Id>)>(connection).optional()? else {
            break;
        };
        tried.push(channel.into());
        before = further;
    }
    Ok(tried)
}

fn plan(connection: &mut SqliteConnection, fallback: &Fallback) -> Result<(), Failure> {
    let row = NewNotificationRow::from(&fallback.planned);
    let instead_of = notifications::instead_of.eq(Some(Id::from(fallback.instead_of)));
    let insert = diesel::insert_into(notifications::table).values((row, instead_of)).on_conflict_do_nothing();
    inserted(insert.execute(connection)?, "notifications_instead_of_key")?;
    let (from, to) = (Id::from(fallback.instead_of), Id::from(fallback.planned.id));
    match fallback.planned.purpose {
        Purpose::Digest => {
            let digest = digests::table.filter(digests::notification_id.eq(from));
            diesel::update(digest).set(digests::notification_id.eq(to)).execute(connection)?;
        }
        Purpose::Reply => {
            let message = messages::table.filter(messages::notification_id.eq(from));
            diesel::update(message).set(messages::notification_id.eq(to)).execute(connection)?;
        }
        Purpose::Welcome
        | Purpose::TicketOpened
        | Purpose::Escalation
        | Purpose::ChatFields
        | Purpose::ChatResumed => {}
    }
    Ok(())
}
