//! An agent answers a person.

use std::sync::Arc;

use domain::{
    agent::{Agent, Role},
    channel::ChannelKind,
    conversation::{
        Author, ChatId, ConversationMessage, MessageKey,
        reply::{NoWay, REPLY_KEY_MAX, Reach, ReplyTextError, Way, WhyMail, read_text},
    },
    ids::{MessageId, NotificationId, RequestId, uuid_of_moment},
    ledger::Made,
    notification::{NewNotification, Purpose},
    ticket::{Reference, Ticket},
    ticket_work::answered,
};
use jiff::Timestamp;

use crate::{
    ports::{Clock, Ids, NotificationQueue, Storage, StorageError, Transaction, atomically},
    tickets::{Hand, with_its_work},
};

/// Why a reply was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// Whoever only reads does not answer.
    #[error("a viewer cannot answer tickets")]
    NotAllowed,
    /// There is no such ticket.
    #[error("there is no ticket {0}")]
    UnknownTicket(Reference),
    /// The text cannot be sent.
    #[error(transparent)]
    Text(#[from] ReplyTextError),
    /// The key cannot be used.
    #[error("the key of a reply has 1 to {REPLY_KEY_MAX} characters")]
    Key,
    /// The key was used for another text.
    #[error("the key was used for another reply")]
    KeyReused,
    /// The person cannot be reached.
    #[error(transparent)]
    NoWay(#[from] NoWay),
    /// It could not be written.
    #[error("storing the reply failed")]
    Storage(#[from] StorageError),
}

/// A reply that was taken and will be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replied {
    /// The message.
    pub message_id: MessageId,
    /// What delivers it.
    pub notification_id: NotificationId,
    /// Over what it is sent: the chat or mail.
    pub over: ChannelKind,
    /// Why it goes by mail, if that was decided now.
    pub why_mail: Option<WhyMail>,
    /// Whether it was taken before, and is not sent another time.
    pub is_repeated: bool,
}

/// Answers the person of a ticket: in the chat that the ticket was opened from, else by mail.
#[derive(Clone)]
pub struct ReplyToTicket {
    /// Where tickets and conversations are.
    pub storage: Arc<dyn Storage>,
    /// What is rung.
    pub queue: Arc<dyn NotificationQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Whether Landbot's chats can be written to.
    pub is_connected: bool,
}

impl ReplyToTicket {
    /// Takes a reply of `agent`. A client makes up a `key` for each reply; the same key and text are taken once.
    pub async fn execute(
        &self,
        agent: &Agent,
        reference: Reference,
        text: &str,
        key: &str,
    ) -> Result<Replied, ReplyError> {
        if !agent.may(Role::Agent) {
            return Err(ReplyError::NotAllowed);
        }
        if !(1..=REPLY_KEY_MAX).contains(&key.chars().count()) {
            return Err(ReplyError::Key);
        }
        let text = read_text(text)?;
        let replied = match self.store(agent, reference, &text, key).await {
            // The same reply was taken at the same time: it is found now.
            Err(ReplyError::Storage(StorageError::Conflict(_))) => {
                self.store(agent, reference, &text, key).await?
            }
            stored => stored?,
        };
        self.queue.ring();
        Ok(replied)
    }

    async fn store(
        &self,
        agent: &Agent,
        reference: Reference,
        text: &str,
        key: &str,
    ) -> Result<Replied, ReplyError> {
        let now = self.clock.now();
        atomically(&*self.storage, async |tx| {
            let unknown = || ReplyError::UnknownTicket(reference);
            let ticket = tx.tickets().by_reference(reference).await?.ok_or_else(unknown)?;
            let key = MessageKey::of_reply(agent.id(), ticket.id, key);
            if let Some(taken) = tx.conversation().by_key(key).await? {
                return repeated(&taken, text);
            }
            let ticket = self.await_answer(tx, agent, reference).await?.ok_or_else(unknown)?;
            let way = self.way(tx, &ticket, now).await?;
            let planned = self.plan(&ticket, way, now);
            let message = self.message(agent, &ticket, key, text, &planned);
            if tx.conversation().record(std::slice::from_ref(&message)).await?.is_empty() {
                return Err(StorageError::Conflict("messages_key_key").into());
            }
            tx.notifications().insert(std::slice::from_ref(&planned)).await?;
            tx.ledger().made_without_call(now, Made { notifications: 1, ..Made::default() }).await?;
            Ok(taken(&message, planned.id, way))
        })
        .await
    }

    /// The ticket that is answered, which waits for the person from now on.
    async fn await_answer(
        &self,
        tx: &mut Transaction,
        agent: &Agent,
        reference: Reference,
    ) -> Result<Option<Ticket>, StorageError> {
        let held = tx.conversation().hold(reference).await?;
        let Some(known) = with_its_work(tx, held).await? else { return Ok(None) };
        let changed = answered(&known.ticket, known.work);
        let hand = Hand { agent: Some(agent.id()), at: self.clock.now(), ids: &*self.ids };
        Ok(Some(hand.write(tx, known, changed).await?.ticket))
    }

    async fn way(&self, tx: &mut Transaction, ticket: &Ticket, now: Timestamp) -> Result<Way, ReplyError> {
        let chat = ChatId::of(ticket);
        let last_heard = match &chat {
            Some(chat) => tx.conversation().last_heard(chat).await?,
            None => None,
        };
        let user = match ticket.user_id {
            Some(id) => tx.users().find(id).await?,
            None => None,
        };
        let has_address = ticket.reply_to.is_some() || user.is_some_and(|user| user.email.is_some());
        let is_connected = self.is_connected;
        Ok(Reach { has_chat: chat.is_some(), is_connected, last_heard, has_address }.way(now)?)
    }

    fn plan(&self, ticket: &Ticket, way: Way, now: Timestamp) -> NewNotification {
        NewNotification {
            id: NotificationId::from_uuid(self.ids.next()),
            purpose: Purpose::Reply,
            channel_id: way.channel_id(),
            user_id: ticket.user_id,
            ticket_id: Some(ticket.id),
            request_id: RequestId::from_uuid(self.ids.next()),
            due_at: now,
            created_at: now,
        }
    }

    fn message(
        &self,
        agent: &Agent,
        ticket: &Ticket,
        key: MessageKey,
        text: &str,
        planned: &NewNotification,
    ) -> ConversationMessage {
        let in_chat = planned.channel_id == Way::Chat.channel_id();
        ConversationMessage {
            id: MessageId::from_uuid(uuid_of_moment(planned.created_at, self.ids.next())),
            key,
            chat: ChatId::of(ticket).filter(|_| in_chat),
            ticket_id: Some(ticket.id),
            author: Author::Agent,
            agent_id: Some(agent.id()),
            kind: "text".to_owned(),
            text: text.to_owned(),
            channel: None,
            notification_id: Some(planned.id),
            sent_at: planned.created_at,
        }
    }
}

const fn taken(message: &ConversationMessage, notification_id: NotificationId, way: Way) -> Replied {
    let (over, why_mail) = match way {
        Way::Chat => (ChannelKind::Landbot, None),
        Way::Mail(why) => (ChannelKind::Email, Some(why)),
    };
    Replied { message_id: message.id, notification_id, over, why_mail, is_repeated: false }
}

/// The answer to a reply that was taken before.
fn repeated(taken: &ConversationMessage, text: &str) -> Result<Replied, ReplyError> {
    let Some(notification_id) = taken.notification_id.filter(|_| taken.text == text) else {
        return Err(ReplyError::KeyReused);
    };
    let over = if taken.chat.is_some() { ChannelKind::Landbot } else { ChannelKind::Email };
    Ok(Replied { message_id: taken.id, notification_id, over, why_mail: None, is_repeated: true })
}
