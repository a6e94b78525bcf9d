//! Chat services as channels.

use std::sync::Arc;

use application::ports::{Channel, Receipt};
use async_trait::async_trait;
use domain::{channel::Target, message::Message, retry::Outcome};
use reqwest::{Method, Url, header::CONTENT_TYPE};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::{
    card::{Card, CardWriter},
    secrets::Secrets,
};
use crate::{
    discord::Discord,
    environment::EnvironmentLookup,
    http::{Answer, HttpClient, HttpTimeouts},
    receipt::saying,
    slack::Slack,
    teams::Teams,
    telegram::Telegram,
};

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

/// The chat services where teams are told, over one HTTP client.
pub struct TeamChats {
    desk: Arc<Desk>,
    apis: ChatApis,
}

/// What channels to teams have in common.
struct Desk {
    writer: CardWriter,
    environment: EnvironmentLookup,
    http: HttpClient,
    stand_in: Arc<dyn Channel>,
}

impl TeamChats {
    /// A channel whose secret is not configured delivers through `stand_in`.
    pub fn new(settings: ChatSettings, stand_in: Arc<dyn Channel>) -> Self {
        let desk = Desk {
            writer: CardWriter::new(settings.public_url.as_deref()),
            environment: settings.environment,
            http: HttpClient::new(settings.timeouts),
            stand_in,
        };
        Self { desk: Arc::new(desk), apis: settings.apis }
    }

    /// Slack: incoming webhooks, and a bot that posts to a channel.
    pub fn slack(&self) -> Arc<dyn Channel> {
        self.channel(Slack { api: self.apis.slack.clone() })
    }

    /// Microsoft Teams: workflows that post a card.
    pub fn teams(&self) -> Arc<dyn Channel> {
        self.channel(Teams)
    }

    /// Discord: webhooks.
    pub fn discord(&self) -> Arc<dyn Channel> {
        self.channel(Discord)
    }

    /// Telegram: a bot that writes to a chat.
    pub fn telegram(&self) -> Arc<dyn Channel> {
        self.channel(Telegram { api: self.apis.telegram.clone() })
    }

    fn channel(&self, service: impl Service + 'static) -> Arc<dyn Channel> {
        Arc::new(TeamChannel { desk: Arc::clone(&self.desk), service: Box::new(service) })
    }
}

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

/// A service as a channel to teams.
struct TeamChannel {
    desk: Arc<Desk>,
    service: Box<dyn Service>,
}

#[async_trait]
impl Channel for TeamChannel {
    async fn deliver(&self, message: &Message) -> Receipt {
        let Some((name, secret)) = self.desk.secret(&message.target) else {
            return self.desk.stand_in.deliver(message).await;
        };
        let Some(card) = self.desk.writer.write(message) else {
            return saying(
                Outcome::Permanent,
                "a greeting is for a person, and this channel leads to a team",
            );
        };
        match self.service.post(secret.expose_secret(), &card) {
            Ok(post) => self.desk.send(post, &Secrets::of(secret.expose_secret())).await,
            Err(error) => saying(Outcome::Permanent, format!("the value of {name} cannot be used: {error}")),
        }
    }
}

impl Desk {
    /// What is configured for a target, under which name. Secrets never lie in the database, so only the environment has
    /// them.
    fn secret<'a>(&self, target: &'a Target) -> Option<(&'a str, SecretString)> {
        let Target::Env(name) = target else { return None };
        let secret = (self.environment)(name)?;
        (!secret.expose_secret().trim().is_empty()).then_some((name, secret))
    }

    async fn send(&self, post: Post, secrets: &Secrets) -> Receipt {
        let request = self.http.request(Method::POST, post.url);
        let request = request.header(CONTENT_TYPE, "application/json; charset=utf-8");
        let request = match post.bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let request = request.body(post.body.to_string()).build();
        let request = request.expect("a request of a URL, JSON and a token of plain characters can be built");
        match self.http.send(request).await {
            Ok(answer) => receipt((post.read)(&answer), answer.status, secrets),
            Err(error) => saying(error.outcome(), secrets.clean(&error.to_string())),
        }
    }
}

fn receipt(verdict: Verdict, status: u16, secrets: &Secrets) -> Receipt {
    Receipt {
        code: Some(status),
        answer: verdict.reason.map(|reason| secrets.clean(&reason)),
        provider_id: verdict.provider_id,
        ..Receipt::new(verdict.outcome)
    }
}
