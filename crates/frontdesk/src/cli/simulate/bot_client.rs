//! A bot's calls.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Interval, interval};

use crate::{
    cli::http_client::{HttpClient, HttpError, Request},
    recipe::Filled,
};

/// A server that asks to come back later is believed up to this.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// A call is made at most so often when the server asks to come back later.
const TRIES: u32 = 5;

/// A client with a bot's key, at a steady pace.
pub struct BotClient {
    line: Line,
    /// For calls at the same time.
    second_line: Line,
    pace: Interval,
}

impl BotClient {
    /// A client of the server at `url` that makes at most `rate` calls a second.
    pub fn new(url: &str, key: &str, rate: u32) -> Result<Self, HttpError> {
        let line = || Ok(Line { http: HttpClient::new(url)?, key: key.to_owned() });
        Ok(Self { line: line()?, second_line: line()?, pace: interval(Duration::from_secs(1) / rate) })
    }

    /// Makes a call, and answers what the bot is told. Comes back later when the server asks for that; fails when it
    /// lets nobody in.
    pub async fn call(&mut self, call: &Filled) -> anyhow::Result<Value> {
        self.pace.tick().await;
        self.line.call(call).await
    }

    /// Makes the same call twice at the same time.
    pub async fn call_twice(&mut self, call: &Filled) -> anyhow::Result<(Value, Value)> {
        self.pace.tick().await;
        self.pace.tick().await;
        tokio::try_join!(self.line.call(call), self.second_line.call(call))
    }
}

/// One connection to the server.
struct Line {
    http: HttpClient,
    key: String,
}

impl Line {
    async fn call(&mut self, call: &Filled) -> anyhow::Result<Value> {
        let Filled { method, path, body } = call;
        let mut tries = 0;
        loop {
            tries += 1;
            let request = Request { method: method.as_str(), path, key: Some(&self.key), body };
            let response = self.http.call(request).await?;
            let answer: Value = serde_json::from_str(&response.body)
                .map_err(|_| anyhow::anyhow!("the server answered {} without JSON", response.status))?;
            let wait = response.header("retry-after").and_then(|seconds| seconds.parse().ok());
            match (answer["result"].as_str(), wait) {
                (Some("denied"), _) => anyhow::bail!("the server lets this bot not in ({})", response.status),
                (Some("retry"), Some(seconds)) if tries < TRIES => {
                    tokio::time::sleep(Duration::from_secs(seconds).min(WAIT_MAX)).await;
                }
                _ => return Ok(answer),
            }
        }
    }
}
