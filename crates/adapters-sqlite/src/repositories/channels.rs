//! Channels.

use application::ports::{ChannelRepository, ChannelResult, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::{channel::Channel, ids::ChannelId};
use jiff::Timestamp;

use crate::{
    columns::{At, Id},
    constant::changed,
    error::{Failure, inserted},
    rows::{ChannelRow, ChannelRulesRow, NewChannelRow},
    schema::channels,
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl ChannelRepository for SqliteUnitOfWork {
    async fn all(&mut self) -> Result<Vec<Channel>, StorageError> {
        self.run(|connection| {
            let rows = channels::table
                .filter(channels::archived_at.is_null())
                .order(channels::position)
                .select(ChannelRow::as_select())
                .load(connection)?;
            rows.into_iter().map(Channel::try_from).collect()
        })
        .await
    }

    async fn by_name(&mut self, name: &str) -> Result<Option<Channel>, StorageError> {
        let name = name.to_owned();
        self.run(move |connection| {
            let channel = channels::table
                .filter(channels::name.eq(name))
                .filter(channels::archived_at.is_null())
                .select(ChannelRow::as_select());
            channel.get_result(connection).optional()?.map(Channel::try_from).transpose()
        })
        .await
    }

    async fn insert(&mut self, channel: &Channel) -> Result<(), StorageError> {
        let row = NewChannelRow::from(channel);
        self.run(move |connection| {
            let insert = diesel::insert_into(channels::table).values(&row).on_conflict_do_nothing();
            inserted(insert.execute(connection)?, "channels_name_key")
        })
        .await
    }

    async fn update(&mut self, channel: &Channel) -> Result<(), StorageError> {
        let (id, rules) = (Id::from(channel.id), ChannelRulesRow::from(channel));
        self.run(move |connection| {
            let channel = channels::table.filter(channels::id.eq(id));
            match diesel::update(channel).set(rules).execute(connection)? {
                0 => Err(Failure::Stale),
                _ => Ok(()),
            }
        })
        .await
    }

    async fn archive(&mut self, channel: &Channel, at: Timestamp) -> Result<(), StorageError> {
        let (id, name) = (Id::from(channel.id), channel.archived_name());
        self.run(move |connection| {
            let archived = (channels::name.eq(name), channels::archived_at.eq(Some(At(at))));
            diesel::update(channels::table.filter(channels::id.eq(id))).set(archived).execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn set_paused(&mut self, id: ChannelId, since: Option<Timestamp>) -> Result<(), StorageError> {
        self.run(move |connection| {
            let channel = channels::table.filter(channels::id.eq(Id::from(id)));
            diesel::update(channel).set(channels::paused_at.eq(since.map(At))).execute(connection)?;
            Ok(())
        })
        .await
    }

    async fn set_next_slot(&mut self, id: ChannelId, at: Timestamp) -> Result<(), StorageError> {
        self.run(move |connection| {
            let channel = channels::table.filter(channels::id.eq(Id::from(id)));
            let slot = channels::next_slot_at.eq(Some(At(at)));
            changed(connection, diesel::update(channel).set(slot).returning(channels::id))?;
            Ok(())
        })
        .await
    }

    async fn note_results(&mut self, results: &[(ChannelId, ChannelResult)]) -> Result<(), StorageError> {
        if results.is_empty() {
            return Ok(());
        }
        let results: Vec<_> = results.iter().map(|(id, result)| (Id::from(*id), *result)).collect();
        self.run(move |connection| {
            for (id, result) in results {
                note_result(connection, id, result)?;
            }
            Ok(())
        })
        .await
    }
}

fn note_result(connection: &mut SqliteConnection, id: Id, result: ChannelResult) -> QueryResult<bool> {
    let channel = channels::table.filter(channels::id.eq(id));
    match result {
        // Nearly always there is nothing to forget, and then nothing is written.
        ChannelResult::Works => {
            let failing = channel.filter(channels::failures.ne(0));
            let none = channels::failures.eq(0);
            changed(connection, diesel::update(failing).set(none).returning(channels::id))
        }
        ChannelResult::Failed(times) => {
            let more = channels::failures.eq(channels::failures + i64::from(times));
            changed(connection, diesel::update(channel).set(more).returning(channels::id))
        }
    }
}
