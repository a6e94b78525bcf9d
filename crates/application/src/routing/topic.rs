//! Topics are changed.

use std::sync::Arc;

use domain::topic::{Slug, Topic};

use super::{RoutingError, checked_name};
use crate::ports::{Storage, atomically};

/// What is to change of a topic. Each part is left as it is unless it is given.
#[derive(Debug, Clone, Default)]
pub struct TopicChange {
    /// What people read.
    pub title: Option<String>,
    /// The other texts that mean it.
    pub aliases: Option<Vec<String>>,
    /// Whether tickets on no known topic are about this one from now on.
    pub make_default: bool,
}

/// Changes what a topic is called, and whether it is the default.
#[derive(Clone)]
pub struct SetTopic {
    /// Where topics are.
    pub storage: Arc<dyn Storage>,
}

impl SetTopic {
    /// Changes what is given, and answers the topic as it is then. Tickets keep their topic: they know its slug.
    pub async fn execute(&self, topic: &Slug, change: TopicChange) -> Result<Topic, RoutingError> {
        let title = change.title.as_deref().map(checked_name).transpose()?;
        atomically(&*self.storage, async |tx| {
            let routing = tx.topics().routing().await?;
            let known = routing.topics().iter().find(|known| known.slug == *topic);
            let mut topic = known.ok_or_else(|| RoutingError::Unknown("topic", topic.to_string()))?.clone();
            if let Some(title) = title {
                topic.title = title;
            }
            if let Some(aliases) = change.aliases {
                topic.aliases = aliases;
            }
            topic.is_default |= change.make_default;
            tx.topics().update(&topic).await?;
            Ok(topic)
        })
        .await
    }
}
