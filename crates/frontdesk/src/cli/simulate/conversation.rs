//! You are the visitor.

use serde_json::{Value, json};

use super::bot_client::BotClient;
use crate::cli::{
    output::{printable, say},
    prompt::{ask, needs_terminal},
};

/// Asks as the lead bot does, and shows what goes over the wire.
pub async fn hold(bot: &mut BotClient) -> anyhow::Result<()> {
    needs_terminal("without a terminal, give --users")?;
    let topics = topics(bot).await?;
    say("You are the visitor; this is the bot.\n")?;
    let mut person = json!({ "origin": "simulate" });
    person["name"] = ask("Hi! What is your name?").await?.into();
    person["email"] = ask("Your email?").await?.into();
    person["phone"] = ask("Your phone, with country code?").await?.into();
    until_understood(bot, "/bot/v1/users", &mut person).await?;

    let mut question = person;
    question["topic"] = topic(&topics).await?.into();
    question["description"] = ask("What is your question?").await?.into();
    until_understood(bot, "/bot/v1/tickets", &mut question).await
}

async fn topics(bot: &mut BotClient) -> anyhow::Result<Vec<String>> {
    let answer = bot.get("/bot/v1/topics").await?;
    let titles = answer["titles"].as_array().into_iter().flatten();
    Ok(titles.filter_map(Value::as_str).map(printable).collect())
}

/// A topic by its number, or any text, which the server takes as well.
async fn topic(topics: &[String]) -> anyhow::Result<String> {
    for (number, title) in topics.iter().enumerate() {
        say(format_args!("  {}  {title}", number + 1))?;
    }
    let answer = ask("What is it about?").await?;
    let chosen = answer.parse::<usize>().ok().and_then(|number| topics.get(number.checked_sub(1)?));
    Ok(chosen.cloned().unwrap_or(answer))
}

/// Posts until nothing must be asked again, as a bot does that branches on `result`.
async fn until_understood(bot: &mut BotClient, path: &str, fields: &mut Value) -> anyhow::Result<()> {
    loop {
        say(format_args!("\n→ POST {path}\n{fields:#}"))?;
        let answer = bot.post(path, fields).await?;
        say(format_args!("← {}\n", printable(&format!("{answer:#}"))))?;
        say(format_args!("Bot: {}\n", printable(answer["message"].as_str().unwrap_or_default())))?;
        match (answer["result"].as_str(), answer["field"].as_str()) {
            (Some("invalid"), Some(field)) => {
                let field = field.to_owned();
                fields[&field] = ask(&format!("Once more, your {field}?")).await?.into();
            }
            (Some("ok"), _) => return Ok(()),
            (result, _) => anyhow::bail!("the server answered {}", result.unwrap_or("nothing")),
        }
    }
}
