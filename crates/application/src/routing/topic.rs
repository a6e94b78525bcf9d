//! Topics are changed and removed.

use std::sync::Arc;

use domain::{
    audit::{Action, Facts},
    chat_rules::{FieldName, ResumePoint},
    ids::ChannelId,
    topic::{Route, Slug, Topic},
};
use jiff::{SignedDuration, civil::Time};

use super::{RoutingError, checked_name, find_routable};
use crate::{
    audit::{Audit, fact, topic_facts},
    ports::{Storage, StorageError, Transaction, atomically},
};

/// What is to change of a topic. Each part is left as it is unless it is given; the inner option takes it away.
#[derive(Debug, Clone, Default)]
pub struct TopicChange {
    /// What people read.
    pub title: Option<String>,
    /// The other texts that mean it.
    pub aliases: Option<Vec<String>>,
    /// Whether tickets on no known topic are about this one from now on.
    pub make_default: bool,
    /// The names of the channels that are told. Tickets that are open already keep theirs.
    pub channels: Option<Vec<String>>,
    /// At which time of the UTC day a mail says what waits.
    pub digest_at: Option<Option<Time>>,
    /// After how long an open ticket is told once more.
    pub escalate_after: Option<Option<SignedDuration>>,
    /// Which field of the chat is given the reference of a ticket.
    pub reference_field: Option<Option<FieldName>>,
    /// Which field of the chat is given the status of a ticket.
    pub status_field: Option<Option<FieldName>>,
    /// Where the chat goes on once its ticket is resolved.
    pub resume_at: Option<Option<ResumePoint>>,
}

/// Changes a topic.
#[derive(Clone)]
pub struct SetTopic {
    /// Where topics are.
    pub storage: Arc<dyn Storage>,
    /// Who does it.
    pub audit: Audit,
}

impl SetTopic {
    /// Changes what is given, and answers the topic as it is then. With `seen` the topic that somebody looked at: if it is
    /// another one now, it stays. Tickets keep their topic: they know its slug.
    pub async fn execute(
        &self,
        topic: &Slug,
        change: TopicChange,
        seen: Option<&Topic>,
    ) -> Result<Topic, RoutingError> {
        atomically(&*self.storage, async |tx| change_topic(tx, &self.audit, topic, change, seen).await).await
    }
}

/// Changes what is given, as [`SetTopic`] does.
pub(crate) async fn change_topic(
    tx: &mut Transaction,
    audit: &Audit,
    topic: &Slug,
    change: TopicChange,
    seen: Option<&Topic>,
) -> Result<Topic, RoutingError> {
    let title = change.title.as_deref().map(checked_name).transpose()?;
    let mut topic = held(tx, topic).await?;
    if seen.is_some_and(|seen| *seen != topic) {
        return Err(RoutingError::Changed);
    }
    let known = topic.clone();
    topic.title = title.unwrap_or(topic.title);
    topic.aliases = change.aliases.unwrap_or(topic.aliases);
    topic.is_default |= change.make_default;
    if topic.is_default && !known.is_default {
        note_that_it_moves(tx, audit, &topic.slug).await?;
    }
    tx.topics().update(&topic).await?;
    if let Some(channels) = &change.channels {
        topic.routes = routes_to(tx, channels).await?;
        let ids: Vec<ChannelId> = topic.routes.iter().map(|route| route.channel_id).collect();
        tx.topics().set_routes(&topic.slug, &ids).await?;
    }
    topic.reminders.digest_at = change.digest_at.unwrap_or(known.reminders.digest_at);
    topic.reminders.escalate_after = change.escalate_after.unwrap_or(known.reminders.escalate_after);
    if topic.reminders != known.reminders {
        tx.topics().set_reminders(&topic.slug, topic.reminders).await?;
    }
    let rules = &mut topic.chat_rules;
    rules.reference_field = change.reference_field.unwrap_or(rules.reference_field.take());
    rules.status_field = change.status_field.unwrap_or(rules.status_field.take());
    rules.resume_at = change.resume_at.unwrap_or(rules.resume_at.take());
    if topic.chat_rules != known.chat_rules {
        tx.topics().set_chat_rules(&topic.slug, &topic.chat_rules).await?;
    }
    let channels = tx.channels().all().await?;
    let (before, after) = (topic_facts(&known, &channels), topic_facts(&topic, &channels));
    audit.changed(tx, Action::TopicChanged, &topic.slug, before, after).await?;
    Ok(topic)
}

/// Notes that the default moves from the topic that has it to another one.
pub(super) async fn note_that_it_moves(
    tx: &mut Transaction,
    audit: &Audit,
    to: &Slug,
) -> Result<(), StorageError> {
    let routing = tx.topics().routing().await?;
    let Some(from) = routing.topics().iter().find(|topic| topic.is_default && topic.slug != *to) else {
        return Ok(());
    };
    let (before, after) = (fact("default", true), fact("default", false));
    audit.changed(tx, Action::TopicChanged, &from.slug, before, after).await
}

/// Removes a topic.
#[derive(Clone)]
pub struct RemoveTopic {
    /// Where topics are.
    pub storage: Arc<dyn Storage>,
    /// Who does it.
    pub audit: Audit,
}

impl RemoveTopic {
    /// Removes a topic that is not the default. Tickets about it keep its slug, and whoever asks for it later gets the
    /// default.
    pub async fn execute(&self, topic: &Slug) -> Result<(), RoutingError> {
        atomically(&*self.storage, async |tx| {
            let topic = held(tx, topic).await?;
            if topic.is_default {
                return Err(RoutingError::DefaultTopic(topic.slug.to_string()));
            }
            tx.topics().delete(&topic.slug).await?;
            let facts = topic_facts(&topic, &tx.channels().all().await?);
            Ok(self.audit.changed(tx, Action::TopicRemoved, &topic.slug, facts, Facts::new()).await?)
        })
        .await
    }
}

pub(super) async fn routes_to(tx: &mut Transaction, channels: &[String]) -> Result<Vec<Route>, RoutingError> {
    let channels = find_routable(tx, channels).await?;
    Ok(channels.iter().map(|channel| Route { channel_id: channel.id, kind: channel.kind }).collect())
}

/// A topic that nobody else changes meanwhile.
async fn held(tx: &mut Transaction, slug: &Slug) -> Result<Topic, RoutingError> {
    let unknown = || RoutingError::Unknown("topic", slug.to_string());
    if !tx.topics().hold(slug).await? {
        return Err(unknown());
    }
    let routing = tx.topics().routing().await?;
    routing.topics().iter().find(|known| known.slug == *slug).cloned().ok_or_else(unknown)
}
