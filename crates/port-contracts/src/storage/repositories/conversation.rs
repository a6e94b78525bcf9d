//! What people and teams write to each other.

use application::ports::{ConversationRepository, Page, StorageError, Whose};
use async_trait::async_trait;
use domain::{
    conversation::{Author, ChatId, ConversationMessage, Echo, MessageKey, OwnReply, reply::LastHeard},
    identity::Identity,
    ids::{MessageId, NotificationId, TicketId},
    ticket::{Reference, Ticket, TicketStatus},
};
use jiff::Timestamp;

use crate::storage::{Operation, state::State, unit_of_work::InMemoryUnitOfWork};

#[async_trait]
impl ConversationRepository for InMemoryUnitOfWork {
    async fn record(&mut self, messages: &[ConversationMessage]) -> Result<Vec<MessageId>, StorageError> {
        let state = self.write(Operation::ConversationRecord)?;
        let mut new = Vec::new();
        for message in messages {
            if state.message_with(message.key).is_none() {
                state.messages.insert(message.id, message.clone(), "messages_pkey")?;
                new.push(message.id);
            }
        }
        Ok(new)
    }

    async fn page(&mut self, whose: Whose, page: Page) -> Result<Vec<ConversationMessage>, StorageError> {
        let state = self.read(Operation::ConversationPage)?;
        let (chats, tickets) = state.places(whose);
        let messages = state.messages.newest_first(page.before.map(MessageId::from_uuid));
        let theirs = messages.filter(|message| is_in(message, &chats, &tickets));
        Ok(theirs.take(page.limit.into()).cloned().collect())
    }

    async fn by_key(&mut self, key: MessageKey) -> Result<Option<ConversationMessage>, StorageError> {
        Ok(self.read(Operation::ConversationByKey)?.message_with(key).cloned())
    }

    async fn own_replies(
        &mut self,
        chats: &[ChatId],
        since: Timestamp,
    ) -> Result<Vec<OwnReply>, StorageError> {
        let state = self.read(Operation::ConversationOwnReplies)?;
        let replies = state.messages.values().filter(|message| message.sent_at >= since);
        let own = replies.filter_map(|message| {
            Some(OwnReply {
                id: message.id,
                chat: message.chat.clone().filter(|chat| chats.contains(chat))?,
                notification_id: message.notification_id?,
                text: message.text.clone(),
                heard_as: state.heard.get(&message.id).copied(),
            })
        });
        Ok(own.collect())
    }

    async fn note_heard(&mut self, echoes: &[Echo]) -> Result<(), StorageError> {
        let state = self.write(Operation::ConversationNoteHeard)?;
        for echo in echoes {
            state.heard.put(echo.id, echo.heard_as);
        }
        Ok(())
    }

    async fn last_heard(&mut self, chat: &ChatId) -> Result<Option<LastHeard>, StorageError> {
        let state = self.read(Operation::ConversationLastHeard)?;
        let by_person = |message: &&ConversationMessage| {
            message.author == Author::Person && message.chat.as_ref() == Some(chat)
        };
        let last = state.messages.newest_first(None).find(by_person);
        Ok(last.map(|message| LastHeard { at: message.sent_at, channel: message.channel.clone() }))
    }

    async fn hold_waiting(&mut self, chats: &[ChatId]) -> Result<Vec<Ticket>, StorageError> {
        let state = self.write(Operation::ConversationHoldWaiting)?;
        let waits =
            |ticket: &&Ticket| matches!(ticket.status, TicketStatus::Pending | TicketStatus::Resolved);
        let theirs = |ticket: &&Ticket| ChatId::of(ticket).is_some_and(|chat| chats.contains(&chat));
        Ok(state.tickets.values().filter(waits).filter(theirs).cloned().collect())
    }

    async fn hold(&mut self, reference: Reference) -> Result<Option<Ticket>, StorageError> {
        let state = self.write(Operation::ConversationHold)?;
        let id = state.references.get(&reference);
        Ok(id.and_then(|id| state.tickets.get(id)).cloned())
    }
}

impl State {
    fn message_with(&self, key: MessageKey) -> Option<&ConversationMessage> {
        self.messages.values().find(|message| message.key == key)
    }

    /// The chats and the tickets in which a conversation is.
    fn places(&self, whose: Whose) -> (Vec<ChatId>, Vec<TicketId>) {
        match whose {
            Whose::Ticket(id) => (self.tickets.get(&id).and_then(ChatId::of).into_iter().collect(), vec![id]),
            Whose::User(id) => {
                let known = self.identities.values().filter(|known| known.user_id == id);
                let tickets = self.tickets.values().filter(|ticket| ticket.user_id == Some(id));
                let chats = known.filter_map(|known| chat(&known.identity)).collect();
                (chats, tickets.map(|ticket| ticket.id).collect())
            }
        }
    }

    /// The messages on these tickets and in the chats among these identities.
    pub(in crate::storage) fn messages_of(
        &self,
        tickets: &[TicketId],
        identities: &[Identity],
    ) -> Vec<MessageId> {
        let chats: Vec<_> = identities.iter().filter_map(chat).collect();
        let theirs = self.messages.values().filter(|message| is_in(message, &chats, tickets));
        theirs.map(|message| message.id).collect()
    }

    /// Those whose reply was heard.
    pub(in crate::storage) fn heard_notifications(&self, ids: &[NotificationId]) -> Vec<NotificationId> {
        let heard = self.messages.values().filter(|message| self.heard.get(&message.id).is_some());
        heard.filter_map(|message| message.notification_id).filter(|id| ids.contains(id)).collect()
    }
}

fn is_in(message: &ConversationMessage, chats: &[ChatId], tickets: &[TicketId]) -> bool {
    message.chat.as_ref().is_some_and(|chat| chats.contains(chat))
        || message.ticket_id.is_some_and(|ticket| tickets.contains(&ticket))
}

fn chat(identity: &Identity) -> Option<ChatId> {
    match identity {
        Identity::Customer { bot, customer } => Some(ChatId { bot: *bot, customer: customer.clone() }),
        Identity::Email(_) | Identity::Phone(_) => None,
    }
}
