//! A bot's calls.

use std::time::Duration;

use serde_json::Value;

use crate::cli::http_client::{HttpClient, HttpError, Request};

/// A server that asks to come back later is believed up to this.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// A call is made at most so often when the server asks to come back later.
const TRIES: u32 = 5;

/// A client with a bot's key.
pub struct BotClient {
    http: HttpClient,
    key: String,
}

impl BotClient {
    /// A client of the server at `url`.
    pub fn new(url: &str, key: String) -> Result<Self, HttpError> {
        Ok(Self { http: HttpClient::new(url)?, key })
    }

    /// Posts fields, and answers what the bot is told. Comes back later when the server asks for that; fails when it
    /// lets nobody in.
    pub async fn post(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call("POST", path, &body.to_string()).await
    }

    /// Asks, and answers what the bot is told.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Value> {
        self.call("GET", path, "").await
    }

    async fn call(&mut self, method: &str, path: &str, body: &str) -> anyhow::Result<Value> {
        let mut tries = 0;
        loop {
            tries += 1;
            let request = Request { method, path, key: Some(&self.key), body };
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
