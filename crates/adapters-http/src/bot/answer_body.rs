//! The flat JSON that a bot reads.

use actix_web::{HttpResponse, http::StatusCode};
use domain::{
    answer::{Answer, Verdict},
    ids::{RequestId, UserId},
};
use serde::Serialize;

use crate::messages::Messages;

/// Enough for nearly every answer, so that its buffer is made once.
const TYPICAL_BYTES: usize = 512;

/// What a bot is answered. All keys are always there, in this order.
#[derive(Debug, Serialize)]
pub(crate) struct BotAnswerResponse<'a> {
    result: &'static str,
    created: Option<bool>,
    replayed: Option<bool>,
    user_id: Option<UserId>,
    name: Option<&'a str>,
    reference: Option<&'a str>,
    topic: Option<&'a str>,
    status: Option<&'static str>,
    channels: Option<String>,
    field: Option<&'static str>,
    message: String,
    request_id: RequestId,
}

impl<'a> BotAnswerResponse<'a> {
    pub(crate) fn of(answer: &'a Answer, messages: &Messages) -> Self {
        let Answer { result, created, replayed, user_id, name, reference, topic, .. } = answer;
        Self {
            result: result.as_str(),
            created: *created,
            replayed: *replayed,
            user_id: *user_id,
            name: name.as_deref(),
            reference: reference.as_deref(),
            topic: topic.as_deref(),
            status: answer.status.map(domain::ticket::TicketStatus::as_str),
            channels: channels(answer),
            field: answer.field.map(domain::bot_call::Field::as_str),
            message: messages.say(answer),
            request_id: answer.request_id,
        }
    }
}

/// The kinds, comma-separated: a field of a chatbot holds one text.
fn channels(answer: &Answer) -> Option<String> {
    let kinds: Vec<_> = answer.channels.iter().map(|kind| kind.as_str()).collect();
    (!kinds.is_empty()).then(|| kinds.join(", "))
}

/// A flat answer that says nothing but its message, which is for the builder of the bot and not for a
/// visitor.
pub(crate) fn notice(
    status: StatusCode,
    result: Verdict,
    message: &str,
    request_id: RequestId,
) -> HttpResponse {
    let body = BotAnswerResponse {
        result: result.as_str(),
        created: None,
        replayed: None,
        user_id: None,
        name: None,
        reference: None,
        topic: None,
        status: None,
        channels: None,
        field: None,
        message: message.to_owned(),
        request_id,
    };
    json(status, &body)
}

pub(super) fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    let mut bytes = Vec::with_capacity(TYPICAL_BYTES);
    serde_json::to_writer(&mut bytes, body).expect("texts, flags and ids are JSON");
    HttpResponse::build(status).content_type("application/json").body(bytes)
}

#[cfg(test)]
mod tests {
    use domain::{answer::Sentence, channel::ChannelKind, language::Language, ticket::TicketStatus};
    use uuid::Uuid;

    use super::*;

    fn written(answer: &Answer) -> String {
        let body = BotAnswerResponse::of(answer, &Messages::shipped());
        serde_json::to_string(&body).expect("JSON")
    }

    #[test]
    fn every_key_is_there_in_the_order_of_the_contract() {
        let request_id = RequestId::from_uuid(Uuid::from_u128(1));
        let answer = Answer::new(Verdict::Ok, Sentence::UserUnknown, Language::ENGLISH, request_id);
        assert_eq!(
            written(&answer),
            concat!(
                r#"{"result":"ok","created":null,"replayed":null,"user_id":null,"name":null,"#,
                r#""reference":null,"topic":null,"status":null,"channels":null,"field":null,"#,
                r#""message":"It seems we have not met yet.","#,
                r#""request_id":"00000000-0000-0000-0000-000000000001"}"#,
            )
        );
    }

    #[test]
    fn a_full_answer_is_flat_text() {
        let answer = Answer {
            created: Some(true),
            replayed: Some(false),
            user_id: Some(UserId::MAX),
            name: Some("Zoë \"Z\"".to_owned()),
            reference: Some("T-000042".to_owned()),
            topic: Some("sales".to_owned()),
            status: Some(TicketStatus::Open),
            channels: vec![ChannelKind::Slack, ChannelKind::Email],
            ..Answer::new(Verdict::Ok, Sentence::TicketOpened, Language::ENGLISH, RequestId::MAX)
        };
        let read: serde_json::Value = serde_json::from_str(&written(&answer)).expect("JSON");
        assert_eq!(read["name"], "Zoë \"Z\"");
        assert_eq!(read["status"], "open");
        assert_eq!(read["channels"], "slack, email");
        assert_eq!(read["user_id"], "ffffffff-ffff-ffff-ffff-ffffffffffff");
        assert!(
            read.as_object()
                .expect("an object")
                .values()
                .all(|value| !value.is_object() && !value.is_array())
        );
    }
}
