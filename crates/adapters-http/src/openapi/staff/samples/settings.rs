//! Settings, and what is done about them.

use application::{
    ports::{Receipt, Wording},
    routing::{MatchedTopic, PlannedNotification, RoutingPreview},
};
use domain::{
    agent::{Role, StaffMember},
    answer::Verdict,
    audit::{Action, AuditEntry, Author, Facts, Via},
    bot::{Bot, BotKeys, Hook, HookSecret, Secret},
    bot_call::{Fate, Field, Reading},
    channel::{Channel, ChannelKind, Target},
    chat_rules::ChatRules,
    identity::Country,
    ids::{AgentId, AuditId, BotId, ChannelId},
    language::Language,
    notification::Purpose,
    reminder::Reminders,
    retry::Outcome,
    topic::{Route, Slug, Topic, TopicMatch},
};
use jiff::civil;
use serde_json::{Map, Value, json};

use super::{AT, ID, value};
use crate::api::{
    AgentResponse, AuditResponse, BotResponse, BotWithKeyResponse, ChannelReceiptResponse, ChannelResponse,
    PreviewResponse, TopicResponse,
};

pub(in crate::openapi::staff) fn audit_entry() -> Value {
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

pub(in crate::openapi::staff) fn bot() -> Value {
    value(&BotResponse::from(&lead_bot()))
}

pub(in crate::openapi::staff) fn bot_with_key() -> Value {
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

pub(in crate::openapi::staff) fn agent() -> Value {
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

pub(in crate::openapi::staff) fn topic() -> Value {
    let slack = slack();
    let topic = Topic {
        slug: Slug::restore("sales".to_owned()),
        title: "Sales".to_owned(),
        aliases: vec!["ventas".to_owned()],
        is_default: false,
        routes: vec![Route { channel_id: slack.id, kind: slack.kind }],
        reminders: Reminders { digest_at: Some(civil::time(8, 0, 0, 0)), escalate_after: None },
        chat_rules: ChatRules { reference_field: "ticket_ref".parse().ok(), ..ChatRules::default() },
    };
    value(&TopicResponse::new(&topic, &[slack]))
}

pub(in crate::openapi::staff) fn channel() -> Value {
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

pub(in crate::openapi::staff) fn test_receipt() -> Value {
    let receipt = Receipt { code: Some(200), answer: Some("ok".to_owned()), ..Receipt::new(Outcome::Sent) };
    value(&ChannelReceiptResponse::from(receipt))
}

pub(in crate::openapi::staff) fn preview() -> Value {
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
        wording: Some(Wording { subject: None, html: None, text, mimicked: false }),
        problem: None,
    }
}
