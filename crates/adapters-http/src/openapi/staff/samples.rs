//! What programs are answered, made by the types that answer.

mod settings;

use application::{
    ports::{Belongings, ErasureReceipt, HeldCall, HeldStatus},
    tickets::TicketAsWorkedOn,
    users::{ExportedNotification, Merger, UserExport},
};
use domain::{
    bot_call::{Field, RefusalCode},
    channel::ChannelKind,
    identity::{EmailAddress, Identity, PhoneNumber},
    ids::{AgentId, BotId, ChannelId, NotificationId, RequestId, TicketEventId, TicketId, UserId},
    intake::{CallPath, IntakeOutcome, NewIdentity, QuarantineReason, Quarantined, RawCall},
    language::Language,
    ledger::{LedgerCounts, Made},
    notification::{Attempt, Notification, NotificationStatus, OutcomeKind, Purpose},
    ticket::{Chat, Reference, Ticket, TicketStatus},
    ticket_work::{Deed, TicketEvent, TicketWork},
    topic::Slug,
    user::{Origin, User},
};
use jiff::{Timestamp, civil};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::api::{
    HeldCallResponse, LedgerResponse, MergerResponse, NoteResponse, NotificationResponse, ReceiptResponse,
    ReplyResponse, TimelineResponse, UserExportResponse, UserResponse, WithAttemptsResponse,
    WorkedTicketResponse,
};

pub(super) use settings::{agent, audit_entry, bot, bot_with_key, channel, preview, test_receipt, topic};

/// The id of everything in the examples.
pub(super) const ID: Uuid = Uuid::from_u128(0x0199_8a3e_5c10_7b6e_8f0a_2f4d_9c1b_7a01);

/// The id of somebody else in the examples.
pub(super) const OTHER_USER: Uuid = Uuid::from_u128(0x0199_8a3e_5c10_7b6e_8f0a_2f4d_9c1b_7a02);

/// When everything in the examples happened: 2026-01-01T09:30:00Z.
const AT: Timestamp = Timestamp::constant(1_767_259_800, 0);

fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).expect("what is answered is JSON")
}

pub(super) fn user() -> Value {
    value(&UserResponse::from(&ana()))
}

fn ana() -> User {
    let origin = Origin { source: Some("landing-spring".to_owned()), ..Origin::default() };
    User {
        id: UserId::from_uuid(ID),
        bot_id: BotId::from_uuid(ID),
        name: Some("Ana García".to_owned()),
        email: Some(EmailAddress::restore("ana@example.com".to_owned())),
        phone: Some(PhoneNumber::restore("+34600111222".to_owned())),
        language: Language::ENGLISH,
        first_origin: origin.clone(),
        last_origin: origin,
        consent: None,
        fields: Map::new(),
        welcomed: true,
        created_at: AT,
        updated_at: AT,
    }
}

pub(super) fn receipt() -> Value {
    let receipt = ErasureReceipt { identities: 2, tickets: 1, notifications: 3, ..ErasureReceipt::default() };
    value(&ReceiptResponse::new(UserId::from_uuid(ID), receipt))
}

pub(super) fn merger() -> Value {
    let given_up = User { id: UserId::from_uuid(OTHER_USER), ..ana() };
    value(&MergerResponse::from(&Merger {
        kept: ana(),
        given_up,
        merged: ana(),
        identities: Vec::new(),
        given: Belongings { identities: 1, tickets: 2, notifications: 3 },
        second_welcome: None,
    }))
}

pub(super) fn export() -> Value {
    value(&UserExportResponse::from(&exported()))
}

pub(super) fn timeline() -> Value {
    value(&TimelineResponse::of_user(&exported()))
}

fn exported() -> UserExport {
    let identity = Identity::Email(EmailAddress::restore("ana@example.com".to_owned()));
    let told = ExportedNotification { notification: sent(), attempts: vec![attempt()], captured_mail: None };
    UserExport {
        user: ana(),
        identities: vec![NewIdentity { identity, user_id: UserId::from_uuid(ID), created_at: AT }],
        clashes: Vec::new(),
        tickets: vec![asked()],
        messages: Vec::new(),
        notifications: vec![told],
        notes: Vec::new(),
        quarantined: Vec::new(),
    }
}

