//! Microsoft Teams: a workflow that is started by a webhook and posts the Adaptive Card it is given
//! (<https://support.microsoft.com/office/8ae491c7-0394-4861-ba59-055e33f75498>).
//!
//! Texts stand in `TextRun`, which has no Markdown and makes no links
//! (<https://adaptivecards.io/explorer/TextRun.html>).

use domain::retry::Outcome;
use serde_json::{Value, json};

use crate::{
    http::Answer,
    team::{Card, ELLIPSIS, Fact, Link, Post, Service, Unusable, Verdict, fitted, web_address},
};

/// The most bytes of the texts of a card. A message has at most about 28 KB
/// (<https://learn.microsoft.com/connectors/teams/>, "Message size limit"), of which these leave a third for its form.
const TITLE_MAX: usize = 800;
const TEXT_MAX: usize = 9_000;
const FACT_MAX: usize = 600;

/// What a line of its own costs beside its text.
const LINE: usize = 120;

/// Microsoft Teams.
pub(crate) struct Teams;

impl Service for Teams {
    fn post(&self, secret: &str, card: &Card<'_>) -> Result<Post, Unusable> {
        let url = web_address(secret).ok_or(Unusable("the URL of a workflow (https://...)"))?;
        Ok(Post { url, bearer: None, body: body(card), read })
    }
}

fn body(card: &Card<'_>) -> Value {
    let title = fitted(&card.title, TITLE_MAX, ELLIPSIS, weigh);
    let mut body = vec![line("None", &[run(&title, &json!({"size": "Large", "weight": "Bolder"}))])];
    let subtle = json!({"isSubtle": true});
    body.extend(card.remarks.iter().map(|remark| line("Small", &[run(remark, &subtle)])));
    let mark = format!("{ELLIPSIS} {}", card.cut);
    body.extend(card.text.map(|text| quote(&fitted(text, TEXT_MAX, &mark, weigh))));
    body.extend(card.facts.iter().map(fact));
    message(&body, &card.links.iter().map(action).collect::<Vec<_>>())
}

fn message(body: &[Value], actions: &[Value]) -> Value {
    let content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
        "actions": actions,
    });
    let content_type = "application/vnd.microsoft.card.adaptive";
    let attachment = json!({"contentType": content_type, "contentUrl": null, "content": content});
    json!({"type": "message", "attachments": [attachment]})
}

/// A visitor's text: its lines, with more room where lines are left out.
fn quote(text: &str) -> Value {
    let mut lines = Vec::new();
    let mut spacing = "None";
    for text in text.lines() {
        if text.trim().is_empty() {
            spacing = "Medium";
        } else {
            lines.push(line(spacing, &[plain(text)]));
            spacing = "None";
        }
    }
    json!({"type": "Container", "style": "emphasis", "items": lines})
}

fn fact(fact: &Fact<'_>) -> Value {
    let label = run(&format!("{}: ", fact.label), &json!({"weight": "Bolder"}));
    line("Small", &[label, plain(&fitted(&fact.value, FACT_MAX, ELLIPSIS, weigh))])
}

fn line(spacing: &str, runs: &[Value]) -> Value {
    json!({"type": "RichTextBlock", "spacing": spacing, "inlines": runs})
}

fn plain(text: &str) -> Value {
    run(text, &json!({}))
}

fn run(text: &str, look: &Value) -> Value {
    let mut run = json!({"type": "TextRun", "text": text});
    if let (Some(run), Some(look)) = (run.as_object_mut(), look.as_object()) {
        run.extend(look.clone());
    }
    run
}

fn action(link: &Link<'_>) -> Value {
    json!({"type": "Action.OpenUrl", "title": link.label, "url": link.url})
}

/// The bytes of a character as JSON; a line break begins another block.
const fn weigh(c: char) -> usize {
    match c {
        '\n' => LINE,
        '"' | '\\' => 2,
        c => c.len_utf8(),
    }
}

/// A workflow answers 202 when it has begun, and otherwise `{"error": {"code", "message"}}`.
fn read(answer: &Answer) -> Verdict {
    let error = &answer.json()["error"];
    match (answer.outcome(), error["code"].as_str()) {
        (Outcome::Sent, _) => Verdict::sent(None),
        (outcome, Some(code)) => {
            let message = error["message"].as_str().unwrap_or_default();
            Verdict::failed(outcome, format!("{code}: {message}"))
        }
        (outcome, None) => Verdict::failed(outcome, answer.body.trim().to_owned()),
    }
}
