//! Signed webhooks.

mod events;
mod outcomes;
mod targets;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use adapters_chat::{EnvironmentLookup, HttpTimeouts, WebhookChannel, WebhookSettings};
use application::ports::{Channel as _, Receipt, Wording, WordingError};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    channel::{ChannelKind, Target},
    message::Message,
};
use port_contracts::{FrozenClock, RecordingChannel};
use secrecy::SecretString;

/// For receivers that answer. Waits that last so long fail the test.
const PATIENT: HttpTimeouts =
    HttpTimeouts { connect: Duration::from_mins(10), total: Duration::from_mins(10) };

/// The variable with a URL, and the one with its secrets.
const VARIABLE: &str = "CRM_WEBHOOK_URL";
const SECRET_VARIABLE: &str = "CRM_WEBHOOK_URL_SECRET";

/// The bytes of a secret.
const KEY: &[u8] = b"a key of at least 24 bytes";

fn secret(key: &[u8]) -> String {
    format!("whsec_{}", STANDARD.encode(key))
}

/// A desk that calls webhooks.
struct Caller {
    channel: WebhookChannel,
    settings: WebhookSettings,
    environment: EnvironmentLookup,
    clock: Arc<FrozenClock>,
    stand_in: Arc<RecordingChannel>,
}

impl Caller {
    fn with(variables: &[(&str, &str)], settings: WebhookSettings) -> Self {
        let variables: BTreeMap<_, _> =
            variables.iter().map(|&(n, v)| (n.to_owned(), v.to_owned())).collect();
        let environment: EnvironmentLookup =
            Arc::new(move |name| variables.get(name).map(|value| SecretString::from(value.as_str())));
        let (clock, stand_in) = (Arc::new(FrozenClock::default()), Arc::new(RecordingChannel::new()));
        let channel = WebhookChannel::new(&settings, environment.clone(), clock.clone(), stand_in.clone());
        Self { channel, settings, environment, clock, stand_in }
    }

    /// One that calls `url`, and signs with [`KEY`].
    fn calling(url: &str) -> Self {
        Self::with(&[(VARIABLE, url), (SECRET_VARIABLE, &secret(KEY))], settings())
    }

    async fn deliver(&self, message: Message) -> Receipt {
        self.deliver_to(Target::Env(VARIABLE.to_owned()), message).await
    }

    fn word(&self, message: Message) -> Result<Wording, WordingError> {
        self.channel.word(&over_webhook(Target::Env(VARIABLE.to_owned()), message))
    }

    async fn deliver_to(&self, target: Target, message: Message) -> Receipt {
        self.channel.deliver(&over_webhook(target, message)).await
    }
}

fn over_webhook(target: Target, message: Message) -> Message {
    Message { kind: ChannelKind::Webhook, target, ..message }
}

/// Without a secret of its own.
fn settings() -> WebhookSettings {
    WebhookSettings {
        secrets: None,
        allow_private: false,
        public_url: Some("https://desk.example.com/".to_owned()),
        timeouts: PATIENT,
    }
}
