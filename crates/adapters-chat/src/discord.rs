//! Discord: webhooks (<https://docs.discord.com/developers/resources/webhook>).
//!
//! Nobody can be mentioned (`allowed_mentions`), and what a visitor wrote is escaped, so that it is neither Markdown nor a
//! link.

use domain::retry::Outcome;
use jiff::SignedDuration;
use reqwest::Url;
use serde_json::{Value, json};

use crate::{
    http::Answer,
    team::{Card, ELLIPSIS, Fact, Link, Post, Service, Unusable, Verdict, fitted, utf16, web_address},
};

/// The longest texts of an embed, in characters. Discord takes 256, 4,096 and 1,024, and all of an embed's together 6,000
/// (<https://docs.discord.com/developers/resources/message>, "Embed Limits"), which these keep within.
const TITLE_MAX: usize = 200;
const DESCRIPTION_MAX: usize = 2_500;
const VALUE_MAX: usize = 150;

/// Discord.
pub(crate) struct Discord;

impl Service for Discord {
    fn post(&self, secret: &str, card: &Card<'_>) -> Result<Post, Unusable> {
        let url = web_address(secret).ok_or(Unusable("the URL of a webhook (https://...)"))?;
        Ok(Post { url: waiting(url), bearer: None, body: body(card), read })
    }
}

/// Asks for an answer that says whether the message was made, and its id; without it Discord says so of none.
fn waiting(mut url: Url) -> Url {
    let others: Vec<_> = url.query_pairs().into_owned().filter(|(name, _)| name != "wait").collect();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair("wait", "true");
    url
}

fn body(card: &Card<'_>) -> Value {
    let facts = card.facts.iter().map(field);
    let embed = json!({
        "title": escape(&fitted(&card.title, TITLE_MAX, ELLIPSIS, weigh)),
        "description": description(card),
        "fields": facts.chain(card.links.iter().map(link)).collect::<Vec<_>>(),
    });
    json!({"embeds": [embed], "allowed_mentions": {"parse": []}})
}

/// Our remarks, and beneath them what the visitor wrote.
fn description(card: &Card<'_>) -> String {
    let mark = format!("{ELLIPSIS} {}", card.cut);
    let text = card.text.map(|text| escape(&fitted(text, DESCRIPTION_MAX, &mark, weigh)));
    let remarks = card.remarks.iter().map(|remark| format!("*{}*", escape(remark)));
    remarks.chain(text).collect::<Vec<_>>().join("\n\n")
}

fn field(fact: &Fact<'_>) -> Value {
    let value = escape(&fitted(&fact.value, VALUE_MAX, ELLIPSIS, weigh));
    json!({"name": escape(&fact.label), "value": value, "inline": true})
}

fn link(link: &Link<'_>) -> Value {
    json!({"name": escape(link.label), "value": link.url, "inline": false})
}

/// Puts a backslash before every sign that could begin markup, a mention, an emoji or a link
/// (<https://docs.discord.com/developers/reference>, "Message Formatting").
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if has_meaning(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

const fn has_meaning(c: char) -> bool {
    matches!(
        c,
        '\\' | '*'
            | '_'
            | '~'
            | '`'
            | '|'
            | '>'
            | '<'
            | '#'
            | '-'
            | '+'
            | '['
            | ']'
            | '('
            | ')'
            | '@'
            | ':'
            | '/'
    )
}

const fn weigh(c: char) -> usize {
    if has_meaning(c) { 2 } else { utf16(c) }
}

/// An error is `{"code", "message"}`; of being too fast also `retry_after`, in seconds with fractions
/// (<https://docs.discord.com/developers/topics/rate-limits>).
fn read(answer: &Answer) -> Verdict {
    let said = answer.json();
    let reason = || match (said["code"].as_u64(), said["message"].as_str()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (None, Some(message)) => message.to_owned(),
        _ => answer.body.trim().to_owned(),
    };
    let wait = said["retry_after"].as_f64().and_then(|wait| SignedDuration::try_from_secs_f64(wait).ok());
    match answer.outcome_after(wait) {
        Outcome::Sent => Verdict::sent(said["id"].as_str().map(str::to_owned)),
        outcome => Verdict::failed(outcome, reason()),
    }
}