pub(super) fn ticket() -> Value {
    value(&WorkedTicketResponse::from(&TicketAsWorkedOn { ticket: asked(), work: TicketWork::default() }))
}

pub(super) fn note() -> Value {
    value(&NoteResponse::from(&TicketEvent {
        id: TicketEventId::from_uuid(ID),
        ticket_id: TicketId::from_uuid(ID),
        agent_id: Some(AgentId::from_uuid(ID)),
        deed: Deed::Note,
        before: None,
        after: Some("She called, too.".to_owned()),
        at: AT,
    }))
}

pub(super) fn reply() -> Value {
    value(&ReplyResponse { message_id: ID, notification_id: ID, over: "email", why_mail: Some("no_chat") })
}

fn asked() -> Ticket {
    Ticket {
        id: TicketId::from_uuid(ID),
        reference: Reference::new(42),
        user_id: Some(UserId::from_uuid(ID)),
        bot_id: BotId::from_uuid(ID),
        topic: Slug::restore("sales".to_owned()),
        topic_asked: None,
        description: "Do you have a plan for small teams?".to_owned(),
        status: TicketStatus::Open,
        chat: Chat::default(),
        reply_to: None,
        language: Language::ENGLISH,
        fields: Map::new(),
        created_at: AT,
    }
}

pub(super) fn notification() -> Value {
    value(&NotificationResponse::from(&sent()))
}

pub(super) fn notification_with_attempts() -> Value {
    value(&WithAttemptsResponse::new(&sent(), &[attempt()]))
}

fn sent() -> Notification {
    Notification {
        id: NotificationId::from_uuid(ID),
        purpose: Purpose::TicketOpened,
        channel_id: ChannelId::from_uuid(ID),
        channel: "sales-slack".to_owned(),
        kind: ChannelKind::Slack,
        user_id: Some(UserId::from_uuid(ID)),
        ticket_id: Some(TicketId::from_uuid(ID)),
        request_id: RequestId::from_uuid(ID),
        status: NotificationStatus::Sent,
        due_at: AT,
        attempts: 1,
        possible_duplicate: false,
        instead_of: None,
        created_at: AT,
    }
}

fn attempt() -> Attempt {
    Attempt {
        number: 1,
        opened_at: AT,
        closed_at: Some(AT),
        outcome: Some(OutcomeKind::Sent),
        code: Some(200),
        answer: Some("ok".to_owned()),
        provider_id: None,
        elapsed_us: Some(84_210),
        mimicked: false,
    }
}

pub(super) fn held_call() -> Value {
    let call = Quarantined {
        request_id: RequestId::from_uuid(ID),
        bot_id: BotId::from_uuid(ID),
        path: CallPath::Users,
        reason: QuarantineReason { code: RefusalCode::EmailUnreadable, field: Some(Field::Email) },
        raw: RawCall { query: String::new(), body: br#"{"name":"Ana","email":"ana@"}"#.to_vec() },
        received_at: AT,
    };
    value(&HeldCallResponse::from(&HeldCall { call, bot: "lead bot".to_owned(), status: HeldStatus::Held }))
}

pub(super) fn taken() -> Value {
    super::super::samples::json(&super::super::samples::registered())
}

pub(super) fn ledger() -> Value {
    let counts = LedgerCounts {
        outcomes: [(IntakeOutcome::Registered, 2), (IntakeOutcome::Ticketed, 1)].into(),
        made: Made { users: 2, tickets: 1, notifications: 3 },
        users: 2,
        tickets: 1,
        notifications: [(NotificationStatus::Sent, 3)].into(),
    };
    value(&LedgerResponse::new(civil::date(2026, 1, 1), &counts))
}
