//! `frontdesk users export --email`: everything that is stored about one user.

use application::{
    ports::HeldCall,
    users::{ExportUser, ExportedNotification, UserExport, UserRecord, WhichUser},
};
use domain::{
    conversation::{Author, ConversationMessage},
    identity::IdentityKind,
    ids::{NotificationId, RequestId, TicketId, UserId},
    ticket::{Ticket, TicketStatus},
    ticket_work::TicketEvent,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    cli::{
        notifications::{CapturedRecord, NotificationRecord},
        output::say_json,
    },
    wiring::App,
};

#[derive(Serialize)]
struct ExportRecord {
    user: UserRecord,
    identities: Vec<IdentityRecord>,
    clashes: Vec<ClashRecord>,
    tickets: Vec<TicketRecord>,
    messages: Vec<MessageRecord>,
    notifications: Vec<DeliveryRecord>,
    notes: Vec<NoteRecord>,
    quarantined: Vec<HeldRecord>,
}

#[derive(Serialize)]
struct NoteRecord {
    ticket_id: TicketId,
    text: Option<String>,
    at: Timestamp,
}

#[derive(Serialize)]
struct HeldRecord {
    request_id: RequestId,
    bot: String,
    query: String,
    body: String,
    received_at: Timestamp,
}

#[derive(Serialize)]
struct IdentityRecord {
    kind: IdentityKind,
    value: String,
    created_at: Timestamp,
}

#[derive(Serialize)]
struct ClashRecord {
    kind: IdentityKind,
    user_id: UserId,
    other_user_id: UserId,
    request_id: RequestId,
    at: Timestamp,
}

#[derive(Serialize)]
struct TicketRecord {
    reference: String,
    topic: String,
    topic_asked: Option<String>,
    description: String,
    status: TicketStatus,
    customer_id: Option<String>,
    chat_uuid: Option<String>,
    reply_to: Option<String>,
    fields: Map<String, Value>,
    created_at: Timestamp,
}

#[derive(Serialize)]
struct MessageRecord {
    author: Author,
    kind: String,
    text: String,
    chat: Option<String>,
    notification_id: Option<NotificationId>,
    sent_at: Timestamp,
}

#[derive(Serialize)]
struct DeliveryRecord {
    #[serde(flatten)]
    notification: NotificationRecord,
    answers: Vec<String>,
    captured_mail: Option<CapturedRecord>,
}

impl From<UserExport> for ExportRecord {
    fn from(export: UserExport) -> Self {
        let identities = export.identities.into_iter().map(|known| IdentityRecord {
            kind: known.identity.kind(),
            value: known.identity.value(),
            created_at: known.created_at,
        });
        let clashes = export.clashes.into_iter().map(|clash| ClashRecord {
            kind: clash.kind,
            user_id: clash.user_id,
            other_user_id: clash.other_user_id,
            request_id: clash.request_id,
            at: clash.at,
        });
        Self {
            user: export.user.into(),
            identities: identities.collect(),
            clashes: clashes.collect(),
            tickets: export.tickets.into_iter().map(TicketRecord::from).collect(),
            messages: export.messages.into_iter().map(MessageRecord::from).collect(),
            notifications: export.notifications.into_iter().map(DeliveryRecord::from).collect(),
            notes: export.notes.into_iter().map(NoteRecord::from).collect(),
            quarantined: export.quarantined.into_iter().map(HeldRecord::from).collect(),
        }
    }
}

impl From<TicketEvent> for NoteRecord {
    fn from(note: TicketEvent) -> Self {
        Self { ticket_id: note.ticket_id, text: note.after, at: note.at }
    }
}

impl From<HeldCall> for HeldRecord {
    fn from(held: HeldCall) -> Self {
        let call = held.call;
        Self {
            request_id: call.request_id,
            bot: held.bot,
            query: call.raw.query,
            body: String::from_utf8_lossy(&call.raw.body).into_owned(),
            received_at: call.received_at,
        }
    }
}

impl From<Ticket> for TicketRecord {
    fn from(ticket: Ticket) -> Self {
        Self {
            reference: ticket.reference.to_string(),
            topic: ticket.topic.to_string(),
            topic_asked: ticket.topic_asked,
            description: ticket.description,
            status: ticket.status,
            customer_id: ticket.chat.customer,
            chat_uuid: ticket.chat.uuid,
            reply_to: ticket.reply_to.map(|address| address.to_string()),
            fields: ticket.fields,
            created_at: ticket.created_at,
        }
    }
}

impl From<ConversationMessage> for MessageRecord {
    fn from(message: ConversationMessage) -> Self {
        Self {
            author: message.author,
            kind: message.kind,
            text: message.text,
            chat: message.chat.map(|chat| chat.value()),
            notification_id: message.notification_id,
            sent_at: message.sent_at,
        }
    }
}

impl From<ExportedNotification> for DeliveryRecord {
    fn from(exported: ExportedNotification) -> Self {
        Self {
            notification: exported.notification.into(),
            answers: exported.attempts.into_iter().filter_map(|attempt| attempt.answer).collect(),
            captured_mail: exported.captured_mail.map(CapturedRecord::from),
        }
    }
}

pub async fn run(app: &App, which: &WhichUser) -> anyhow::Result<()> {
    let export = ExportUser { storage: app.storage.clone() }.execute(which).await?;
    let export = export.ok_or_else(|| anyhow::anyhow!("there is no such user"))?;
    say_json(&ExportRecord::from(export))
}
