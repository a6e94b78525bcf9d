//! Teams are told once a day what waits for them.

use std::sync::Arc;

use domain::{
    channel::{Channel, ChannelKind, Target},
    ids::{ChannelId, NotificationId, RequestId},
    ledger::Made,
    notification::{NewNotification, Purpose},
    topic::{Slug, Topic},
};
use jiff::{Timestamp, civil::Date};

use crate::ports::{Clock, Ids, NotificationQueue, Storage, StorageError, Transaction, atomically, consult};

/// Plans the digest of each topic that has one set, once a day, if something is open.
#[derive(Clone)]
pub struct SendDigests {
    /// Where topics and notifications are.
    pub storage: Arc<dyn Storage>,
    /// What is rung.
    pub queue: Arc<dyn NotificationQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
}

impl SendDigests {
    /// Plans what is due. Says how many digests that were.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let now = self.clock.now();
        let due = consult(&*self.storage, async |snapshot| {
            let routing = snapshot.topics().routing().await?;
            Ok(due_digests(routing.topics(), now))
        })
        .await?;
        if due.is_empty() {
            return Ok(0);
        }
        let mut planned = 0;
        for (topic, day) in due {
            let is_new = atomically(&*self.storage, async |tx| self.plan(tx, &topic, day, now).await).await?;
            planned += usize::from(is_new);
        }
        if planned > 0 {
            tracing::info!(planned, "digests were planned");
            self.queue.ring();
        }
        Ok(planned)
    }

    /// Plans a digest, unless there is one of that day or nothing waits for the team.
    async fn plan(
        &self,
        tx: &mut Transaction,
        topic: &Slug,
        day: Date,
        now: Timestamp,
    ) -> Result<bool, StorageError> {
        let Some(channel_id) = team_channel(tx).await? else {
            tracing::warn!(%topic, "a digest has nowhere to go: there is no email channel to the team");
            return Ok(false);
        };
        let id = NotificationId::from_uuid(self.ids.next());
        if tx.reminders().backlog(topic, 0).await?.open == 0
            || !tx.reminders().note_digest(topic, day, id).await?
        {
            return Ok(false);
        }
        let digest = NewNotification {
            id,
            purpose: Purpose::Digest,
            channel_id,
            user_id: None,
            ticket_id: None,
            request_id: RequestId::from_uuid(self.ids.next()),
            due_at: now,
            created_at: now,
        };
        tx.notifications().insert(&[digest]).await?;
        tx.ledger().made_without_call(now, Made { notifications: 1, ..Made::default() }).await?;
        Ok(true)
    }
}

fn due_digests(topics: &[Topic], now: Timestamp) -> Vec<(Slug, Date)> {
    let due = |topic: &Topic| Some((topic.slug.clone(), topic.reminders.digest_day(now)?));
    topics.iter().filter_map(due).collect()
}

/// The first email channel that leads to the team.
async fn team_channel(tx: &mut Transaction) -> Result<Option<ChannelId>, StorageError> {
    let leads_to_team =
        |channel: &Channel| channel.kind == ChannelKind::Email && channel.target == Target::Team;
    Ok(tx.channels().all().await?.into_iter().find(leads_to_team).map(|channel| channel.id))
}
