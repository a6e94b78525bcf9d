//! Topics, channels, and the routes between them.

mod channel;
mod mail;
mod preview;
mod topic;

use std::sync::Arc;

use domain::{
    audit::{Action, Facts},
    channel::{Channel, ChannelKind, PERSON_CHANNEL, Target},
    chat_rules::ChatRules,
    ids::ChannelId,
    label,
    reminder::Reminders,
    topic::{Slug, Topic},
};

pub(crate) use self::{channel::change_channel, topic::change_topic};
pub use self::{
    channel::{ArchiveChannel, ChannelChange, SetChannel, TestChannel, TestChannelError},
    mail::{SampleMail, TryMail, TryMailError},
    preview::{
        MatchedPerson, MatchedTopic, PlannedNotification, PreviewRouting, RoutingPreview, is_secret_set,
    },
    topic::{RemoveTopic, SetTopic, TopicChange},
};
use crate::{
    audit::{Audit, channel_facts, topic_facts},
    ports::{Clock, Ids, Storage, StorageError, Transaction, atomically},
};

/// Why the routing stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum RoutingError {
    /// The name cannot be used.
    #[error("a name needs 1 to 100 characters")]
    Name,
    /// The name is taken.
    #[error("there is a {0} named {1} already")]
    NameTaken(&'static str, String),
    /// There is no such thing.
    #[error("there is no {0} named {1}")]
    Unknown(&'static str, String),
    /// A topic must tell somebody.
    #[error("a topic needs at least one channel")]
    NoChannel,
    /// The channel is Frontdesk's own.
    #[error("the channel {PERSON_CHANNEL} tells persons themselves and cannot be routed to")]
    PersonChannel,
    /// The one must not be told what is for the other.
    #[error(
        "the channel {0} cannot stand in for {1}: it is the same one, or one of them tells persons and the other a team"
    )]
    Fallback(String, String),
    /// Somebody else changed it since it was looked at.
    #[error("somebody else changed it meanwhile")]
    Changed,
    /// Calls of bots that name no topic need it.
    #[error("the topic {0} is the default: make another one the default first")]
    DefaultTopic(String),
    /// Frontdesk itself needs it.
    #[error("the channel {0} tells persons themselves: it stays")]
    OwnChannel(String),
    /// Others lead to it.
    #[error("{1} leads to the channel {0}: change that first")]
    ChannelInUse(String, String),
    /// It could not be written.
    #[error("changing the routing failed")]
    Storage(#[from] StorageError),
}

/// Adds a channel.
#[derive(Clone)]
pub struct AddChannel {
    /// Where channels are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Who does it.
    pub audit: Audit,
}

impl AddChannel {
    /// Adds a channel with the pace that its kind demands.
    pub async fn execute(&self, name: &str, kind: ChannelKind, target: Target) -> Result<(), RoutingError> {
        let channel = Channel {
            id: ChannelId::from_uuid(self.ids.next()),
            name: checked_name(name)?,
            kind,
            target,
            interval: kind.default_interval(),
            paused_at: None,
            fallback: None,
            quiet_hours: None,
            created_at: self.clock.now(),
        };
        let inserted = atomically(&*self.storage, async |tx| {
            tx.channels().insert(&channel).await?;
            self.audit.did(tx, Action::ChannelAdded, &channel.name, channel_facts(&channel, &[])).await
        })
        .await;
        taken("channel", &channel.name, inserted)
    }
}

/// Stops sending over a channel, or goes on.
#[derive(Clone)]
pub struct PauseChannel {
    /// Where channels are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who does it.
    pub audit: Audit,
}

impl PauseChannel {
    /// Pauses the channel, or resumes it. What waits is kept.
    pub async fn execute(&self, name: &str, paused: bool) -> Result<(), RoutingError> {
        let since = paused.then(|| self.clock.now());
        atomically(&*self.storage, async |tx| {
            let channel = find_channel(tx, name).await?;
            tx.channels().set_paused(channel.id, since).await?;
            if channel.paused_at.is_some() == paused {
                return Ok(());
            }
            let action = if paused { Action::ChannelPaused } else { Action::ChannelResumed };
            Ok(self.audit.did(tx, action, &channel.name, Facts::new()).await?)
        })
        .await
    }
}

/// What a new topic is to be.
#[derive(Debug, Clone)]
pub struct NewTopic {
    /// Its short name.
    pub slug: Slug,
    /// What people read.
    pub title: String,
    /// Other texts that mean it.
    pub aliases: Vec<String>,
    /// Whether tickets on no known topic are about this one from now on.
    pub is_default: bool,
    /// The names of the channels that are told.
    pub channels: Vec<String>,
}

/// Adds a topic.
#[derive(Clone)]
pub struct AddTopic {
    /// Where topics are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who does it.
    pub audit: Audit,
}

impl AddTopic {
    /// Adds it with its routes.
    pub async fn execute(&self, new: NewTopic) -> Result<(), RoutingError> {
        let title = checked_name(&new.title)?;
        let slug = new.slug.to_string();
        let inserted = atomically(&*self.storage, async |tx| {
            let routes = topic::routes_to(tx, &new.channels).await?;
            let topic = Topic {
                slug: new.slug,
                title,
                aliases: new.aliases,
                is_default: new.is_default,
                routes,
                reminders: Reminders::default(),
                chat_rules: ChatRules::default(),
            };
            if topic.is_default {
                topic::note_that_it_moves(tx, &self.audit, &topic.slug).await?;
            }
            tx.topics().insert(&topic, self.clock.now()).await?;
            let facts = topic_facts(&topic, &tx.channels().all().await?);
            Ok::<_, RoutingError>(self.audit.did(tx, Action::TopicAdded, &topic.slug, facts).await?)
        })
        .await;
        match inserted {
            Err(RoutingError::Storage(error)) => taken("topic", &slug, Err(error)),
            other => other,
        }
    }
}

/// The channels of these names, each once.
async fn find_routable(tx: &mut Transaction, names: &[String]) -> Result<Vec<Channel>, RoutingError> {
    if names.is_empty() {
        return Err(RoutingError::NoChannel);
    }
    let mut channels = Vec::with_capacity(names.len());
    for name in names {
        if name == PERSON_CHANNEL {
            return Err(RoutingError::PersonChannel);
        }
        let channel = find_channel(tx, name).await?;
        if !channels.contains(&channel) {
            channels.push(channel);
        }
    }
    Ok(channels)
}

async fn find_channel(tx: &mut Transaction, name: &str) -> Result<Channel, RoutingError> {
    tx.channels().by_name(name).await?.ok_or_else(|| RoutingError::Unknown("channel", name.to_owned()))
}

fn checked_name(name: &str) -> Result<String, RoutingError> {
    label::parse(name).ok_or(RoutingError::Name)
}

fn taken(what: &'static str, name: &str, inserted: Result<(), StorageError>) -> Result<(), RoutingError> {
    match inserted {
        Err(StorageError::Conflict(_)) => Err(RoutingError::NameTaken(what, name.to_owned())),
        other => other.map_err(RoutingError::from),
    }
}
