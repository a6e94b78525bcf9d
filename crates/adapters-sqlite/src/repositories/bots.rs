//! Bots and their keys.

use application::ports::{BotRepository, StorageError};
use async_trait::async_trait;
use diesel::prelude::*;
use domain::bot::{Bot, HookSecret, SecretDigest};

use crate::{
    columns::Digest,
    error::{Failure, inserted},
    rows::{BotRow, KeyRow, key_rows},
    schema::{bot_keys, bots},
    unit_of_work::SqliteUnitOfWork,
};

#[async_trait]
impl BotRepository for SqliteUnitOfWork {
    async fn by_key(&mut self, digest: SecretDigest) -> Result<Option<Bot>, StorageError> {
        self.run(move |connection| {
            let owner = bot_keys::table.find(Digest(*digest.as_bytes())).select(bot_keys::bot_id);
            let bot = bots::table.filter(bots::id.eq_any(owner)).select(BotRow::as_select());
            bot.get_result(connection).optional()?.map(|bot| with_keys(connection, bot)).transpose()
        })
        .await
    }

    async fn by_hook(&mut self, secret: &HookSecret) -> Result<Option<Bot>, StorageError> {
        let secret = secret.reveal().to_owned();
        self.run(move |connection| {
            let bot = bots::table.filter(bots::hook.eq(secret)).select(BotRow::as_select());
            bot.get_result(connection).optional()?.map(|bot| with_keys(connection, bot)).transpose()
        })
        .await
    }

    async fn by_name(&mut self, name: &str) -> Result<Option<Bot>, StorageError> {
        let name = name.to_owned();
        self.run(move |connection| {
            let bot = bots::table.filter(bots::name.eq(name)).select(BotRow::as_select());
            bot.get_result(connection).optional()?.map(|bot| with_keys(connection, bot)).transpose()
        })
        .await
    }

    async fn all(&mut self) -> Result<Vec<Bot>, StorageError> {
        self.run(|connection| {
            let rows = bots::table.order(bots::position).select(BotRow::as_select()).load(connection)?;
            rows.into_iter().map(|bot| with_keys(connection, bot)).collect()
        })
        .await
    }

    async fn insert(&mut self, bot: &Bot) -> Result<(), StorageError> {
        let (row, keys) = (BotRow::from(bot), key_rows(bot));
        self.run(move |connection| {
            let insert = diesel::insert_into(bots::table).values(&row).on_conflict_do_nothing();
            inserted(insert.execute(connection)?, "bots_name_key")?;
            write_keys(connection, &keys)
        })
        .await
    }

    async fn update(&mut self, bot: &Bot) -> Result<(), StorageError> {
        let (row, keys) = (BotRow::from(bot), key_rows(bot));
        self.run(move |connection| {
            diesel::update(bots::table.filter(bots::id.eq(row.id))).set(&row).execute(connection)?;
            diesel::delete(bot_keys::table.filter(bot_keys::bot_id.eq(row.id))).execute(connection)?;
            write_keys(connection, &keys)
        })
        .await
    }
}

fn with_keys(connection: &mut SqliteConnection, bot: BotRow) -> Result<Bot, Failure> {
    let keys = bot_keys::table.filter(bot_keys::bot_id.eq(bot.id)).order(bot_keys::position);
    let keys = keys.select(KeyRow::as_select()).load(connection)?;
    bot.with_keys(keys)
}

fn write_keys(connection: &mut SqliteConnection, keys: &[KeyRow]) -> Result<(), Failure> {
    for key in keys {
        let insert = diesel::insert_into(bot_keys::table).values(key).on_conflict_do_nothing();
        inserted(insert.execute(connection)?, "bot_keys_digest_key")?;
    }
    Ok(())
}
