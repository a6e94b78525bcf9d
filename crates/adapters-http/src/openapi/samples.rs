//! Answers as the server gives them, for the documentation.

use domain::{
    answer::{Answer, Sentence, Verdict},
    bot_call::Field,
    channel::ChannelKind,
    chat_rules::ChatRules,
    ids::{RequestId, UserId},
    language::Language,
    reminder::Reminders,
    ticket::{Reference, TicketStatus},
    topic::{Routing, Slug, Topic},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    bot::{BotAnswerResponse, TopicsResponse},
    messages::Messages,
};

const USER: UserId = UserId::from_uuid(Uuid::from_u128(0x0199_8a3e_5c10_7b6e_8f0a_2f4d_9c1b_7a01));
const REQUEST: RequestId = RequestId::from_uuid(Uuid::from_u128(0x0199_8a3e_5c0f_7d21_9b3c_6e8a_1f2d_4c55));

/// The reference that the examples ask for.
pub(super) const REFERENCE: Reference = Reference::new(42);

/// The secret of a hook in the examples.
pub(super) const HOOK: &str = "fdh_the-secret-of-the-hook-of-this-bot";

/// What a message hook of Landbot delivers.
pub(super) fn delivery() -> Value {
    json!({ "messages": [{
        "type": "text",
        "timestamp": 1_769_585_430.123_456,
        "data": { "body": "I need a quote" },
        "sender": { "id": 500_000_001, "name": "Ana", "type": "customer" },
        "customer": { "id": 500_000_001, "name": "Ana", "phone": "+34600111222" },
        "channel": { "id": 8, "name": "Web chat", "type": "landbot" },
        "_raw": { "author_type": "user", "uuid": "8f0e7c3a-91b6-4c36-9e3c-0c4a4c9f3d11" }
    }] })
}

pub(super) fn delivered() -> Answer {
    let answer = plain(Verdict::Ok, Sentence::Delivered);
    Answer { created: Some(true), replayed: Some(false), ..answer }
}

pub(super) fn registered() -> Answer {
    Answer { created: Some(true), replayed: Some(false), ..about_ana(Sentence::Registered) }
}

pub(super) fn replayed() -> Answer {
    registered().replayed(REQUEST)
}

pub(super) fn known() -> Answer {
    Answer { created: Some(false), ..about_ana(Sentence::UserKnown) }
}

pub(super) fn ticket_opened() -> Answer {
    let channels = vec![ChannelKind::Slack];
    Answer { created: Some(true), replayed: Some(false), channels, ..about_ticket(Sentence::TicketOpened) }
}

pub(super) fn ticket_status() -> Answer {
    Answer { created: Some(false), ..about_ticket(Sentence::StatusOpen) }
}

pub(super) fn refused(sentence: Sentence, field: Option<Field>) -> Answer {
    Answer { field, ..plain(Verdict::Invalid, sentence) }
}

pub(super) fn plain(result: Verdict, sentence: Sentence) -> Answer {
    Answer::new(result, sentence, Language::ENGLISH, REQUEST)
}

fn about_ana(sentence: Sentence) -> Answer {
    Answer { user_id: Some(USER), name: Some("Ana García".to_owned()), ..plain(Verdict::Ok, sentence) }
}

fn about_ticket(sentence: Sentence) -> Answer {
    Answer {
        reference: Some(REFERENCE.to_string()),
        topic: Some("sales".to_owned()),
        status: Some(TicketStatus::Open),
        ..about_ana(sentence)
    }
}

pub(super) fn json(answer: &Answer) -> Value {
    serde_json::to_value(BotAnswerResponse::of(answer, &Messages::shipped())).expect("an answer is JSON")
}

pub(super) fn topics() -> Value {
    let topic = |slug: &str, title: &str| Topic {
        slug: Slug::restore(slug.to_owned()),
        title: title.to_owned(),
        aliases: Vec::new(),
        is_default: false,
        routes: Vec::new(),
        reminders: Reminders::default(),
        chat_rules: ChatRules::default(),
    };
    let routing =
        Routing::new(vec![topic("sales", "Sales"), topic("pricing", "Pricing"), topic("support", "Support")]);
    serde_json::to_value(TopicsResponse::of(&routing)).expect("topics are JSON")
}
