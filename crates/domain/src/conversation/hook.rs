//! What Landbot's hooks deliver, read as it comes: any field may be missing or of another type.
//!
//! Two shapes are known (<https://dev.landbot.io/api-reference/message-hooks/webhook-payload>,
//! <https://dev.landbot.io/api-reference/apichat/webhooks/payload>). A message hook describes each message with its sender,
//! customer and channel. `APIchat` has these beside the messages, which are flat, and only delivers what bots and agents
//! say.

use jiff::Timestamp;
use serde_json::Value;

use super::{Author, MessageKey, moment};
use crate::{
    bot_call::value_text,
    identity::CustomerId,
    ids::BotId,
    text::{DESCRIPTION_MAX, is_given, multi_line, one_line},
};

/// The most characters of what Landbot calls a kind of message or channel.
const NAME_MAX: usize = 40;

/// What a hook delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// What persons and agents said.
    pub heard: Vec<Heard>,
    /// How many messages of bots and of Landbot itself there were.
    pub ignored: usize,
    /// Whether something in it could not be understood.
    pub is_unclear: bool,
}

/// What a person or an agent said.
#[derive(Clone, PartialEq, Eq)]
pub struct Heard {
    /// In whose chat.
    pub customer: CustomerId,
    /// What it is known by when it is delivered again.
    pub key: MessageKey,
    /// Who said it.
    pub author: Author,
    /// What Landbot calls messages like this: `text`, `image` and so on.
    pub kind: String,
    /// What was said; of a picture its caption and its address; of what is unknown its data as JSON.
    pub text: String,
    /// What Landbot calls the channel of the chat, lower-case.
    pub channel: Option<String>,
    /// When it was said; when it was delivered, if that is unknown.
    pub sent_at: Timestamp,
}

impl std::fmt::Debug for Heard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Heard")
            .field("author", &self.author)
            .field("kind", &self.kind)
            .field("sent_at", &self.sent_at)
            .finish_non_exhaustive()
    }
}

impl Delivery {
    /// Reads the body that a hook of `bot` delivered with this `sentry-trace`. Never fails: what cannot be understood is
    /// left out, and said to be [unclear](Self::is_unclear).
    pub fn read(bot: BotId, body: &[u8], trace: Option<&str>, received_at: Timestamp) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start_matches('\u{FEFF}').trim();
        let Ok(root) = serde_json::from_str::<Value>(text) else { return Self::unclear() };
        let Some(messages) = messages(&root) else { return Self::unclear() };
        let trace = trace.map(str::trim).filter(|trace| !trace.is_empty());
        let mut delivery = Self::default();
        for (position, message) in messages.iter().enumerate() {
            let spoken = Spoken { root: &root, message };
            let key = || spoken.key(bot, trace, body, position);
            match spoken.read(key, received_at) {
                Said::Something(heard) => delivery.heard.push(heard),
                Said::ByMachine => delivery.ignored += 1,
                Said::Unclear => delivery.is_unclear = true,
            }
        }
        delivery
    }

    fn unclear() -> Self {
        Self { is_unclear: true, ..Self::default() }
    }

    /// Whether a body that could not be understood names this customer nevertheless.
    pub fn names(body: &[u8], customer: &CustomerId) -> bool {
        let Ok(root) = serde_json::from_slice::<Value>(body) else { return false };
        let messages = messages(&root).unwrap_or_default();
        messages.iter().chain([&Value::Null]).any(|message| {
            let spoken = Spoken { root: &root, message };
            [Author::Person, Author::Agent]
                .into_iter()
                .any(|author| spoken.customer(author).as_ref() == Some(customer))
        })
    }
}

/// The messages of a delivery: a list, the same as text, one that stands alone, or the body itself.
fn messages(root: &Value) -> Option<Vec<Value>> {
    match root.get("messages") {
        Some(Value::Array(messages)) => Some(messages.clone()),
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        Some(message @ Value::Object(_)) => Some(vec![message.clone()]),
        None if root.get("sender").is_some() => Some(vec![root.clone()]),
        _ => None,
    }
}

/// What one message turned out to be.
enum Said {
    Something(Heard),
    ByMachine,
    Unclear,
}

/// Whose words a message has.
enum Speaker {
    Author(Author),
    Machine,
}

/// A message and the delivery around it.
struct Spoken<'a> {
    root: &'a Value,
    message: &'a Value,
}

