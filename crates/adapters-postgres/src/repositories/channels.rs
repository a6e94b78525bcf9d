//! Channels.

use application::ports::{ChannelRepository, ChannelResult, StorageError};
use async_trait::async_trait;
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Bool, Timestamptz, Uuid},
};
use diesel_async::RunQueryDsl;
use domain::{channel::Channel, ids::ChannelId};
use jiff::Timestamp;

use crate::{
    columns::{At, Id},
    error::{Failure, inserted},
    rows::{ChannelRow, ChannelRulesRow, NewChannelRow},
    schema::channels,
    statement::{column, statement},
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl ChannelRepository for PgUnitOfWork {
    async fn all(&mut self) -> Result<Vec<Channel>, StorageError> {
        self.run(async |connection| {
            let in_order = channels::table.filter(channels::archived_at.is_null()).order(channels::position);
            let rows: Vec<ChannelRow> = in_order.select(ChannelRow::as_select()).load(connection).await?;
            rows.into_iter().map(Channel::try_from).collect()
        })
        .await
    }

    async fn by_name(&mut self, name: &str) -> Result<Option<Channel>, StorageError> {
        self.run(async |connection| {
            let channel = channels::table
                .filter(channels::name.eq(name))
                .filter(channels::archived_at.is_null())
                .select(ChannelRow::as_select());
            channel.get_result(connection).await.optional()?.map(Channel::try_from).transpose()
        })
        .await
    }

    async fn insert(&mut self, channel: &Channel) -> Result<(), StorageError> {
        let row = NewChannelRow::from(channel);
        self.run(async |connection| {
            let insert = diesel::insert_into(channels::table).values(&row).on_conflict_do_nothing();
            inserted(insert.execute(connection).await?, 1, "channels_name_key")
        })
        .await
    }

    async fn update(&mut self, channel: &Channel) -> Result<(), StorageError> {
        let (id, rules) = (Id::from(channel.id), ChannelRulesRow::from(channel));
        self.run(async |connection| {
            let channel = channels::table.filter(channels::id.eq(id));
            match diesel::update(channel).set(rules).execute(connection).await? {
                0 => Err(Failure::Stale),
                _ => Ok(()),
            }
        })
        .await
    }

    async fn archive(&mut self, channel: &Channel, at: Timestamp) -> Result<(), StorageError> {
        let stored = channels::table.filter(channels::id.eq(Id::from(channel.id)));
        let archived = (channels::name.eq(channel.archived_name()), channels::archived_at.eq(Some(At(at))));
        self.run(async |connection| {
            diesel::update(stored).set(archived).execute(connection).await?;
            Ok(())
        })
        .await
    }

    async fn set_paused(&mut self, id: ChannelId, since: Option<Timestamp>) -> Result<(), StorageError> {
        self.run(async |connection| {
            let channel = channels::table.filter(channels::id.eq(Id::from(id)));
            diesel::update(channel).set(channels::paused_at.eq(since.map(At))).execute(connection).await?;
            Ok(())
        })
        .await
    }

    async fn set_next_slot(&mut self, id: ChannelId, at: Timestamp) -> Result<(), StorageError> {
        self.run(async |connection| {
            statement("UPDATE channels SET next_slot_at = $2 WHERE id = $1")
                .bind::<Uuid, _>(Id::from(id))
                .bind::<Timestamptz, _>(At(at))
                .execute(connection)
                .await?;
            Ok(())
        })
        .await
    }

    async fn note_results(&mut self, results: &[(ChannelId, ChannelResult)]) -> Result<(), StorageError> {
        if results.is_empty() {
            return Ok(());
        }
        let tallies = tallies(results);
        self.run(async |connection| {
            // The rows are locked in one order, so that two workers cannot wait for each other. Nearly always there is
            // nothing to forget and nothing to add, and then nothing is locked or written.
            statement(
                "WITH tallies AS (
                     SELECT * FROM unnest($1, $2, $3) AS tally (id, works, failed)
                 ), changed AS (
                     SELECT channels.id,
                            CASE WHEN works THEN 0 ELSE failures END + failed AS failures
                     FROM channels JOIN tallies USING (id)
                     WHERE failed > 0 OR (works AND failures <> 0)
                     ORDER BY channels.position
                     FOR UPDATE OF channels
                 )
                 UPDATE channels SET failures = changed.failures FROM changed WHERE channels.id = changed.id",
            )
            .bind::<Array<Uuid>, _>(column(&tallies, |tally| tally.channel))
            .bind::<Array<Bool>, _>(column(&tallies, |tally| tally.works))
            .bind::<Array<BigInt>, _>(column(&tallies, |tally| tally.failed))
            .execute(connection)
            .await?;
            Ok(())
        })
        .await
    }
}

/// What a set of results comes to for one channel: whether the failures before it are forgotten, and how many failed
/// after the last one that worked.
struct Tally {
    channel: Id,
    works: bool,
    failed: i64,
}

fn tallies(results: &[(ChannelId, ChannelResult)]) -> Vec<Tally> {
    let mut tallies: Vec<Tally> = Vec::new();
    for (id, result) in results {
        let channel = Id::from(*id);
        let known = tallies.iter().position(|tally| tally.channel == channel);
        let known = known.unwrap_or_else(|| {
            tallies.push(Tally { channel, works: false, failed: 0 });
            tallies.len() - 1
        });
        let tally = &mut tallies[known];
        match result {
            ChannelResult::Works => (tally.works, tally.failed) = (true, 0),
            ChannelResult::Failed(times) => tally.failed += i64::from(*times),
        }
    }
    tallies
}
