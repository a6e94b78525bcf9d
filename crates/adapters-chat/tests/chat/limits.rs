//! The longest messages that there can be, within the limits of the services.

use domain::{
    channel::ChannelKind::{Discord, Slack, Teams, Telegram},
    message::{Message, Person, TicketFacts},
    text::{DESCRIPTION_MAX, ONE_LINE_MAX},
    user::Origin,
};
use serde_json::Value;

use crate::desk::{SERVICES, ana, overdue, ticket, told};

/// Everything as long as it may be, of one character.
fn longest(c: &str) -> Message {
    let line = || Some(c.repeat(ONE_LINE_MAX));
    let origin = Origin {
        source: line(),
        page: line(),
        referrer: line(),
        utm_source: line(),
        utm_medium: line(),
        utm_campaign: line(),
    };
    let person = Person { name: line(), email: line(), phone: line(), origin, ..ana() };
    let ticket = TicketFacts {
        topic: c.repeat(ONE_LINE_MAX),
        topic_asked: line(),
        description: c.repeat(DESCRIPTION_MAX),
        bot: c.repeat(ONE_LINE_MAX),
        ..ticket()
    };
    Message { possible_duplicate: true, ..overdue(ticket, Some(person)) }
}

/// Characters that are counted or escaped in different ways; the last makes as many lines as there can be.
const CHARACTERS: [&str; 8] = ["x", "ñ", "👍", "<", "&", "*", "\"", "x\n"];

fn units(text: &Value) -> usize {
    text.as_str().expect("a text").encode_utf16().count()
}

fn texts<'a>(value: &'a Value, of_type: &'static str) -> Vec<&'a Value> {
    match value {
        Value::Array(all) => all.iter().flat_map(|one| texts(one, of_type)).collect(),
        Value::Object(fields) if fields.get("type").is_some_and(|own| own == of_type) => vec![value],
        Value::Object(fields) => fields.values().flat_map(|one| texts(one, of_type)).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn slack_takes_the_longest_message() {
    for c in CHARACTERS {
        let body = told(Slack, &longest(c)).await;
        let blocks = body["blocks"].as_array().expect("blocks");
        assert!(blocks.len() <= 50);
        assert!(units(&blocks[0]["text"]["text"]) <= 150, "{c}: {:#}", blocks[0]);
        for block in blocks {
            assert!(block["fields"].as_array().is_none_or(|fields| fields.len() <= 10), "{c}");
            assert!(
                texts(&block["fields"], "plain_text").iter().all(|text| units(&text["text"]) <= 2_000),
                "{c}"
            );
            assert!(texts(block, "plain_text").iter().all(|text| units(&text["text"]) <= 3_000), "{c}");
        }
    }
}

#[tokio::test]
async fn teams_takes_the_longest_message() {
    for c in CHARACTERS {
        let size = told(Teams, &longest(c)).await.to_string().len();
        // Teams says 28 KB; senders were refused from 21 KB on.
        assert!(size <= 21_000, "{size} bytes of {c}");
    }
}

#[tokio::test]
async fn discord_takes_the_longest_message() {
    for c in CHARACTERS {
        let body = told(Discord, &longest(c)).await;
        let embed = &body["embeds"][0];
        let fields = embed["fields"].as_array().expect("fields");
        assert!(fields.len() <= 25 && units(&embed["title"]) <= 256 && units(&embed["description"]) <= 4_096);
        assert!(fields.iter().all(|field| units(&field["name"]) <= 256 && units(&field["value"]) <= 1_024));
        let fields: usize = fields.iter().map(|field| units(&field["name"]) + units(&field["value"])).sum();
        let all = fields + units(&embed["title"]) + units(&embed["description"]);
        assert!(all <= 6_000, "{all} units of {c}");
    }
}

#[tokio::test]
async fn telegram_takes_the_longest_message() {
    for c in CHARACTERS {
        let body = told(Telegram, &longest(c)).await;
        let text = body["text"].as_str().expect("a text");
        let shown = without_markup(text).encode_utf16().count();
        assert!(shown <= 4_096, "{shown} units of {c}");
    }
}

/// The text as people see it.
fn without_markup(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        shown.push_str(before);
        rest = after.split_once('>').expect("a tag ends").1;
    }
    shown.push_str(rest);
    shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[tokio::test]
async fn a_text_that_is_cut_says_so() {
    for kind in SERVICES {
        for (length, cut) in [(1_000, false), (DESCRIPTION_MAX, true)] {
            let ticket = TicketFacts { description: "ñ".repeat(length), ..ticket() };
            let said = told(kind, &overdue(ticket, None)).await.to_string();
            assert_eq!(said.contains("the ticket has the whole text"), cut, "{kind}, {length}");
            assert!(said.contains(&"ñ".repeat(1_000)), "{kind}, {length}");
        }
    }
}