impl Spoken<'_> {
    fn read(&self, key: impl FnOnce() -> MessageKey, received_at: Timestamp) -> Said {
        let author = match self.speaker() {
            Some(Speaker::Author(author)) => author,
            Some(Speaker::Machine) => return Said::ByMachine,
            None => return Said::Unclear,
        };
        let Some(customer) = self.customer(author) else { return Said::Unclear };
        Said::Something(Heard {
            customer,
            key: key(),
            author,
            kind: self.name(&["/type"]).unwrap_or_else(|| "text".to_owned()),
            text: self.text(),
            channel: self.name(&["/channel/type"]),
            sent_at: moment::sent_at(self.at("/timestamp"), received_at),
        })
    }

    /// Who says it. `sender.type` and `_raw.author_type` have two vocabularies, `agent.type` of `APIchat` a third.
    fn speaker(&self) -> Option<Speaker> {
        let places = ["/sender/type", "/_raw/author_type", "/agent/type"];
        let speaker = places.iter().filter_map(|place| self.given(place)).find_map(|word| speaker(&word));
        match speaker {
            Some(Speaker::Author(Author::Person)) => speaker,
            _ if self.is_event() => Some(Speaker::Machine),
            _ => speaker,
        }
    }

    /// That an agent takes a chat over and the like comes as a message, too.
    fn is_event(&self) -> bool {
        let is_event = self.given("/type").is_some_and(|kind| kind.eq_ignore_ascii_case("event"));
        is_event || ["/action", "/_raw/action"].iter().any(|place| self.given(place).is_some())
    }

    fn customer(&self, author: Author) -> Option<CustomerId> {
        let sender = (author == Author::Person).then_some("/sender/id");
        let places = ["/customer/id"].into_iter().chain(sender).chain(["/customer/token"]);
        places.filter_map(|place| self.given(place)).find_map(|id| CustomerId::parse(&id).ok())
    }

    /// The words, and the address of what was sent with them. What has neither is shown as its data.
    fn text(&self) -> String {
        const WORDS: [&str; 8] = [
            "/data/body",
            "/data/text",
            "/data/message",
            "/data/caption",
            "/data",
            "/message",
            "/text",
            "/title",
        ];
        let filled = |place: &&str| self.said(place).filter(|text| !text.trim().is_empty());
        let words = WORDS.iter().find_map(filled);
        let address = ["/data/url", "/url"].iter().find_map(filled);
        let lines: Vec<_> = words.into_iter().chain(address).collect();
        let text = match (lines.is_empty(), self.message.get("data")) {
            (true, Some(data)) if !data.is_null() => data.to_string(),
            _ => lines.join("\n"),
        };
        multi_line(&text, DESCRIPTION_MAX).text
    }

    fn key(&self, bot: BotId, trace: Option<&str>, body: &[u8], position: usize) -> MessageKey {
        match (trace, self.given("/_raw/uuid")) {
            (Some(trace), _) => MessageKey::of_trace(bot, trace, position),
            (None, Some(uuid)) => MessageKey::of_uuid(bot, &uuid),
            (None, None) => MessageKey::of_body(bot, body, position),
        }
    }

    fn name(&self, places: &[&str]) -> Option<String> {
        let name = places.iter().find_map(|place| self.given(place))?;
        Some(one_line(&name.to_lowercase(), NAME_MAX).text)
    }

    /// A value of the message, or one of the delivery where the message has none.
    fn at(&self, place: &str) -> Option<&Value> {
        let found = |value: &Value| !value.is_null();
        let own = self.message.pointer(place).filter(|value| found(value));
        own.or_else(|| self.root.pointer(place).filter(|value| found(value)))
    }

    /// A value that says something.
    fn given(&self, place: &str) -> Option<String> {
        value_text(self.at(place)?).filter(|text| is_given(text)).map(Into::into)
    }

    /// Words of the message: whatever they are, `null` too, somebody may have typed them.
    fn said(&self, place: &str) -> Option<String> {
        value_text(self.message.pointer(place)?).map(Into::into)
    }
}

fn speaker(word: &str) -> Option<Speaker> {
    match word.to_lowercase().as_str() {
        "customer" | "user" => Some(Speaker::Author(Author::Person)),
        "agent" | "human" => Some(Speaker::Author(Author::Agent)),
        "bot" | "sys" | "system" => Some(Speaker::Machine),
        _ => None,
    }
}
