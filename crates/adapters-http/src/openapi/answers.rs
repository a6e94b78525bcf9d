//! What is answered.

use domain::{
    answer::{Answer, Sentence, Verdict},
    ticket::TicketStatus,
};
use serde_json::{Value, json};
use utoipa::openapi::{
    Array, Content, ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder,
    Schema, Type,
    example::{Example, ExampleBuilder},
    schema::{KnownFormat, SchemaFormat, SchemaType},
};

use super::samples;

/// The keys of a flat answer, in their order.
const KEYS: &[(&str, &str)] = &[
    ("result", "What became of the call; branch on it."),
    ("created", "Whether this call made the record that its path names."),
    ("replayed", "Whether this is the answer that an equal call got before."),
    ("user_id", "The person."),
    ("name", "The stored name of the person."),
    ("reference", "What people call the ticket."),
    ("topic", "The slug of the topic."),
    ("status", "Where the ticket stands."),
    ("channels", "The kinds of channels that are told, comma-separated."),
    ("field", "What must be asked again."),
    ("message", "A sentence for the visitor, in the language of the person."),
    ("request_id", "The call, for support and logs. Also in the header `X-Request-Id`."),
];

pub(super) fn schemas() -> [(&'static str, Schema); 5] {
    [
        ("HookDelivery", hook_delivery()),
        ("BotAnswer", bot_answer()),
        ("Topics", topics()),
        ("Readiness", readiness()),
        (
            "Liveness",
            ObjectBuilder::new().property("status", one_of(&["live"])).required("status").build().into(),
        ),
    ]
}

/// Read as it comes: any field may be missing or of another type.
fn hook_delivery() -> Schema {
    let messages = ObjectBuilder::new().description(Some("One message; its fields are Landbot's."));
    ObjectBuilder::new()
        .description(Some("What Landbot delivers. Any field may be missing or of another type."))
        .property("messages", Array::new(messages))
        .build()
        .into()
}

fn bot_answer() -> Schema {
    let mut object = ObjectBuilder::new().description(Some(
        "The answer to every call but the list of topics. All keys are always there; `null` says nothing.",
    ));
    for &(key, text) in KEYS {
        object = object.property(key, of_key(key).description(Some(text))).required(key);
    }
    object.build().into()
}

fn of_key(key: &str) -> ObjectBuilder {
    let uuid = |object: ObjectBuilder| object.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    match key {
        "result" => one_of(&Verdict::ALL.iter().map(|verdict| verdict.as_str()).collect::<Vec<_>>()),
        "created" | "replayed" => ObjectBuilder::new().schema_type(nullable(Type::Boolean)),
        "user_id" => uuid(ObjectBuilder::new().schema_type(nullable(Type::String))),
        "request_id" => uuid(ObjectBuilder::new().schema_type(Type::String)),
        "message" => ObjectBuilder::new().schema_type(Type::String),
        "status" => {
            let names = TicketStatus::ALL.iter().map(|status| json!(status.as_str()));
            ObjectBuilder::new()
                .schema_type(nullable(Type::String))
                .enum_values(Some(names.chain([Value::Null])))
        }
        _ => ObjectBuilder::new().schema_type(nullable(Type::String)),
    }
}

fn nullable(of: Type) -> SchemaType {
    SchemaType::from_iter([of, Type::Null])
}

fn one_of(names: &[&'static str]) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names.iter().copied()))
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn topics() -> Schema {
    let topic = ObjectBuilder::new()
        .property("slug", text())
        .property("title", text())
        .required("slug")
        .required("title");
    ObjectBuilder::new()
        .property("result", one_of(&["ok"]))
        .property("topics", Array::new(topic))
        .property("titles", Array::new(text()))
        .required("result")
        .required("topics")
        .required("titles")
        .build()
        .into()
}

fn readiness() -> Schema {
    ObjectBuilder::new()
        .property("status", one_of(&["ready", "degraded", "unavailable"]))
        .property("reasons", Array::new(text()))
        .required("status")
        .required("reasons")
        .build()
        .into()
}

/// JSON of a schema, with examples by name.
pub(super) fn content(schema: &str, examples: impl IntoIterator<Item = (&'static str, Value)>) -> Content {
    let named = |(name, value): (&'static str, Value)| (name, RefOr::T(example(value)));
    ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(schema)))
        .examples_from_iter(examples.into_iter().map(named))
        .build()
}

fn example(value: Value) -> Example {
    ExampleBuilder::new().value(Some(value)).build()
}

/// A `200` with a flat answer.
pub(super) fn decided(examples: impl IntoIterator<Item = (&'static str, Answer)>) -> Response {
    let examples = examples.into_iter().map(|(name, answer)| (name, samples::json(&answer)));
    ResponseBuilder::new()
        .description("The call was decided: branch on `result`.")
        .content("application/json", content("BotAnswer", examples))
        .header(
            "X-Request-Id",
            HeaderBuilder::new().schema(Some(text())).description(Some("The call.")).build(),
        )
        .build()
}

/// The answers that calls of bots have in common, by name.
pub(super) fn shared_responses() -> Vec<(&'static str, Response)> {
    use Verdict::{Denied, Invalid, Retry};
    vec![
        ("KeyUnknown", flat("No key, or a wrong one.", Denied, Sentence::KeyUnknown, None)),
        ("KeyRevoked", flat("The key was revoked.", Denied, Sentence::KeyRevoked, None)),
        ("TooLarge", flat("The body is larger than 64 KiB.", Invalid, Sentence::BodyTooLarge, None)),
        ("SlowDown", flat("The bot calls more often than it may.", Retry, Sentence::SlowDown, Some(1))),
        ("TryAgain", flat("Nothing can be stored now.", Retry, Sentence::TryAgain, Some(5))),
    ]
}

fn flat(description: &str, result: Verdict, sentence: Sentence, retry_after: Option<u8>) -> Response {
    let answer = samples::json(&samples::plain(result, sentence));
    let response = ResponseBuilder::new()
        .description(description)
        .content("application/json", content("BotAnswer", [("answer", answer)]));
    match retry_after {
        None => response.build(),
        Some(seconds) => response.header("Retry-After", retry_header(seconds)).build(),
    }
}

fn retry_header(seconds: u8) -> utoipa::openapi::Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::Integer)))
        .description(Some("After how many seconds the call may come again."))
        .example(Some(json!(seconds)))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_of_an_answer() {
        let answer = samples::json(&samples::registered());
        let keys: Vec<_> = answer.as_object().expect("an object").keys().map(String::as_str).collect();
        let described: Vec<_> = KEYS.iter().map(|(key, _)| *key).collect();
        assert_eq!(described, keys);
    }
}
