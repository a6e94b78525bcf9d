//! Slack: incoming webhooks (<https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>) and the method
//! `chat.postMessage` (<https://docs.slack.dev/reference/methods/chat.postMessage>).
//!
//! Whatever a visitor wrote stands in texts of the type `plain_text`, in which Slack makes neither links nor mentions.

use domain::retry::Outcome;
use reqwest::Url;
use serde_json::{Value, json};

use crate::{
    http::Answer,
    team::{Card, ELLIPSIS, Fact, Link, Post, Service, Unusable, Verdict, fitted, utf16, web_address},
};

/// The longest texts of Block Kit, in characters (<https://docs.slack.dev/reference/block-kit/blocks>).
const HEADER_MAX: usize = 150;
const SECTION_MAX: usize = 3_000;
const FIELD_MAX: usize = 2_000;

/// The most fields of a section.
const FIELDS_MAX: usize = 10;

/// A webhook's URL, or a bot's token and a channel.
const NEEDED: Unusable = Unusable(
    "the URL of an incoming webhook (https://...) or the token of a bot and a channel (xoxb-...#channel)",
);

/// Slack.
pub(crate) struct Slack {
    /// Where its Web API is.
    pub(crate) api: Url,
}

impl Service for Slack {
    fn post(&self, secret: &str, card: &Card<'_>) -> Result<Post, Unusable> {
        let body = body(card);
        if let Some(url) = web_address(secret) {
            return Ok(Post { url, bearer: None, body, read: read_webhook });
        }
        let (token, channel) = bot(secret).ok_or(NEEDED)?;
        let url = self.api.join("chat.postMessage").map_err(|_| NEEDED)?;
        let mut body = body;
        body["channel"] = channel.into();
        Ok(Post { url, bearer: Some(token.to_owned()), body, read: read_method })
    }
}

/// The token of a bot, and the id or name of a channel.
fn bot(secret: &str) -> Option<(&str, &str)> {
    let (token, channel) = secret.split_once('#')?;
    let is_token =
        token.starts_with("xoxb-") && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_channel = !channel.is_empty() && !channel.contains(char::is_whitespace);
    (is_token && is_channel).then_some((token, channel))
}

fn body(card: &Card<'_>) -> Value {
    let mut blocks = vec![json!({"type": "header", "text": plain(&card.title, HEADER_MAX, ELLIPSIS)})];
    if !card.remarks.is_empty() {
        let remarks: Vec<_> =
            card.remarks.iter().map(|remark| plain(remark, SECTION_MAX, ELLIPSIS)).collect();
        blocks.push(json!({"type": "context", "elements": remarks}));
    }
    if let Some(text) = card.text {
        let mark = format!("{ELLIPSIS} {}", card.cut);
        blocks.push(json!({"type": "section", "text": plain(text, SECTION_MAX, &mark)}));
    }
    for facts in card.facts.chunks(FIELDS_MAX) {
        let fields: Vec<_> = facts.iter().map(field).collect();
        blocks.push(json!({"type": "section", "fields": fields}));
    }
    if !card.links.is_empty() {
        let links = card.links.iter().map(link).collect::<Vec<_>>().join("  ·  ");
        blocks.push(json!({"type": "section", "text": {"type": "mrkdwn", "text": links}}));
    }
    // The text is what notifications show.
    let text = escape(&fitted(&card.title, SECTION_MAX, ELLIPSIS, weigh));
    json!({"text": text, "mrkdwn": false, "unfurl_links": false, "unfurl_media": false, "blocks": blocks})
}

fn plain(text: &str, limit: usize, mark: &str) -> Value {
    json!({"type": "plain_text", "text": escape(&fitted(text, limit, mark, weigh)), "emoji": false})
}

fn field(fact: &Fact<'_>) -> Value {
    plain(&format!("{}\n{}", fact.label, fact.value), FIELD_MAX, ELLIPSIS)
}

/// Only our own words and addresses are marked up.
fn link(link: &Link<'_>) -> String {
    format!("<{}|{}>", link.url, escape(link.label))
}

/// The three characters that mean something in texts of every type
/// (<https://docs.slack.dev/messaging/formatting-message-text>, "Escaping text").
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const fn weigh(c: char) -> usize {
    match c {
        '&' => "&amp;".len(),
        '<' | '>' => "&lt;".len(),
        c => utf16(c),
    }
}

/// An incoming webhook answers with a status and a word: `invalid_payload`, `channel_is_archived`, `no_service`, ...
/// (<https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks>). The status says it all.
fn read_webhook(answer: &Answer) -> Verdict {
    match answer.outcome() {
        Outcome::Sent => Verdict::sent(None),
        outcome => Verdict::failed(outcome, answer.body.trim().to_owned()),
    }
}

/// A method answers 200 and says in the text whether it was done.
fn read_method(answer: &Answer) -> Verdict {
    let said = answer.json();
    match (said["ok"].as_bool(), said["error"].as_str()) {
        (Some(true), _) => Verdict::sent(said["ts"].as_str().map(str::to_owned)),
        (_, Some(error)) => Verdict::failed(outcome_of(error, answer), error.to_owned()),
        _ if answer.is_success() => Verdict::failed(Outcome::Unknown, "the answer cannot be read".to_owned()),
        _ => Verdict::failed(answer.outcome(), answer.body.trim().to_owned()),
    }
}

/// What the errors of a method mean. Of the first two Slack says that part of the work may have been done.
fn outcome_of(error: &str, answer: &Answer) -> Outcome {
    match error {
        "internal_error" | "fatal_error" => Outcome::Unknown,
        "ratelimited" | "rate_limited" | "service_unavailable" | "request_timeout" | "team_added_to_org" => {
            answer.temporary()
        }
        _ if answer.is_success() => Outcome::Permanent,
        _ => answer.outcome(),
    }
}
