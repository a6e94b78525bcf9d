//! People and agents talk at the desk.

use std::sync::Arc;

use application::{
    conversation::{HearError, HearMessages, Hearing, HookDelivery, Replied, ReplyError, ReplyToTicket},
    ports::{Page, Whose},
};
use domain::{
    agent::{Agent, Role, StaffMember},
    conversation::ConversationMessage,
    ids::AgentId,
    intake::RawCall,
    ticket::{Reference, Ticket},
    ticket_work::TicketWork,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::desk::Desk;

/// The customer that every message is from.
pub(crate) const CUSTOMER: &str = "500000001";

/// What a message hook delivers.
pub(crate) fn delivered(sender: &str, text: &str) -> Value {
    delivered_in("landbot", sender, text)
}

/// What a message hook of a channel of this type delivers.
pub(crate) fn delivered_in(channel: &str, sender: &str, text: &str) -> Value {
    json!({ "messages": [{
        "type": "text",
        "data": { "body": text },
        "sender": { "type": sender },
        "customer": { "id": CUSTOMER },
        "channel": { "type": channel },
    }] })
}

pub(crate) fn agent(role: Role) -> Agent {
    Agent::at_the_machine(&StaffMember {
        id: AgentId::from_uuid(Uuid::from_u128(77)),
        email: "agent@example.com".to_owned(),
        password_hash: String::new(),
        role,
        created_at: crate::desk::BEGIN,
        deactivated_at: None,
    })
}

impl Desk {
    pub(crate) fn ears(&self) -> HearMessages {
        HearMessages::new(self.storage(), self.clock(), Arc::clone(&self.ids) as _)
    }

    /// What comes of a delivery whose message has this `sentry-trace`.
    pub(crate) async fn try_hear(&self, trace: &str, body: &Value) -> Result<Hearing, HearError> {
        let raw = RawCall { query: String::new(), body: body.to_string().into_bytes() };
        let trace = Some(trace.to_owned());
        let delivery = HookDelivery { request_id: self.request_id(), trace, raw };
        self.ears().execute(&self.bot, &delivery).await
    }

    pub(crate) async fn hear(&self, trace: &str, body: &Value) -> Hearing {
        self.try_hear(trace, body).await.expect("storage works")
    }

    /// The person of the chat opens a ticket; with an address, if one is given.
    pub(crate) async fn ask_in_chat(&self, email: Option<&str>) -> Reference {
        let call = json!({ "description": "How?", "customer_id": CUSTOMER, "email": email });
        let answer = self.take(self.tickets_call(&call)).await;
        answer.reference.expect("a ticket").parse().expect("a reference")
    }

    pub(crate) fn replying(&self, is_connected: bool) -> ReplyToTicket {
        ReplyToTicket {
            storage: self.storage(),
            queue: Arc::clone(&self.queue) as _,
            clock: self.clock(),
            ids: Arc::clone(&self.ids) as _,
            is_connected,
        }
    }

    /// An agent answers, with Landbot's chats at hand.
    pub(crate) async fn reply(&self, to: Reference, text: &str, key: &str) -> Result<Replied, ReplyError> {
        self.replying(true).execute(&agent(Role::Agent), to, text, key).await
    }

    pub(crate) async fn ticket(&self, reference: Reference) -> Ticket {
        self.look(async |snapshot| snapshot.tickets().by_reference(reference).await).await.expect("a ticket")
    }

    /// The work on a ticket.
    pub(crate) async fn work(&self, reference: Reference) -> TicketWork {
        let id = self.ticket(reference).await.id;
        let works = self.look(async |tx| tx.ticket_work().of_tickets(&[id]).await).await;
        works.first().map(|(_, work)| *work).unwrap_or_default()
    }

    /// The conversation on a ticket, oldest first.
    pub(crate) async fn conversation(&self, reference: Reference) -> Vec<ConversationMessage> {
        let whose = Whose::Ticket(self.ticket(reference).await.id);
        let page = Page::first(u16::MAX);
        let mut messages = self.look(async |snapshot| snapshot.conversation().page(whose, page).await).await;
        messages.reverse();
        messages
    }

    pub(crate) async fn said(&self, reference: Reference) -> Vec<String> {
        self.conversation(reference).await.into_iter().map(|message| message.text).collect()
    }
}
