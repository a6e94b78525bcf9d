//! What people write in their chats.

use std::sync::Arc;

use domain::{
    bot::Bot,
    bot_call::RefusalCode,
    conversation::{ChatId, Delivery, ECHO_WITHIN, Heard, Taken, take_down},
    ids::{BotId, NotificationId, RequestId},
    intake::{CallPath, QuarantineReason, Quarantined, RawCall},
    ticket_work::heard as heard_on,
};
use jiff::Timestamp;
use metrics::counter;

use super::gate::Gate;
use crate::{
    ports::{Clock, Ids, Storage, StorageError, Transaction, atomically},
    tickets::{Hand, with_work},
};

/// What a hook delivered, as it arrived.
#[derive(Debug, Clone)]
pub struct HookDelivery {
    /// Its id.
    pub request_id: RequestId,
    /// The header `sentry-trace`.
    pub trace: Option<String>,
    /// Query and body.
    pub raw: RawCall,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hearing {
    /// Messages that were stored.
    pub new: usize,
    /// Messages that were known.
    pub known: usize,
    /// Own messages that came back.
    pub echoes: usize,
    /// Messages of bots and of Landbot itself, which are not stored.
    pub ignored: usize,
    /// Whether something could not be understood, and the delivery is kept in quarantine as it arrived.
    pub is_held: bool,
}

/// Why a delivery was not taken. It has to come again.
#[derive(Debug, thiserror::Error)]
pub enum HearError {
    /// Too many deliveries wait.
    #[error("too many deliveries wait")]
    Busy,
    /// It could not be written.
    #[error("storing a delivery failed")]
    Storage(#[from] StorageError),
}

/// Takes deliveries of hooks: stores what persons and agents wrote, opens the tickets of persons who wrote again, and
/// recognises replies that came back. What was taken is durable.
#[derive(Clone)]
pub struct HearMessages {
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    gate: Gate,
}

impl HearMessages {
    /// Stores in `storage`.
    pub fn new(storage: Arc<dyn Storage>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { storage, clock, ids, gate: Gate::new() }
    }

    /// Takes a delivery of a hook of `bot`. What only bots said needs no storage.
    pub async fn execute(&self, bot: &Bot, delivered: &HookDelivery) -> Result<Hearing, HearError> {
        let now = self.clock.now();
        let delivery = Delivery::read(bot.id, &delivered.raw.body, delivered.trace.as_deref(), now);
        let ignored = delivery.ignored;
        let hearing = if delivery.heard.is_empty() && !delivery.is_unclear {
            Hearing::default()
        } else {
            let _turn = self.gate.turn().await.ok_or(HearError::Busy)?;
            match self.store(bot.id, delivered, &delivery, now).await {
                Err(StorageError::Conflict(_) | StorageError::Stale) => {
                    self.store(bot.id, delivered, &delivery, now).await?
                }
                stored => stored?,
            }
        };
        let hearing = Hearing { ignored, ..hearing };
        count(hearing);
        Ok(hearing)
    }

    async fn store(
        &self,
        bot: BotId,
        delivered: &HookDelivery,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<Hearing, StorageError> {
        atomically(&*self.storage, async |tx| {
            let hearing = self.hear(tx, bot, delivery.heard.clone(), now).await?;
            if delivery.is_unclear {
                tx.quarantine().hold(&[held(bot, delivered, now)]).await?;
            }
            Ok(Hearing { is_held: delivery.is_unclear, ..hearing })
        })
        .await
    }

    async fn hear(
        &self,
        tx: &mut Transaction,
        bot: BotId,
        heard: Vec<Heard>,
        now: Timestamp,
    ) -> Result<Hearing, StorageError> {
        let replies = tx.conversation().own_replies(&chats(bot, &heard), now - ECHO_WITHIN).await?;
        let Taken { messages, echoes, parts } = &take_down(bot, heard, replies, &mut || self.ids.next());
        let new = tx.conversation().record(messages).await?;
        let chats = Taken::chats_of_persons(messages, &new);
        if !chats.is_empty() {
            let waiting = tx.conversation().hold_waiting(&chats).await?;
            let hand = Hand { agent: None, at: now, ids: &*self.ids };
            for known in with_work(tx, waiting).await? {
                let changed = heard_on(&known.ticket, known.work);
                hand.write(tx, known, changed).await?;
            }
        }
        if !echoes.is_empty() {
            let delivering: Vec<NotificationId> = echoes.iter().map(|echo| echo.notification_id).collect();
            tx.conversation().note_heard(echoes).await?;
            tx.notifications().confirm(&delivering).await?;
        }
        let (new, all) = (new.len(), messages.len());
        Ok(Hearing { new, known: all - new, echoes: echoes.len() + parts, ..Hearing::default() })
    }
}

fn chats(bot: BotId, heard: &[Heard]) -> Vec<ChatId> {
    let mut chats: Vec<_> =
        heard.iter().map(|heard| ChatId { bot, customer: heard.customer.clone() }).collect();
    chats.sort_unstable();
    chats.dedup();
    chats
}

/// What arrived, for a human to look at.
fn held(bot_id: BotId, delivered: &HookDelivery, received_at: Timestamp) -> Quarantined {
    Quarantined {
        request_id: delivered.request_id,
        bot_id,
        path: CallPath::Messages,
        reason: QuarantineReason { code: RefusalCode::BodyUnreadable, field: None },
        raw: delivered.raw.clone(),
        received_at,
    }
}

fn count(hearing: Hearing) {
    let Hearing { new, known, echoes, ignored, is_held } = hearing;
    let outcomes = [
        ("new", new),
        ("known", known),
        ("echo", echoes),
        ("ignored", ignored),
        ("unclear", usize::from(is_held)),
    ];
    for (outcome, count) in outcomes.into_iter().filter(|(_, count)| *count > 0) {
        counter!("frontdesk_hook_messages_total", "outcome" => outcome).increment(count as u64);
    }
}
