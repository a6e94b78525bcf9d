//! Chat services as channels.

use std::sync::Arc;

use application::ports::{Channel, Receipt, Wording, WordingError};
use async_trait::async_trait;
use domain::{channel::Target, message::Message, retry::Outcome};
use reqwest::{Method, header::CONTENT_TYPE};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    card::{Card, CardWriter},
    secrets::Secrets,
    service::{Post, Service, Unusable, Verdict},
    settings::{ChatApis, ChatSettings},
};
use crate::{
    discord::Discord, environment::EnvironmentLookup, http::HttpClient, receipt::saying, slack::Slack,
    teams::Teams, telegram::Telegram,
};

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
        match self.write(message, name, secret.expose_secret()) {
            Ok((_, post)) => self.desk.send(post, &Secrets::of(secret.expose_secret())).await,
            Err(error) => saying(Outcome::Permanent, error.to_string()),
        }
    }

    fn word(&self, message: &Message) -> Result<Wording, WordingError> {
        let Some((name, secret)) = self.desk.secret(&message.target) else {
            return self.desk.stand_in.word(message);
        };
        let written = self.write(message, name, secret.expose_secret());
        let (card, _) = written.map_err(|error| WordingError::Impossible(error.to_string()))?;
        Ok(Wording { subject: None, html: None, text: card.to_string(), mimicked: false })
    }
}

/// A message cannot be written to a team; no retry mends that.
#[derive(Debug, thiserror::Error)]
enum Unwritable {
    #[error("a greeting is for a person, and this channel leads to a team")]
    Greeting,
    #[error("the value of {name} cannot be used: {source}")]
    Secret { name: String, source: Unusable },
}

impl TeamChannel {
    /// What a message says, and the request that says it.
    fn write<'a>(
        &'a self,
        message: &'a Message,
        name: &str,
        secret: &str,
    ) -> Result<(Card<'a>, Post), Unwritable> {
        let card = self.desk.writer.write(message).ok_or(Unwritable::Greeting)?;
        let unusable = |source| Unwritable::Secret { name: name.to_owned(), source };
        let post = self.service.post(secret, &card).map_err(unusable)?;
        Ok((card, post))
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
        answer: verdict.reason.filter(|reason| !reason.is_empty()).map(|reason| secrets.clean(&reason)),
        provider_id: verdict.provider_id,
        ..Receipt::new(verdict.outcome)
    }
}
