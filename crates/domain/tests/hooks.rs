//! What Landbot's hooks deliver, and what follows from it.

use domain::{
    conversation::{Author, ChatId, Delivery, ECHO_WITHIN, Heard, MessageKey, OwnReply, Taken, take_down},
    identity::CustomerId,
    ids::{BotId, MessageId, NotificationId},
    text::DESCRIPTION_MAX,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::{Builder, Uuid};

const BOT: BotId = BotId::from_uuid(Uuid::from_u128(1));
const RECEIVED: Timestamp = Timestamp::constant(1_769_585_440, 0);

fn read(body: &Value) -> Delivery {
    Delivery::read(BOT, body.to_string().as_bytes(), None, RECEIVED)
}

/// A message hook's delivery, as Landbot documents it.
fn delivered(sender: &str, text: &str) -> Value {
    json!({ "messages": [{
        "type": "text",
        "timestamp": 1_769_585_430.123_456,
        "data": { "body": text },
        "sender": { "id": 500_000_001, "name": "Ana", "type": sender },
        "customer": {
            "id": 500_000_001, "agent_id": null, "name": "Ana", "is_external": "False",
            "url": "https://shop.example/pricing", "phone": "+34600000000", "tags": "['a', 'b']"
        },
        "channel": { "id": 8, "name": "Web chat", "type": "landbot" },
        "_raw": { "samurai": 1, "author_type": "user", "uuid": "c0ffee", "rich_text": null }
    }] })
}

fn with(mut body: Value, place: &str, value: Value) -> Value {
    *body.pointer_mut(place).expect("the place is there") = value;
    body
}

fn heard(body: &Value) -> Heard {
    let delivery = read(body);
    assert!(!delivery.is_unclear && delivery.heard.len() == 1, "{body}");
    delivery.heard.into_iter().next().expect("one message")
}

#[test]
fn a_message_of_a_person_is_heard() {
    let heard = heard(&delivered("customer", "I need a quote"));
    assert_eq!((heard.customer.as_str(), heard.author), ("500000001", Author::Person));
    assert_eq!((heard.kind.as_str(), heard.text.as_str()), ("text", "I need a quote"));
    assert_eq!(heard.channel.as_deref(), Some("landbot"));
    assert_eq!(heard.sent_at.to_string(), "2026-01-28T07:30:30.123456Z");
}

#[test]
fn what_bots_and_landbot_say_is_no_part_of_a_conversation() {
    let event = with(delivered("agent", ""), "/messages/0/type", json!("event"));
    let assigned = with(delivered("agent", ""), "/messages/0/_raw", json!({ "action": "assign" }));
    for body in [delivered("bot", "Hi!"), delivered("sys", "assigned"), event, assigned] {
        let delivery = read(&body);
        assert_eq!(delivery, Delivery { ignored: 1, ..Delivery::default() }, "{body}");
    }
}

#[test]
fn an_agent_in_landbots_inbox_is_heard() {
    let body = with(delivered("agent", "How can I help?"), "/messages/0/sender/id", json!(77));
    let heard = heard(&body);
    assert_eq!((heard.customer.as_str(), heard.author), ("500000001", Author::Agent));
}

#[test]
fn mangled_types_are_read() {
    for (place, value) in [
        ("/messages/0/customer/id", json!("500000001")),
        ("/messages/0/customer/id", json!(500_000_001.0)),
        ("/messages/0/customer", json!(null)),
        ("/messages/0/sender/type", json!("Customer")),
        ("/messages/0/sender/type", json!(null)),
        ("/messages/0/timestamp", json!("1769585430.123456")),
        ("/messages/0/channel", json!("web")),
        ("/messages/0/_raw", json!("none")),
    ] {
        let heard = heard(&with(delivered("customer", "Hello"), place, value.clone()));
        assert_eq!((heard.customer.as_str(), heard.text.as_str()), ("500000001", "Hello"), "{place} {value}");
        assert_eq!(heard.sent_at.to_string(), "2026-01-28T07:30:30.123456Z");
    }
    let as_text = delivered("customer", "Hello")["messages"].to_string();
    assert_eq!(heard(&json!({ "messages": as_text })).text, "Hello");
    let alone = delivered("customer", "Hello")["messages"][0].clone();
    assert_eq!(heard(&alone).text, "Hello");
    assert_eq!(heard(&json!({ "messages": alone })).text, "Hello");
}

#[test]
fn every_kind_of_message_has_a_text() {
    for (data, text) in [
        (json!({ "body": ["a", "b"] }), "a, b"),
        (json!({ "body": "['a', 'b']" }), "a, b"),
        (json!({ "body": "null" }), "null"),
        (json!({ "body": 42 }), "42"),
        (json!({ "url": "https://x.example/1.png" }), "https://x.example/1.png"),
        (json!({ "caption": "My cat", "url": "https://x.example/1.png" }), "My cat\nhttps://x.example/1.png"),
        (json!("just words"), "just words"),
        (json!({ "latitude": 40.4, "longitude": -3.7 }), r#"{"latitude":40.4,"longitude":-3.7}"#),
        (json!(null), ""),
    ] {
        let body = with(delivered("customer", ""), "/messages/0/data", data);
        assert_eq!(heard(&body).text, text, "{body}");
    }
}

#[test]
fn a_delivery_of_apichat_is_told_by_its_shape() {
    let delivery = |agent: &str| {
        json!({
            "messages": [
                { "type": "text", "message": "Which topic?", "timestamp": 1_769_585_430.1 },
                { "type": "dialog", "title": "Choose", "buttons": ["Sales"], "payloads": ["$0"] },
            ],
            "customer": { "id": 1, "token": "lead-42", "name": "Ana", "email": null, "phone": null },
            "channel": { "id": 12, "name": "api" },
            "agent": { "id": 1_010_178, "type": agent }
        })
    };
    assert_eq!(read(&delivery("bot")), Delivery { ignored: 2, ..Delivery::default() });
    let said = read(&delivery("human")).heard;
    let texts: Vec<_> = said.iter().map(|heard| (heard.author, heard.text.as_str())).collect();
    assert_eq!(texts, [(Author::Agent, "Which topic?"), (Author::Agent, "Choose")]);
    assert_ne!(said[0].key, said[1].key, "they are two messages");
    let token_only = with(delivery("human"), "/customer/id", json!(null));
    assert_eq!(read(&token_only).heard[0].customer.as_str(), "lead-42");
}

#[test]
fn what_cannot_be_understood_is_unclear_and_hides_nothing_else() {
    for body in ["", "{", "[]", "null", "{}", r#"{"messages": 1}"#, r#"{"messages": "x"}"#, "a=1"] {
        let delivery = Delivery::read(BOT, body.as_bytes(), None, RECEIVED);
        assert!(delivery.is_unclear && delivery.heard.is_empty(), "{body}");
    }
    let odd = with(delivered("martian", "?"), "/messages/0/_raw", json!(null));
    let known = delivered("customer", "Hello");
    let delivery = read(&json!({ "messages": [odd["messages"][0], known["messages"][0]] }));
    assert!(delivery.is_unclear);
    assert_eq!(delivery.heard.len(), 1);
    let nobodys = json!({ "messages": [{ "sender": { "type": "customer" }, "data": { "body": "Hello" } }] });
    assert!(read(&nobodys).is_unclear);
    assert_eq!(read(&json!({ "messages": [] })), Delivery::default());
}

#[test]
fn what_cannot_be_understood_may_still_name_a_customer() {
    let customer = |id: &str| CustomerId::restore(id.to_owned());
    let odd = with(delivered("martian", "?"), "/messages/0/_raw", json!(null)).to_string();
    assert!(Delivery::names(odd.as_bytes(), &customer("500000001")));
    assert!(!Delivery::names(odd.as_bytes(), &customer("500000002")));
    let other_shape = json!({ "event": "?", "customer": { "id": 7 } }).to_string();
    assert!(Delivery::names(other_shape.as_bytes(), &customer("7")));
    assert!(!Delivery::names(b"{", &customer("7")));
}

#[test]
fn a_message_that_is_delivered_again_has_the_same_key() {
    let body = delivered("customer", "Hello");
    let key =
        |body: &Value, trace| Delivery::read(BOT, body.to_string().as_bytes(), trace, RECEIVED).heard[0].key;
    let other_text = delivered("customer", "Hello again");
    assert_eq!(key(&body, Some("trace-1")), key(&other_text, Some(" trace-1 ")), "the trace decides");
    assert_ne!(key(&body, Some("trace-1")), key(&body, Some("trace-2")));
    assert_eq!(key(&body, None), key(&other_text, Some("")), "without one, the uuid of the message");
    let without_uuid = |text: &str| with(delivered("customer", text), "/messages/0/_raw", json!(null));
    assert_eq!(key(&without_uuid("a"), None), key(&without_uuid("a"), None), "without both, the body");
    assert_ne!(key(&without_uuid("a"), None), key(&without_uuid("b"), None));
    let of_other_bot = Delivery::read(
        BotId::from_uuid(Uuid::from_u128(2)),
        body.to_string().as_bytes(),
        Some("trace-1"),
        RECEIVED,
    );
    assert_ne!(of_other_bot.heard[0].key, key(&body, Some("trace-1")));
}

fn said(author: Author, text: &str, milliseconds: i64) -> Heard {
    let body = delivered(if author == Author::Person { "customer" } else { "agent" }, text);
    let trace = format!("{text} {milliseconds}");
    let delivery = Delivery::read(BOT, body.to_string().as_bytes(), Some(&trace), RECEIVED);
    let sent_at = RECEIVED + SignedDuration::from_millis(milliseconds);
    Heard { sent_at, ..delivery.heard.into_iter().next().expect("one message") }
}

fn reply(number: u128, text: &str) -> OwnReply {
    OwnReply {
        id: MessageId::from_uuid(Uuid::from_u128(number)),
        chat: ChatId { bot: BOT, customer: CustomerId::restore("500000001".to_owned()) },
        notification_id: NotificationId::from_uuid(Uuid::from_u128(number)),
        text: text.to_owned(),
        heard_as: None,
    }
}

fn take(heard: Vec<Heard>, replies: Vec<OwnReply>) -> Taken {
    let mut number = 0_u8;
    let mut ids = || {
        number += 1;
        Builder::from_unix_timestamp_millis(0, &[number; 10]).into_uuid()
    };
    take_down(BOT, heard, replies, &mut ids)
}

fn texts(taken: &Taken) -> Vec<&str> {
    taken.messages.iter().map(|message| message.text.as_str()).collect()
}

#[test]
fn messages_are_taken_down_in_the_order_in_which_they_were_sent() {
    let taken = take(vec![said(Author::Person, "b", 20), said(Author::Person, "a", 10)], vec![]);
    assert_eq!(texts(&taken), ["a", "b"]);
    assert!(taken.messages[0].id < taken.messages[1].id);
    let chats = Taken::chats_of_persons(&taken.messages, &[taken.messages[1].id]);
    assert_eq!(chats, [ChatId { bot: BOT, customer: CustomerId::restore("500000001".to_owned()) }]);
    assert!(
        Taken::chats_of_persons(&taken.messages, &[]).is_empty(),
        "what was known before reopens nothing"
    );
}

#[test]
fn a_reply_that_comes_back_is_an_echo_and_no_message() {
    let heard = said(Author::Agent, "Hello  Ana", 0);
    let taken = take(vec![heard.clone()], vec![reply(1, "Bye"), reply(2, "Hello\nAna")]);
    assert_eq!(texts(&taken), [""; 0]);
    let echo = taken.echoes[0];
    assert_eq!((echo.id, echo.heard_as), (reply(2, "").id, heard.key));
}

#[test]
fn an_echo_that_is_delivered_again_is_still_one() {
    let heard = said(Author::Agent, "Hello", 0);
    let known = OwnReply { heard_as: Some(heard.key), ..reply(1, "Hello") };
    let taken = take(vec![heard], vec![known, reply(2, "Hello")]);
    assert_eq!(taken.echoes.iter().map(|echo| echo.id).collect::<Vec<_>>(), [reply(1, "").id]);
}

#[test]
fn equal_replies_are_heard_one_after_the_other_and_then_it_is_somebody_else() {
    let again = |milliseconds| said(Author::Agent, "Hello", milliseconds);
    let taken = take(vec![again(1), again(2), again(3)], vec![reply(1, "Hello"), reply(2, "Hello")]);
    let echoes: Vec<_> = taken.echoes.iter().map(|echo| echo.id).collect();
    assert_eq!((echoes, texts(&taken)), (vec![reply(1, "").id, reply(2, "").id], vec!["Hello"]));
}

#[test]
fn every_part_of_a_long_reply_is_an_echo() {
    let (first, second) = ("x".repeat(3_400), "y".repeat(3_400));
    let long = reply(1, &format!("{first}\n{second}"));
    let taken = take(vec![said(Author::Agent, &second, 2), said(Author::Agent, &first, 1)], vec![long]);
    assert_eq!((taken.echoes.len(), taken.parts, texts(&taken)), (1, 1, vec![""; 0]));
}

#[test]
fn the_beginning_of_a_long_reply_does_not_show_that_it_arrived() {
    let long = reply(1, &format!("{}\n{}", "x".repeat(3_400), "y".repeat(3_400)));
    let again = [1, 2].map(|milliseconds| said(Author::Agent, &"x".repeat(3_400), milliseconds));
    let taken = take(again.into(), vec![long]);
    assert_eq!((taken.echoes.len(), taken.parts, texts(&taken)), (0, 2, vec![""; 0]));
}

#[test]
fn what_the_person_says_and_what_is_said_elsewhere_is_no_echo() {
    let elsewhere = OwnReply {
        chat: ChatId { bot: BOT, customer: CustomerId::restore("2".to_owned()) },
        ..reply(2, "Hello")
    };
    let heard = vec![said(Author::Person, "Hello", 1), said(Author::Agent, "Hello", 2)];
    let taken = take(heard, vec![elsewhere]);
    assert_eq!((taken.echoes.len(), texts(&taken)), (0, vec!["Hello", "Hello"]));
    assert!(ECHO_WITHIN > SignedDuration::from_hours(46), "all retries take nearly two days");
}

fn json_values() -> impl Strategy<Value = Value> {
    let scalars = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z'\\[\\], \0\u{202e}ñ👍]{0,20}".prop_map(Value::from),
        prop::sample::select(vec!["customer", "agent", "bot", "human", "event"]).prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "messages",
        "type",
        "timestamp",
        "data",
        "body",
        "url",
        "sender",
        "customer",
        "id",
        "token",
        "channel",
        "agent",
        "_raw",
        "uuid",
        "author_type",
        "message",
        "action",
    ]);
    scalars.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(names.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(body in prop::collection::vec(any::<u8>(), 0..300), trace in ".{0,20}") {
        let delivery = Delivery::read(BOT, &body, Some(&trace), RECEIVED);
        prop_assert!(delivery.heard.is_empty());
    }

    #[test]
    fn any_json_is_read_the_same_each_time_and_within_limits(body in json_values()) {
        let delivery = read(&body);
        prop_assert_eq!(&delivery, &read(&body));
        for heard in &delivery.heard {
            prop_assert!(heard.text.chars().count() <= DESCRIPTION_MAX && !heard.text.contains('\0'));
            prop_assert!(heard.kind.chars().count() <= 40);
            prop_assert!(heard.sent_at <= RECEIVED + SignedDuration::from_hours(24));
        }
    }

    #[test]
    fn whatever_is_missing_or_odd_in_a_message_it_is_heard_or_said_to_be_unclear(
        place in prop::sample::select(vec![
            "/type", "/timestamp", "/data", "/sender", "/customer", "/channel", "/_raw", "/sender/type",
            "/sender/id", "/customer/id", "/data/body", "/channel/type", "/_raw/uuid",
        ]),
        value in json_values(),
    ) {
        let body = with(delivered("customer", "Hello"), &format!("/messages/0{place}"), value);
        let Delivery { heard, ignored, is_unclear } = read(&body);
        prop_assert_eq!(heard.len() + ignored + usize::from(is_unclear), 1);
    }

    #[test]
    fn a_message_has_one_key_in_one_delivery(count in 1..20_usize, trace in proptest::option::of("[a-z]{1,5}")) {
        let message = delivered("customer", "Hello")["messages"][0].clone();
        let body = json!({ "messages": vec![with(message, "/_raw", json!(null)); count] });
        let delivery = Delivery::read(BOT, body.to_string().as_bytes(), trace.as_deref(), RECEIVED);
        let mut keys: Vec<MessageKey> = delivery.heard.iter().map(|heard| heard.key).collect();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), count);
    }
}
