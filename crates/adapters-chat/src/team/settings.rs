//! What chat services are told by their operator.

use reqwest::Url;

use crate::{environment::EnvironmentLookup, http::HttpTimeouts};

/// What chat services are told by their operator.
#[derive(Clone)]
pub struct ChatSettings {
    /// Where people reach this server, for links; a slash at the end does not matter.
    pub public_url: Option<String>,
    /// Finds webhooks' URLs and bots' tokens.
    pub environment: EnvironmentLookup,
    /// How long a service may take.
    pub timeouts: HttpTimeouts,
    /// Where services are that are reached with a token.
    pub apis: ChatApis,
}

/// Where services are that are reached with a token; the others are reached by their webhook's URL.
#[derive(Debug, Clone)]
pub struct ChatApis {
    /// Slack's Web API.
    pub slack: Url,
    /// Telegram's Bot API.
    pub telegram: Url,
}

impl Default for ChatApis {
    fn default() -> Self {
        let url = |text: &str| Url::parse(text).expect("a literal URL is valid");
        Self { slack: url("https://slack.com/api/"), telegram: url("https://api.telegram.org/") }
    }
}
