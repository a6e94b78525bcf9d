//! Channels are changed and tried.

use std::{collections::HashMap, sync::Arc};

use domain::{
    audit::{Action, Facts},
    channel::{Channel as ChannelRecord, ChannelKind, Target},
    ids::{NotificationId, RequestId, TicketId},
    language::Language,
    message::{Content, Message, TicketFacts},
    quiet_hours::QuietHours,
    ticket::{Chat, Reference},
    topic::Topic,
};

use super::{RoutingError, find_channel};
use crate::{
    audit::{Audit, channel_facts},
    ports::{Channel, Clock, Ids, Receipt, Storage, StorageError, Transaction, atomically, consult},
};

/// What is to change of a channel. Each part is left as it is unless it is given; the inner option takes it away.
#[derive(Debug, Clone, Default)]
pub struct ChannelChange {
    /// Where it leads.
    pub target: Option<Target>,
    /// The name of the channel that is told when this one has failed for good.
    pub fallback: Option<Option<String>>,
    /// When nothing is sent.
    pub quiet_hours: Option<Option<QuietHours>>,
}

/// Changes a channel.
#[derive(Clone)]
pub struct SetChannel {
    /// Where channels are.
    pub storage: Arc<dyn Storage>,
    /// Who does it.
    pub audit: Audit,
}

impl SetChannel {
    /// Changes what is given, and answers the channel as it is then. With `seen` the channel that somebody looked at: if it
    /// is another one now, it stays.
    pub async fn execute(
        &self,
        name: &str,
        change: ChannelChange,
        seen: Option<&ChannelRecord>,
    ) -> Result<ChannelRecord, RoutingError> {
        atomically(&*self.storage, async |tx| change_channel(tx, &self.audit, name, change, seen).await).await
    }
}

/// Changes what is given, as [`SetChannel`] does.
pub(crate) async fn change_channel(
    tx: &mut Transaction,
    audit: &Audit,
    name: &str,
    change: ChannelChange,
    seen: Option<&ChannelRecord>,
) -> Result<ChannelRecord, RoutingError> {
    let mut channel = find_channel(tx, name).await?;
    if seen.is_some_and(|seen| *seen != channel) {
        return Err(RoutingError::Changed);
    }
    let known = channel.clone();
    if let Some(target) = change.target {
        channel.target = target;
    }
    if let Some(hours) = change.quiet_hours {
        channel.quiet_hours = hours;
    }
    match change.fallback {
        Some(Some(fallback)) => {
            let fallback = find_channel(tx, &fallback).await?;
            if !fallback.can_stand_in_for(&channel) {
                return Err(RoutingError::Fallback(fallback.name, channel.name));
            }
            channel.fallback = Some(fallback.id);
        }
        Some(None) => channel.fallback = None,
        None => {}
    }
    tx.channels().update(&channel).await?;
    let all = tx.channels().all().await?;
    let (before, after) = (channel_facts(&known, &all), channel_facts(&channel, &all));
    audit.changed(tx, Action::ChannelChanged, &channel.name, before, after).await?;
    Ok(channel)
}

/// Puts a channel away.
#[derive(Clone)]
pub struct ArchiveChannel {
    /// Where channels are.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who does it.
    pub audit: Audit,
}

impl ArchiveChannel {
    /// Puts a channel away that no topic and no other channel leads to. What waits over it is still sent.
    pub async fn execute(&self, name: &str) -> Result<(), RoutingError> {
        atomically(&*self.storage, async |tx| {
            let channel = find_channel(tx, name).await?;
            if channel.target == Target::Person {
                return Err(RoutingError::OwnChannel(channel.name));
            }
            if let Some(user) = what_leads_to(tx, &channel).await? {
                return Err(RoutingError::ChannelInUse(channel.name, user));
            }
            tx.channels().archive(&channel, self.clock.now()).await?;
            Ok(self.audit.did(tx, Action::ChannelArchived, &channel.name, Facts::new()).await?)
        })
        .await
    }
}

/// The first topic or channel that leads to a channel.
async fn what_leads_to(
    tx: &mut Transaction,
    channel: &ChannelRecord,
) -> Result<Option<String>, StorageError> {
    let routing = tx.topics().routing().await?;
    let leads = |topic: &&Topic| topic.routes.iter().any(|route| route.channel_id == channel.id);
    if let Some(topic) = routing.topics().iter().find(leads) {
        return Ok(Some(format!("the topic {}", topic.slug)));
    }
    let channels = tx.channels().all().await?;
    let other = channels.iter().find(|other| other.fallback == Some(channel.id));
    Ok(other.map(|other| format!("the channel {}", other.name)))
}

/// Tries a channel.
#[derive(Clone)]
pub struct TestChannel {
    /// Where channels are.
    pub storage: Arc<dyn Storage>,
    /// How each kind is delivered.
    pub channels: HashMap<ChannelKind, Arc<dyn Channel>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
}

/// Why a channel could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum TestChannelError {
    /// There is no such channel.
    #[error("there is no channel named {0}")]
    Unknown(String),
    /// Whoever the channel would tell is a person of a ticket, and here is none.
    #[error("the channel {0} tells persons themselves, so a test has nobody to go to")]
    Person(String),
    /// The channel could not be looked up.
    #[error("looking for the channel failed")]
    Storage(#[from] StorageError),
}

impl TestChannel {
    /// Sends the news of a ticket that does not exist, marked as a test, at once: no pause, no pace and no quiet hours
    /// apply. It is in no list, is tried once, and says nothing about the health of the channel. Answers what the receiving
    /// side said.
    pub async fn execute(&self, name: &str) -> Result<Receipt, TestChannelError> {
        let channel =
            consult(&*self.storage, async |snapshot| snapshot.channels().by_name(name).await).await?;
        let channel = channel.ok_or_else(|| TestChannelError::Unknown(name.to_owned()))?;
        if channel.target == Target::Person {
            return Err(TestChannelError::Person(channel.name));
        }
        let message = self.message(&channel);
        let adapter =
            self.channels.get(&channel.kind).expect("every kind of channel has an adapter or a stand-in");
        Ok(adapter.deliver(&message).await)
    }

    fn message(&self, channel: &ChannelRecord) -> Message {
        let now = self.clock.now();
        let ticket = TicketFacts {
            id: TicketId::from_uuid(self.ids.next()),
            reference: Reference::new(0),
            topic: "Test".to_owned(),
            topic_asked: None,
            description: format!(
                "This is a test of the channel {}. There is no such ticket, and nobody waits for an answer.",
                channel.name
            ),
            chat: Chat::default(),
            bot: "frontdesk channel test".to_owned(),
            team_language: Language::ENGLISH,
            opened_at: now,
        };
        Message {
            id: NotificationId::from_uuid(self.ids.next()),
            request_id: RequestId::from_uuid(self.ids.next()),
            kind: channel.kind,
            channel: channel.name.clone(),
            target: channel.target.clone(),
            due_at: now,
            possible_duplicate: false,
            content: Content::TicketOpened { ticket: Box::new(ticket), person: None },
        }
    }
}
