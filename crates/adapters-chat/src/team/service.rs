//! What a service has of its own: the form of a message, and the meaning of an answer.

use domain::retry::Outcome;
use reqwest::Url;
use serde_json::Value;

use super::card::Card;
use crate::http::Answer;

/// What one service makes of a card, and how it answers.
pub(crate) trait Service: Send + Sync {
    /// The request that posts a card where `secret` leads.
    fn post(&self, secret: &str, card: &Card<'_>) -> Result<Post, Unusable>;
}

/// A request to a service.
pub(crate) struct Post {
    pub(crate) url: Url,
    pub(crate) bearer: Option<String>,
    pub(crate) body: Value,
    /// What an answer to it means.
    pub(crate) read: fn(&Answer) -> Verdict,
}

/// A secret has not the form that the service's have; says which form is needed, never the secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is needed")]
pub(crate) struct Unusable(pub(crate) &'static str);

/// What a service made of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) outcome: Outcome,
    /// Why it was not taken.
    pub(crate) reason: Option<String>,
    /// The service's id for the message.
    pub(crate) provider_id: Option<String>,
}

impl Verdict {
    /// It was taken.
    pub(crate) const fn sent(provider_id: Option<String>) -> Self {
        Self { outcome: Outcome::Sent, reason: None, provider_id }
    }

    /// It was not, or nobody knows.
    pub(crate) const fn failed(outcome: Outcome, reason: String) -> Self {
        Self { outcome, reason: Some(reason), provider_id: None }
    }
}

/// The URL of a webhook. It comes from the environment, which is trusted: any server is taken.
pub(crate) fn web_address(secret: &str) -> Option<Url> {
    Url::parse(secret).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}
