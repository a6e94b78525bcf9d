//! Topics, channels, and the routes between them.

use async_trait::async_trait;
use domain::{
    channel::Channel,
    chat_rules::ChatRules,
    ids::ChannelId,
    reminder::Reminders,
    topic::{Routing, Slug, Topic},
};
use jiff::Timestamp;

use super::{ChannelResult, StorageError};

/// Topics and their routes.
#[async_trait]
pub trait TopicRepository: Send {
    /// All topics with their routes, in the order in which they were added.
    async fn routing(&mut self) -> Result<Routing, StorageError>;

    /// Writes a new topic with its aliases and routes. If it is the default, no other is any more.
    ///
    /// [`StorageError::Conflict`] when its slug is taken.
    async fn insert(&mut self, topic: &Topic, at: Timestamp) -> Result<(), StorageError>;

    /// Writes the title and the aliases of a topic. If it is the default now, no other is any more; one that was stays it.
    ///
    /// [`StorageError::Stale`] when there is no such topic.
    async fn update(&mut self, topic: &Topic) -> Result<(), StorageError>;

    /// Replaces the routes of a topic.
    ///
    /// [`StorageError::Stale`] when there is no such topic.
    async fn set_routes(&mut self, topic: &Slug, channels: &[ChannelId]) -> Result<(), StorageError>;

    /// Changes when the team of a topic is told again.
    ///
    /// [`StorageError::Stale`] when there is no such topic.
    async fn set_reminders(&mut self, topic: &Slug, reminders: Reminders) -> Result<(), StorageError>;

    /// Changes what is done in the chats of a topic's tickets.
    ///
    /// [`StorageError::Stale`] when there is no such topic.
    async fn set_chat_rules(&mut self, topic: &Slug, rules: &ChatRules) -> Result<(), StorageError>;

    /// Says whether there is such a topic. Nobody else changes it until the end of the unit of work.
    async fn hold(&mut self, topic: &Slug) -> Result<bool, StorageError>;

    /// Deletes a topic with its aliases and routes. Tickets keep its slug.
    async fn delete(&mut self, topic: &Slug) -> Result<(), StorageError>;
}

/// Channels.
#[async_trait]
pub trait ChannelRepository: Send {
    /// All channels but those that were put away, in the order in which they were added.
    async fn all(&mut self) -> Result<Vec<Channel>, StorageError>;

    /// A channel by its name, unless it was put away.
    async fn by_name(&mut self, name: &str) -> Result<Option<Channel>, StorageError>;

    /// Writes a new channel.
    ///
    /// [`StorageError::Conflict`] when its name is taken.
    async fn insert(&mut self, channel: &Channel) -> Result<(), StorageError>;

    /// Writes the target, the pace, the fallback and the quiet hours of a channel.
    ///
    /// [`StorageError::Stale`] when there is no such channel.
    async fn update(&mut self, channel: &Channel) -> Result<(), StorageError>;

    /// Puts a channel away and gives its name free: notifications name it still, and what waits is sent.
    async fn archive(&mut self, channel: &Channel, at: Timestamp) -> Result<(), StorageError>;

    /// Stops sending over a channel, or goes on. What waits is kept, and is due as it was.
    async fn set_paused(&mut self, id: ChannelId, since: Option<Timestamp>) -> Result<(), StorageError>;

    /// Writes when the pace of a channel allows its next message.
    async fn set_next_slot(&mut self, id: ChannelId, at: Timestamp) -> Result<(), StorageError>;

    /// Counts failures running.
    async fn note_results(&mut self, results: &[(ChannelId, ChannelResult)]) -> Result<(), StorageError>;
}
