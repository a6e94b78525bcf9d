//! The page for integrators says what is so: every block of it runs, in order.

use std::collections::HashMap;

use serde_json::Value;
use tokio::process::Command;

use crate::{frontdesk::Frontdesk, ground::Ground};

const PAGE: &str = include_str!("../../../../docs/api.md");

/// Stands in an answer for what nobody can know beforehand.
const ANYTHING: &str = "…";

/// The blocks of a language, each with what stands right after it.
fn blocks(language: &str) -> Vec<(&'static str, &'static str)> {
    let begin = format!("```{language}\n");
    let parts = PAGE.split(begin.as_str()).skip(1);
    parts.map(|part| part.split_once("```\n").expect("a block ends")).collect()
}

/// A command, and what it answers.
fn examples() -> Vec<(&'static str, Value)> {
    let expected = |after: &'static str| {
        let json = after.strip_prefix("```json\n").expect("an answer follows a command");
        let (json, _) = json.split_once("```\n").expect("a block ends");
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"))
    };
    blocks("sh").into_iter().map(|(command, after)| (command, expected(after))).collect()
}

async fn run(command: &str, variables: &HashMap<&str, String>) -> Value {
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", command]).envs(variables);
    let output = shell.output().await.expect("bash runs");
    assert!(output.status.success(), "{command}: {output:?}; is curl installed?");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{command}: {error} in {output:?}"))
}

/// Whether an answer says what is expected, whatever else it says.
fn says(answer: &Value, expected: &Value) -> bool {
    match (answer, expected) {
        (_, Value::String(text)) if text == ANYTHING => !answer.is_null(),
        (Value::Object(answer), Value::Object(expected)) => {
            expected.iter().all(|(key, value)| answer.get(key).is_some_and(|answer| says(answer, value)))
        }
        (Value::Array(answer), Value::Array(expected)) => {
            answer.len() == expected.len() && answer.iter().zip(expected).all(|(one, other)| says(one, other))
        }
        _ => answer == expected,
    }
}

#[tokio::test]
async fn every_example_for_integrators_is_answered_as_the_page_says() {
    let desk = Frontdesk::start(Ground::Sqlite).await;
    desk.add_admin("admin@desk.example").await;
    let added = ["token", "add", "integration", "--email", "admin@desk.example", "--scope", "admin"];
    let token = desk.told(&added).await;
    let token = token.split_whitespace().find(|word| word.starts_with("fds_")).expect("a token").to_owned();
    let key = desk.told(&["bot", "add", "shop", "--country", "ES", "--key-only"]).await;
    let variables =
        HashMap::from([("FRONTDESK", desk.url()), ("BOT_KEY", key.trim().to_owned()), ("API_TOKEN", token)]);
    let examples = examples();
    assert!(examples.len() > 8, "{}", examples.len());
    for (command, expected) in examples {
        let answer = run(command, &variables).await;
        assert!(says(&answer, &expected), "{command}\nanswered {answer}\nand not {expected}");
    }
}
