//! Bots and their keys.

use application::ports::{BotRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::bot::{Bot, HookSecret, SecretDigest};

use crate::{
    columns::Digest,
    error::{Failure, inserted},
    rows::{BotRow, KeyRow, key_rows},
    schema::{bot_keys, bots},
    unit_of_work::PgUnitOfWork,
};

#[async_trait]
impl BotRepository for PgUnitOfWork {
    async fn by_key(&mut self, digest: SecretDigest) -> Result<Option<Bot>, StorageError> {
        self.run(async |connection| {
            let owner = bot_keys::table.find(Digest(*digest.as_bytes())).select(bot_keys::bot_id);
            let bot = bots::table.filter(bots::id.eq_any(owner)).select(BotRow::as_select());
            let bot = bot.get_result(connection).await.optional()?;
            with_keys(connection, bot).await
        })
        .await
    }

    async fn by_hook(&mut self, secret: &HookSecret) -> Result<Option<Bot>, StorageError> {
        self.run(async |connection| {
            let bot = bots::table.filter(bots::hook.eq(secret.reveal())).select(BotRow::as_select());
            let bot = bot.get_result(connection).await.optional()?;
            with_keys(connection, bot).await
        })
        .await
    }

    async fn by_name(&mut self, name: &str) -> Result<Option<Bot>, StorageError> {
        self.run(async |connection| {
            let bot = bots::table.filter(bots::name.eq(name)).select(BotRow::as_select());
            let bot = bot.get_result(connection).await.optional()?;
            with_keys(connection, bot).await
        })
        .await
    }

    async fn all(&mut self) -> Result<Vec<Bot>, StorageError> {
        self.run(async |connection| {
            let rows: Vec<BotRow> =
                bots::table.order(bots::position).select(BotRow::as_select()).load(connection).await?;
            let mut bots = Vec::with_capacity(rows.len());
            for row in rows {
                bots.extend(with_keys(connection, Some(row)).await?);
            }
            Ok(bots)
        })
        .await
    }

    async fn insert(&mut self, bot: &Bot) -> Result<(), StorageError> {
        let (row, keys) = (BotRow::from(bot), key_rows(bot));
        self.run(async |connection| {
            let insert = diesel::insert_into(bots::table).values(&row).on_conflict_do_nothing();
            inserted(insert.execute(connection).await?, 1, "bots_name_key")?;
            write_keys(connection, &keys).await
        })
        .await
    }

    async fn update(&mut self, bot: &Bot) -> Result<(), StorageError> {
        let (row, keys) = (BotRow::from(bot), key_rows(bot));
        self.run(async |connection| {
            let old_keys = bot_keys::table.filter(bot_keys::bot_id.eq(row.id));
            diesel::update(bots::table.filter(bots::id.eq(row.id))).set(&row).execute(connection).await?;
            diesel::delete(old_keys).execute(connection).await?;
            write_keys(connection, &keys).await
        })
        .await
    }
}

async fn with_keys(connection: &mut AsyncPgConnection, bot: Option<BotRow>) -> Result<Option<Bot>, Failure> {
    let Some(bot) = bot else { return Ok(None) };
    let keys = bot_keys::table.filter(bot_keys::bot_id.eq(bot.id)).order(bot_keys::position);
    let keys = keys.select(KeyRow::as_select()).load(connection).await?;
    bot.with_keys(keys).map(Some)
}

async fn write_keys(connection: &mut AsyncPgConnection, keys: &[KeyRow]) -> Result<(), Failure> {
    for key in keys {
        let insert = diesel::insert_into(bot_keys::table).values(key).on_conflict_do_nothing();
        inserted(insert.execute(connection).await?, 1, "bot_keys_digest_key")?;
    }
    Ok(())
}
