//! Telegram: the method `sendMessage` of its Bot API (<https://core.telegram.org/bots/api#sendmessage>).
//!
//! What a visitor wrote stands in `code` and `pre`, in which Telegram looks for no links, mentions and hashtags.

use domain::retry::Outcome;
use jiff::SignedDuration;
use reqwest::Url;
use serde_json::{Value, json};

use crate::{
    http::Answer,
    team::{Card, ELLIPSIS, Fact, Link, Post, Service, Unusable, Verdict, fitted, utf16},
};

/// The longest texts of a message, in characters: 4,096 together, without their markup.
const TITLE_MAX: usize = 250;
const TEXT_MAX: usize = 2_000;
const VALUE_MAX: usize = 120;

/// What is needed.
const NEEDED: Unusable = Unusable("the token of a bot and a chat (123456:ABC...#-1001234567890)");

/// Telegram.
pub(crate) struct Telegram {
    /// Where its Bot API is.
    pub(crate) api: Url,
}

impl Service for Telegram {
    fn post(&self, secret: &str, card: &Card<'_>) -> Result<Post, Unusable> {
        let (token, chat) = bot(secret).ok_or(NEEDED)?;
        // Not joined: a token has a colon in it, which would make it another URL.
        let url = Url::parse(&format!("{}bot{token}/sendMessage", self.api)).map_err(|_| NEEDED)?;
        Ok(Post { url, bearer: None, body: body(chat, card), read })
    }
}

/// The token of a bot, and the id of a chat or the name of a public one (`@name`).
fn bot(secret: &str) -> Option<(&str, &str)> {
    let (token, chat) = secret.split_once('#')?;
    let (id, key) = token.split_once(':')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_key =
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let is_chat =
        is_number(chat.strip_prefix('-').unwrap_or(chat)) || (chat.len() > 1 && chat.starts_with('@'));
    (is_number(id) && is_key && is_chat).then_some((token, chat))
}

fn body(chat: &str, card: &Card<'_>) -> Value {
    json!({
        "chat_id": chat,
        "text": text(card),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": true},
    })
}

fn text(card: &Card<'_>) -> String {
    let mut parts = vec![format!("<b>{}</b>", fitting(&card.title, TITLE_MAX, ELLIPSIS))];
    parts.extend(card.remarks.iter().map(|remark| format!("<i>{}</i>", escape(remark))));
    let mark = format!("{ELLIPSIS} {}", card.cut);
    parts.extend(card.text.map(|text| format!("<pre>{}</pre>", fitting(text, TEXT_MAX, &mark))));
    parts.push(card.facts.iter().map(fact).collect::<Vec<_>>().join("\n"));
    parts.push(card.links.iter().map(link).collect::<Vec<_>>().join("\n"));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

fn fact(fact: &Fact<'_>) -> String {
    format!("<b>{}:</b> <code>{}</code>", escape(&fact.label), fitting(&fact.value, VALUE_MAX, ELLIPSIS))
}

fn link(link: &Link<'_>) -> String {
    format!("<a href=\"{}\">{}</a>", escape(&link.url), escape(link.label))
}

/// Characters are counted after the markup was read, so that what escaping adds does not count.
fn fitting(text: &str, limit: usize, mark: &str) -> String {
    escape(&fitted(text, limit, mark, utf16))
}

/// <https://core.telegram.org/bots/api#html-style>
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// An answer is `{"ok", "result"}` or `{"ok", "error_code", "description", "parameters"}`; of being too fast the last has
/// `retry_after`, in seconds (<https://core.telegram.org/bots/api#making-requests>).
fn read(answer: &Answer) -> Verdict {
    let said = answer.json();
    if said["ok"] == true {
        return Verdict::sent(said["result"]["message_id"].as_i64().map(|id| id.to_string()));
    }
    let reason = said["description"].as_str().unwrap_or_else(|| answer.body.trim()).to_owned();
    let wait = said["parameters"]["retry_after"].as_i64().map(SignedDuration::from_secs);
    match answer.outcome_after(wait) {
        Outcome::Sent => Verdict::failed(Outcome::Unknown, "the answer cannot be read".to_owned()),
        outcome => Verdict::failed(outcome, reason),
    }
}
