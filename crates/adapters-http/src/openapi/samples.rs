//! Answers as the server gives them, for the documentation.

use domain::{
    answer::{Answer, Sentence, Verdict},
    bot_call::Field,
    channel::ChannelKind,
    ids::{RequestId, UserId},
    language::Language,
    reminder::Reminders,
    ticket::{Reference, TicketStatus},
    topic::{Routing, Slug, Topic},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    bot::{BotAnswerResponse, TopicsResponse},
    messages::Messages,
};

const USER: UserId = UserId::from_uuid(Uuid::from_u128(0x0199_8a3e_5c10_7b6e_8f0a_2f4d_9c1b_7a01));
const REQUEST: RequestId = RequestId::from_uuid(Uuid::from_u128(0x0199_8a3e_5c0f_7d21_9b3c_6e8a_1f2d_4c55));

/// The reference that the examples ask for.
pub(super) const REFERENCE: Reference = Reference::new(42);

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
    };
    let routing =
        Routing::new(vec![topic("sales", "Sales"), topic("pricing", "Pricing"), topic("support", "Support")]);
    serde_json::to_value(TopicsResponse::of(&routing)).expect("topics are JSON")
}
