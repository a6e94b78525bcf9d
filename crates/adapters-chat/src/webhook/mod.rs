//! Signed webhooks, as the Standard Webhooks specification has them.

mod address;
mod endpoint;
mod event;
mod guard;
mod signature;

use std::sync::Arc;

use application::ports::{Channel, Clock, Receipt, Wording, WordingError};
use async_trait::async_trait;
use domain::{channel::Target, message::Message, retry::Outcome};
use reqwest::{ClientBuilder, Method, Request, header::CONTENT_TYPE};

use self::{
    endpoint::{Endpoint, Endpoints, NoEndpoint},
    event::Event,
    guard::GuardedResolver,
};
use crate::{
    EnvironmentLookup,
    http::{Answer, HttpClient, HttpTimeouts},
    receipt::saying,
    team::Secrets,
};

pub use signature::{SigningSecretError, SigningSecrets};

/// Why some messages are no events.
const FOR_A_PERSON: &str = "a webhook is not told what is for a person";

/// What webhooks are told by their operator.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// The signing secrets of endpoints that have none of their own.
    pub secrets: Option<SigningSecrets>,
    /// Whether URLs that people typed may lead anywhere and be unencrypted, for development.
    pub allow_private: bool,
    /// Where people reach this server, for links; a slash at the end does not matter.
    pub public_url: Option<String>,
    /// How long a receiver may take; the specification recommends 15 to 30 s.
    pub timeouts: HttpTimeouts,
}

impl WebhookSettings {
    /// Whether all is set that calling a target takes. Mail stands in for those where it is not.
    pub fn reach(&self, target: &Target, environment: &EnvironmentLookup) -> bool {
        let found = self.endpoints(EnvironmentLookup::clone(environment)).of(target);
        !matches!(found, Err(NoEndpoint::Unset(_)))
    }

    fn endpoints(&self, environment: EnvironmentLookup) -> Endpoints {
        let shared_secrets = self.secrets.clone();
        Endpoints { environment, shared_secrets, allow_private: self.allow_private }
    }
}

/// Calls webhooks and signs the calls.
///
/// `env:NAME` is called at the URL in that variable, which is the operator's and trusted, and signed with the secrets in
/// `NAME_SECRET`. A literal URL is guarded: see [`WebhookSettings::allow_private`]. Both are signed with
/// [`WebhookSettings::secrets`] where they have no others, and never unsigned: without a URL or a secret, mail stands in.
pub struct WebhookChannel {
    trusted: HttpClient,
    guarded: HttpClient,
    endpoints: Endpoints,
    public_url: Option<String>,
    clock: Arc<dyn Clock>,
    stand_in: Arc<dyn Channel>,
}

impl WebhookChannel {
    /// Connects to nothing yet.
    pub fn new(
        settings: &WebhookSettings,
        environment: EnvironmentLookup,
        clock: Arc<dyn Clock>,
        stand_in: Arc<dyn Channel>,
    ) -> Self {
        let guarded = |common: ClientBuilder| common.dns_resolver(Arc::new(GuardedResolver));
        Self {
            trusted: HttpClient::new(settings.timeouts),
            guarded: HttpClient::with(settings.timeouts, guarded),
            endpoints: settings.endpoints(environment),
            public_url: settings.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
            clock,
            stand_in,
        }
    }

    async fn call(&self, endpoint: &Endpoint, message: &Message) -> Receipt {
        let Some(event) = self.event(message) else {
            return saying(Outcome::Permanent, FOR_A_PERSON);
        };
        let client = if endpoint.is_guarded { &self.guarded } else { &self.trusted };
        let request = self.request(client, endpoint, message, event.to_json());
        match client.send(request).await {
            Ok(answer) => receipt(&answer, &Secrets::of(endpoint.url.as_str())),
            Err(error) => saying(error.outcome(), error.to_string()),
        }
    }

    fn event<'a>(&self, message: &'a Message) -> Option<Event<'a>> {
        Event::of(message, self.public_url.as_deref())
    }

    /// The id is the same in every attempt, and the time is that of the attempt.
    fn request(&self, client: &HttpClient, endpoint: &Endpoint, message: &Message, body: Vec<u8>) -> Request {
        let id = message.id.to_string();
        let timestamp = self.clock.now().as_second();
        let request = client
            .request(Method::POST, endpoint.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", endpoint.secrets.sign(&id, timestamp, &body))
            .body(body);
        request.build().expect("a URL that was parsed and headers of plain letters make a request")
    }
}

#[async_trait]
impl Channel for WebhookChannel {
    async fn deliver(&self, message: &Message) -> Receipt {
        match self.endpoints.of(&message.target) {
            Ok(endpoint) => self.call(&endpoint, message).await,
            Err(NoEndpoint::Unset(_)) => self.stand_in.deliver(message).await,
            Err(error @ NoEndpoint::Unusable(_)) => saying(Outcome::Permanent, error.to_string()),
        }
    }

    fn word(&self, message: &Message) -> Result<Wording, WordingError> {
        match self.endpoints.of(&message.target) {
            Ok(_) => {
                let event =
                    self.event(message).ok_or_else(|| WordingError::Impossible(FOR_A_PERSON.to_owned()))?;
                Ok(Wording { subject: None, html: None, text: event.to_text(), mimicked: false })
            }
            Err(NoEndpoint::Unset(_)) => self.stand_in.word(message),
            Err(error @ NoEndpoint::Unusable(_)) => Err(WordingError::Impossible(error.to_string())),
        }
    }
}

/// What a receiver says may repeat the URL, which may be a secret.
fn receipt(answer: &Answer, secrets: &Secrets) -> Receipt {
    let said = match answer.status {
        300..=399 => "redirects are not followed: name the URL that it leads to",
        _ => answer.body.trim(),
    };
    Receipt { code: Some(answer.status), ..saying(outcome(answer), secrets.clean(said)) }
}

/// What the status means. A receiver that refuses the signature has another secret: the operator mends that, and nothing
/// must have been lost until then.
const fn outcome(answer: &Answer) -> Outcome {
    match answer.status {
        401 | 403 => answer.temporary(),
        _ => answer.outcome(),
    }
}
