//! The watchdog's webhook.

use std::{fmt, str::FromStr, sync::Arc};

use application::ports::{AlarmPath, AlarmPathError, Clock};
use async_trait::async_trait;
use domain::watchdog::{Alert, Signals};
use reqwest::{Method, Request, Url, header::CONTENT_TYPE};
use serde_json::{Value, json};

use crate::{
    http::{HttpClient, HttpTimeouts},
    webhook::SigningSecrets,
};

/// Where the watchdog's webhook goes: the operator's choice, and trusted. `Debug` does not show it, as whoever knows it
/// can tell of alarms.
#[derive(Clone)]
pub struct AlarmUrl(Url);

/// A text is no URL that can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a URL such as https://hooks.example.com/alarm is needed")]
pub struct AlarmUrlError;

impl FromStr for AlarmUrl {
    type Err = AlarmUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| AlarmUrlError)?;
        if matches!(url.scheme(), "http" | "https") && url.has_host() {
            Ok(Self(url))
        } else {
            Err(AlarmUrlError)
        }
    }
}

impl fmt::Debug for AlarmUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AlarmUrl(..)")
    }
}

/// Tells of alarms as JSON, signed like every webhook if there is a secret. The key `text` has the whole sentence, which is
/// what incoming webhooks of Slack, Mattermost and the like show.
pub struct AlarmWebhook {
    client: HttpClient,
    url: AlarmUrl,
    secrets: Option<SigningSecrets>,
    clock: Arc<dyn Clock>,
}

impl AlarmWebhook {
    /// Connects to nothing yet.
    pub fn new(
        url: AlarmUrl,
        secrets: Option<SigningSecrets>,
        timeouts: HttpTimeouts,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { client: HttpClient::new(timeouts), url, secrets, clock }
    }

    fn request(&self, alert: &Alert) -> Request {
        let body = event(alert).to_string().into_bytes();
        let id = format!("{}-{}-{}", alert.alarm, alert.news, alert.at.as_second());
        let timestamp = self.clock.now().as_second();
        let mut request = self
            .client
            .request(Method::POST, self.url.0.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp);
        if let Some(secrets) = &self.secrets {
            request = request.header("webhook-signature", secrets.sign(&id, timestamp, &body));
        }
        request.body(body).build().expect("a URL that was parsed and headers of plain letters make a request")
    }
}

fn event(alert: &Alert) -> Value {
    let number = |number: fn(&Signals) -> usize| alert.signals.as_ref().map(number);
    json!({
        "type": "watchdog.alarm",
        "version": 1,
        "timestamp": alert.at,
        "text": format!("Frontdesk: {}", alert.sentence()),
        "data": {
            "alarm": alert.alarm,
            "news": alert.news,
            "lateness_seconds": alert.signals.as_ref().map(|signals| signals.lateness().as_secs()),
            "due": number(Signals::due),
            "failed": number(|signals| signals.undelivered.failed),
            "unknown": number(|signals| signals.undelivered.unknown),
            "workers": number(|signals| signals.workers),
        },
    })
}

#[async_trait]
impl AlarmPath for AlarmWebhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    async fn tell(&self, alert: &Alert) -> Result<(), AlarmPathError> {
        match self.client.send(self.request(alert)).await {
            Ok(answer) if answer.is_success() => Ok(()),
            Ok(answer) => Err(AlarmPathError(format!("the webhook answered {}", answer.status))),
            Err(error) => Err(AlarmPathError(error.to_string())),
        }
    }
}
