//! What programs are answered, made by the types that answer.

use application::{
    ports::{ErasureReceipt, HeldCall, HeldStatus, Receipt, Wording},
    routing::{MatchedTopic, PlannedNotification, RoutingPreview},
    tickets::TicketAsWorkedOn,
    users::{ExportedNotification, UserExport},
};
use domain::{
    agent::{Role, StaffMember},
    answer::Verdict,
    audit::{Action, AuditEntry, Author, Facts, Via},
    bot::{Bot, BotKeys, Hook, HookSecret, Secret},
    bot_call::{Fate, Field, Reading, RefusalCode},
    channel::{Channel, ChannelKind, Target},
    identity::{Country, EmailAddress, Identity, PhoneNumber},
    ids::{AgentId, AuditId, BotId, ChannelId, NotificationId, RequestId, TicketEventId, TicketId, UserId},
    intake::{CallPath, IntakeOutcome, NewIdentity, QuarantineReason, Quarantined, RawCall},
    language::Language,
    ledger::{LedgerCounts, Made},
    notification::{Attempt, Notification, NotificationStatus, OutcomeKind, Purpose},
    reminder::Reminders,
    retry::Outcome,
    ticket::{Chat, Reference, Ticket, TicketStatus},
    ticket_work::{Deed, TicketEvent, TicketWork},
    topic::{Route, Slug, Topic, TopicMatch},
    user::{Origin, User},
};
use jiff::{Timestamp, civil};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::api::{
    AgentResponse, AuditResponse, BotResponse, BotWithKeyResponse, ChannelReceiptResponse, ChannelResponse,
    HeldCallResponse, LedgerResponse, NoteResponse, NotificationResponse, PreviewResponse, ReceiptResponse,
    ReplyResponse, TimelineResponse, TopicResponse, UserExportResponse, UserResponse, WithAttemptsResponse,
    WorkedTicketResponse,
};

/// The id of everything in the examples.
pub(super) const ID: Uuid = Uuid::from_u128(0x0199_8a3e_5c10_7b6e_8f0a_2f4d_9c1b_7a01);

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

pub(super) fn audit_entry() -> Value {
    value(&AuditResponse::from(&AuditEntry {
        id: AuditId::from_uuid(ID),
        at: AT,
        author: Author { agent: Some(AgentId::from_uuid(ID)), via: Via::Panel },
        action: Action::TopicChanged,
        object: "sales".to_owned(),
        before: Facts::from_iter([("title".to_owned(), json!("Sales"))]),
        after: Facts::from_iter([("title".to_owned(), json!("Sales and prices"))]),
        reverts: None,
    }))
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

pub(super) fn bot() -> Value {
    value(&BotResponse::from(&lead_bot()))
}

pub(super) fn bot_with_key() -> Value {
    value(&BotWithKeyResponse::new(&lead_bot(), &Secret::bot_key([0; 32])))
}

fn lead_bot() -> Bot {
    Bot {
        id: BotId::from_uuid(ID),
        name: "lead bot".to_owned(),
        default_origin: Some("landing".to_owned()),
        default_language: Language::ENGLISH,
        default_country: Country::parse("ES").ok(),
        keys: BotKeys::new(Secret::bot_key([0; 32]).digest()),
        hook: Hook::new(HookSecret::new([0; 32])),
        created_at: AT,
        archived_at: None,
    }
}

pub(super) fn agent() -> Value {
    let member = StaffMember {
        id: AgentId::from_uuid(ID),
        email: "bea@example.com".to_owned(),
        password_hash: String::new(),
        role: Role::Agent,
        created_at: AT,
        deactivated_at: None,
    };
    value(&AgentResponse::new(&member, &[]))
}

pub(super) fn topic() -> Value {
    let slack = slack();
    let topic = Topic {
        slug: Slug::restore("sales".to_owned()),
        title: "Sales".to_owned(),
        aliases: vec!["ventas".to_owned()],
        is_default: false,
        routes: vec![Route { channel_id: slack.id, kind: slack.kind }],
        reminders: Reminders { digest_at: Some(civil::time(8, 0, 0, 0)), escalate_after: None },
    };
    value(&TopicResponse::new(&topic, &[slack]))
}

pub(super) fn channel() -> Value {
    value(&ChannelResponse::from(&slack()))
}

fn slack() -> Channel {
    Channel {
        id: ChannelId::from_uuid(ID),
        name: "sales-slack".to_owned(),
        kind: ChannelKind::Slack,
        target: Target::Env("SLACK_SALES_WEBHOOK_URL".to_owned()),
        interval: ChannelKind::Slack.default_interval(),
        paused_at: None,
        fallback: None,
        quiet_hours: "mon-fri 20:00-08:00 Europe/Madrid".parse().ok(),
        created_at: AT,
    }
}

pub(super) fn test_receipt() -> Value {
    let receipt = Receipt { code: Some(200), answer: Some("ok".to_owned()), ..Receipt::new(Outcome::Sent) };
    value(&ChannelReceiptResponse::from(receipt))
}

pub(super) fn preview() -> Value {
    let topic = MatchedTopic {
        slug: "sales".to_owned(),
        title: "Sales".to_owned(),
        asked: Some("ventas".to_owned()),
        matched_by: TopicMatch::Alias,
    };
    let reading = Reading {
        name: "topic".to_owned(),
        given: "ventas".to_owned(),
        field: Some(Field::Topic),
        fate: Fate::Taken,
        read_as: Some("ventas".to_owned()),
    };
    let shown = RoutingPreview {
        readings: vec![reading],
        result: Verdict::Ok,
        refused: None,
        person: None,
        topic: Some(topic),
        extra: Map::new(),
        notifications: vec![planned()],
    };
    value(&PreviewResponse::from(shown))
}

fn planned() -> PlannedNotification {
    let text = "A new ticket on Sales: Do you have a plan for small teams?".to_owned();
    PlannedNotification {
        purpose: Purpose::TicketOpened,
        channel: "sales-slack".to_owned(),
        kind: ChannelKind::Slack,
        target: "env:SLACK_SALES_WEBHOOK_URL".to_owned(),
        is_secret_set: Some(true),
        paused_at: None,
        quiet_hours: None,
        fallback: None,
        due_at: AT,
        goes_out_at: AT,
        wording: Some(Wording { subject: None, text, mimicked: false }),
        problem: None,
    }
}
