//! Many visitors, one after the other, at a steady pace.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use tokio::time::{Interval, interval};

use super::{
    bot_client::BotClient,
    people::{People, Visitor},
    random::Random,
    summary::Summary,
};
use crate::cli::output::say;

/// Plays `users` visitors with at most `rate` calls a second, and says what they were answered.
pub async fn play(bot: &mut BotClient, users: u32, rate: u32, seed: Option<u64>) -> anyhow::Result<()> {
    let titles = bot.get("/bot/v1/topics").await?["titles"].take();
    let topics =
        titles.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut people = People::new(seed.unwrap_or_else(Random::fresh_seed), topics);
    let mut pace = interval(Duration::from_secs(1) / rate);
    let bar = progress(users);
    let started = Instant::now();
    let mut summary = Summary::default();
    for _ in 0..users {
        for (path, body) in calls(people.next()) {
            one_call(bot, path, &body, &mut pace, &mut summary).await?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    say(summary.after(started.elapsed()))
}

async fn one_call(
    bot: &mut BotClient,
    path: &str,
    body: &Value,
    pace: &mut Interval,
    summary: &mut Summary,
) -> anyhow::Result<()> {
    pace.tick().await;
    let answer = bot.post(path, body).await?;
    summary.count(&answer);
    Ok(())
}

fn calls(visitor: Visitor) -> Vec<(&'static str, Value)> {
    let clicks = if visitor.clicks_twice { 2 } else { 1 };
    let mut calls = vec![("/bot/v1/users", visitor.person); clicks];
    calls.extend(visitor.question.map(|question| ("/bot/v1/tickets", question)));
    calls
}

fn progress(users: u32) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} visitors, {per_sec}, {eta} left");
    ProgressBar::new(users.into()).with_style(style.expect("the template is sound"))
}
