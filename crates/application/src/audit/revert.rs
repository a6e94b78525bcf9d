//! Undoing what somebody changed about the routing.

use std::{str::FromStr, sync::Arc};

use domain::{
    audit::{Action, AuditEntry, Facts},
    ids::AuditId,
    quiet_hours::QuietHours,
    topic::Slug,
};
use jiff::{SignedDuration, civil::Time};
use serde_json::Value;

use super::{Audit, channel_facts, topic_facts};
use crate::{
    ports::{Storage, StorageError, Transaction, atomically},
    routing::{ChannelChange, RoutingError, TopicChange, change_channel, change_topic},
};

/// Why a change stays.
#[derive(Debug, thiserror::Error)]
pub enum RevertError {
    /// There is no such entry.
    #[error("there is no such entry")]
    Unknown,
    /// What was done cannot be undone by what was kept.
    #[error("this cannot be undone from here")]
    Final,
    /// It was changed again since.
    #[error("it was changed again since, or is gone: undo that first, or change it by hand")]
    ChangedSince,
    /// The default moves when another topic is made the default.
    #[error("another topic has to be made the default")]
    Default,
    /// The routing does not allow it.
    #[error(transparent)]
    Routing(#[from] RoutingError),
    /// It could not be read or written.
    #[error("undoing a change failed")]
    Storage(#[from] StorageError),
}

/// Puts a topic or a channel back to what it was before a change, by the rules of every other change.
#[derive(Clone)]
pub struct RevertChange {
    /// Where entries and routing are.
    pub storage: Arc<dyn Storage>,
    /// Who does it.
    pub audit: Audit,
}

impl RevertChange {
    /// Undoes the change of an entry. What was changed beside it stays.
    pub async fn execute(&self, id: AuditId) -> Result<(), RevertError> {
        let audit = self.audit.reverting(id);
        atomically(&*self.storage, async |tx| {
            let entry = tx.audit().find(id).await?.ok_or(RevertError::Unknown)?;
            match entry.action {
                Action::TopicChanged => revert_topic(tx, &audit, &entry).await,
                Action::ChannelChanged => revert_channel(tx, &audit, &entry).await,
                _ => Err(RevertError::Final),
            }
        })
        .await
    }
}

async fn revert_topic(tx: &mut Transaction, audit: &Audit, entry: &AuditEntry) -> Result<(), RevertError> {
    let slug = Slug::restore(entry.object.clone());
    let (routing, channels) = (tx.topics().routing().await?, tx.channels().all().await?);
    let topic = routing.topics().iter().find(|topic| topic.slug == slug).ok_or(RevertError::ChangedSince)?;
    stands(entry, &topic_facts(topic, &channels))?;
    let before = &entry.before;
    if before.get("default") == Some(&Value::Bool(false)) {
        return Err(RevertError::Default);
    }
    let change = TopicChange {
        title: before.get("title").map(read).transpose()?.flatten(),
        aliases: texts(before, "aliases"),
        make_default: before.get("default") == Some(&Value::Bool(true)),
        channels: texts(before, "channels"),
        digest_at: before.get("digest_at").map(read::<Time>).transpose()?,
        escalate_after: before.get("escalate_after").map(read::<SignedDuration>).transpose()?,
        reference_field: before.get("reference_field").map(read).transpose()?,
        status_field: before.get("status_field").map(read).transpose()?,
        resume_at: before.get("resume_at").map(read).transpose()?,
    };
    change_topic(tx, audit, &slug, change, Some(topic)).await?;
    Ok(())
}

async fn revert_channel(tx: &mut Transaction, audit: &Audit, entry: &AuditEntry) -> Result<(), RevertError> {
    let channels = tx.channels().all().await?;
    let channel = channels.iter().find(|channel| channel.name == entry.object);
    let channel = channel.ok_or(RevertError::ChangedSince)?;
    stands(entry, &channel_facts(channel, &channels))?;
    let before = &entry.before;
    let change = ChannelChange {
        target: before.get("target").map(read).transpose()?.flatten(),
        fallback: before.get("fallback").map(read).transpose()?,
        quiet_hours: before.get("quiet_hours").map(read::<QuietHours>).transpose()?,
    };
    change_channel(tx, audit, &entry.object, change, Some(channel)).await?;
    Ok(())
}

/// Whether all still stands that the entry changed.
fn stands(entry: &AuditEntry, present: &Facts) -> Result<(), RevertError> {
    let stands = entry.after.iter().all(|(name, value)| present.get(name) == Some(value));
    if stands { Ok(()) } else { Err(RevertError::ChangedSince) }
}

fn texts(before: &Facts, name: &str) -> Option<Vec<String>> {
    let texts = before.get(name)?.as_array()?;
    Some(texts.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect())
}

/// What a fact says; none if it says that there was nothing.
fn read<T: FromStr>(fact: &Value) -> Result<Option<T>, RevertError> {
    let read = |text: &str| text.parse().map_err(|_| RevertError::Final);
    fact.as_str().map(read).transpose()
}
