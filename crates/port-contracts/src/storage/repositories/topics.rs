//! Topics and their routes.

use std::sync::Arc;

use application::ports::{StorageError, TopicRepository};
use async_trait::async_trait;
use domain::{
    chat_rules::ChatRules,
    ids::ChannelId,
    reminder::Reminders,
    topic::{Route, Routing, Slug, Topic},
};
use jiff::Timestamp;

use crate::storage::{Operation, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl TopicRepository for InMemoryUnitOfWork {
    async fn routing(&mut self) -> Result<Routing, StorageError> {
        Ok(Routing::new(self.read(Operation::TopicsRouting)?.topics.to_vec()))
    }

    async fn insert(&mut self, topic: &Topic, _at: Timestamp) -> Result<(), StorageError> {
        let state = self.write(Operation::TopicsInsert)?;
        let topics = Arc::make_mut(&mut state.topics);
        if topics.iter().any(|other| other.slug == topic.slug) {
            return Err(StorageError::Conflict("topics_slug_key"));
        }
        for other in topics.iter_mut().filter(|_| topic.is_default) {
            other.is_default = false;
        }
        topics.push(topic.clone());
        Ok(())
    }

    async fn update(&mut self, topic: &Topic) -> Result<(), StorageError> {
        let state = self.write(Operation::TopicsUpdate)?;
        let topics = Arc::make_mut(&mut state.topics);
        let known = topics.iter().position(|stored| stored.slug == topic.slug).ok_or(StorageError::Stale)?;
        for other in topics.iter_mut().filter(|_| topic.is_default) {
            other.is_default = false;
        }
        let stored = &mut topics[known];
        stored.title.clone_from(&topic.title);
        stored.aliases.clone_from(&topic.aliases);
        stored.is_default |= topic.is_default;
        Ok(())
    }

    async fn set_routes(&mut self, topic: &Slug, channels: &[ChannelId]) -> Result<(), StorageError> {
        let state = self.write(Operation::TopicsSetRoutes)?;
        let kind = |id: &ChannelId| state.channel(*id).map(|row| row.channel.kind);
        let routes =
            channels.iter().filter_map(|id| Some(Route { channel_id: *id, kind: kind(id)? })).collect();
        let topics = Arc::make_mut(&mut state.topics);
        topics.iter_mut().find(|stored| stored.slug == *topic).ok_or(StorageError::Stale)?.routes = routes;
        Ok(())
    }

    async fn set_reminders(&mut self, topic: &Slug, reminders: Reminders) -> Result<(), StorageError> {
        let topics = Arc::make_mut(&mut self.write(Operation::TopicsSetReminders)?.topics);
        let stored = topics.iter_mut().find(|stored| stored.slug == *topic).ok_or(StorageError::Stale)?;
        stored.reminders = reminders;
        Ok(())
    }

    async fn set_chat_rules(&mut self, topic: &Slug, rules: &ChatRules) -> Result<(), StorageError> {
        let topics = Arc::make_mut(&mut self.write(Operation::TopicsSetChatRules)?.topics);
        let stored = topics.iter_mut().find(|stored| stored.slug == *topic).ok_or(StorageError::Stale)?;
        stored.chat_rules.clone_from(rules);
        Ok(())
    }

    async fn hold(&mut self, topic: &Slug) -> Result<bool, StorageError> {
        let state = self.write(Operation::TopicsHold)?;
        Ok(state.topics.iter().any(|stored| stored.slug == *topic))
    }

    async fn delete(&mut self, topic: &Slug) -> Result<(), StorageError> {
        let topics = Arc::make_mut(&mut self.write(Operation::TopicsDelete)?.topics);
        topics.retain(|stored| stored.slug != *topic);
        Ok(())
    }
}
