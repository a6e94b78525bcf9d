//! What a notification looks like on its way: ids and due time as JSON, nothing personal.

use domain::{
    channel::ChannelKind,
    dispatch::Claimed,
    ids::{ChannelId, NotificationId, RequestId},
};
use jiff::Timestamp;
use lapin::{
    BasicProperties,
    types::{AMQPValue, FieldTable},
};
use serde::{Deserialize, Serialize};

/// The version that this program writes, and the only one that it reads. A later program may add fields under the same
/// version; what it writes under another is dead-lettered here and handed over again by the database, to whom can read
/// it.
const VERSION: u16 = 1;

/// AMQP 0-9-1, basic class, delivery-mode: survives a restart of the broker.
const PERSISTENT: u8 = 2;

/// A message is not one of ours.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnreadableMessage {
    #[error("it is not the JSON that was expected")]
    Json(#[from] serde_json::Error),
    #[error("it has version {0}, not {VERSION}")]
    Version(u16),
    #[error("it is for {0}")]
    Kind(ChannelKind),
}

#[derive(Deserialize)]
struct Versioned {
    v: u16,
}

#[derive(Serialize, Deserialize)]
struct Message {
    v: u16,
    id: NotificationId,
    channel: ChannelId,
    kind: ChannelKind,
    due_at: Timestamp,
    request: RequestId,
}

pub(super) fn encode(claimed: &Claimed) -> Vec<u8> {
    let &Claimed { id, channel_id: channel, kind, due_at, request_id: request } = claimed;
    serde_json::to_vec(&Message { v: VERSION, id, channel, kind, due_at, request })
        .expect("ids and times can be written as JSON")
}

/// Reads what was found in the queue of `kind`.
pub(super) fn decode(body: &[u8], kind: ChannelKind) -> Result<Claimed, UnreadableMessage> {
    let Versioned { v } = serde_json::from_slice(body)?;
    if v != VERSION {
        return Err(UnreadableMessage::Version(v));
    }
    let message: Message = serde_json::from_slice(body)?;
    if message.kind != kind {
        return Err(UnreadableMessage::Kind(message.kind));
    }
    let Message { id, channel: channel_id, due_at, request: request_id, .. } = message;
    Ok(Claimed { id, channel_id, kind, due_at, request_id })
}

pub(super) fn properties(claimed: &Claimed) -> BasicProperties {
    let mut headers = FieldTable::default();
    headers.insert("traceparent".into(), AMQPValue::LongString(claimed.trace_parent().to_string().into()));
    BasicProperties::default()
        .with_content_type("application/json".into())
        .with_delivery_mode(PERSISTENT)
        .with_headers(headers)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn claimed() -> Claimed {
        Claimed {
            id: NotificationId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_002a)),
            channel_id: ChannelId::from_uuid(Uuid::from_u128(7)),
            kind: ChannelKind::Email,
            due_at: Timestamp::constant(1_767_225_600, 123_456_000),
            request_id: RequestId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0007)),
        }
    }

    fn edited(name: &str, value: serde_json::Value) -> Vec<u8> {
        let mut message: serde_json::Value = serde_json::from_slice(&encode(&claimed())).expect("JSON");
        message[name] = value;
        message.to_string().into_bytes()
    }

    #[test]
    fn a_message_is_written_like_this() {
        let text = String::from_utf8(encode(&claimed())).expect("text");
        assert_eq!(
            text,
            r#"{"v":1,"id":"01900000-0000-7000-8000-00000000002a","channel":"00000000-0000-0000-0000-000000000007","kind":"email","due_at":"2026-01-01T00:00:00.123456Z","request":"01900000-0000-7000-8000-000000000007"}"#
        );
    }

    #[test]
    fn what_is_written_reads_the_same_and_new_fields_do_no_harm() {
        assert_eq!(decode(&encode(&claimed()), ChannelKind::Email).expect("it reads"), claimed());
        let newer = edited("hint", "soon".into());
        assert_eq!(decode(&newer, ChannelKind::Email).expect("it reads"), claimed());
    }

    #[test]
    fn another_version_is_not_read() {
        let other = edited("v", 2.into());
        assert!(matches!(decode(&other, ChannelKind::Email), Err(UnreadableMessage::Version(2))));
        let without_the_rest = decode(br#"{"v":2}"#, ChannelKind::Email);
        assert!(matches!(without_the_rest, Err(UnreadableMessage::Version(2))));
    }

    #[test]
    fn junk_is_not_read() {
        let bodies: [&[u8]; 5] = [b"", b"hello", b"{}", b"\xff\xfe", br#"{"v":1,"id":42}"#];
        for body in bodies {
            assert!(matches!(decode(body, ChannelKind::Email), Err(UnreadableMessage::Json(_))), "{body:?}");
        }
    }

    #[test]
    fn what_lies_in_the_queue_of_another_kind_is_not_read() {
        let mail = encode(&claimed());
        assert!(matches!(
            decode(&mail, ChannelKind::Slack),
            Err(UnreadableMessage::Kind(ChannelKind::Email))
        ));
    }

    #[test]
    fn a_message_goes_on_with_the_trace_of_its_call() {
        let headers = properties(&claimed()).headers().clone().expect("headers");
        let expected = "00-01900000000070008000000000000007-800000000000002a-01";
        assert_eq!(headers.inner().get("traceparent"), Some(&AMQPValue::LongString(expected.into())));
    }
}
