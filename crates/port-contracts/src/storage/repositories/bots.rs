//! Bots and their keys.

use std::sync::Arc;

use application::ports::{BotRepository, StorageError};
use async_trait::async_trait;
use domain::bot::{Bot, HookSecret, SecretDigest};

use crate::storage::{Operation, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl BotRepository for InMemoryUnitOfWork {
    async fn by_key(&mut self, digest: SecretDigest) -> Result<Option<Bot>, StorageError> {
        let state = self.read(Operation::BotsByKey)?;
        Ok(state.bot(|bot| bot.keys.standing(digest).is_some()).cloned())
    }

    async fn by_hook(&mut self, secret: &HookSecret) -> Result<Option<Bot>, StorageError> {
        Ok(self.read(Operation::BotsByHook)?.bot(|bot| bot.hook.secret == *secret).cloned())
    }

    async fn by_name(&mut self, name: &str) -> Result<Option<Bot>, StorageError> {
        Ok(self.read(Operation::BotsByName)?.bot(|bot| bot.name == name).cloned())
    }

    async fn all(&mut self) -> Result<Vec<Bot>, StorageError> {
        Ok(self.read(Operation::BotsAll)?.bots.to_vec())
    }

    async fn insert(&mut self, bot: &Bot) -> Result<(), StorageError> {
        let state = self.write(Operation::BotsInsert)?;
        if state.bot(|other| other.name == bot.name || other.id == bot.id).is_some() {
            return Err(StorageError::Conflict("bots_name_key"));
        }
        Arc::make_mut(&mut state.bots).push(bot.clone());
        Ok(())
    }

    async fn update(&mut self, bot: &Bot) -> Result<(), StorageError> {
        let state = self.write(Operation::BotsUpdate)?;
        if let Some(stored) = Arc::make_mut(&mut state.bots).iter_mut().find(|stored| stored.id == bot.id) {
            stored.clone_from(bot);
        }
        Ok(())
    }
}
