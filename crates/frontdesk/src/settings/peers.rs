//! Other servers that Frontdesk calls: receivers of webhooks and alarms, Landbot, and a collector of traces.

use std::convert::Infallible;

use adapters_chat::{AlarmUrl, LandbotClient, LandbotToken, SigningSecrets, Url};
use adapters_mail::parse_mailbox;
use lettre::message::Mailbox;
use secrecy::SecretString;

use super::{
    address,
    reader::Reader,
    value::{self, Needed},
};

/// How webhooks are called.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// What those are signed with that have no secret of their own.
    pub secrets: Option<SigningSecrets>,
    /// Whether URLs in the database may lead anywhere.
    pub allow_private: bool,
}

/// How Landbot is called.
#[derive(Debug, Clone)]
pub struct LandbotSettings {
    /// The platform API.
    pub url: Url,
    /// Whose calls these are; none: Landbot is not called.
    pub token: Option<LandbotToken>,
}

impl WebhookSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            secrets: reader.option("FRONTDESK__WEBHOOK__SECRET", str::parse),
            allow_private: reader.value("FRONTDESK__WEBHOOK__ALLOW_PRIVATE", value::flag),
        }
    }
}

/// Who is told when something is wrong.
#[derive(Debug, Clone)]
pub struct WatchdogSettings {
    /// What is called.
    pub webhook: Option<AlarmUrl>,
    /// Who is written to.
    pub mail_to: Option<Mailbox>,
}

impl WatchdogSettings {
    pub(super) fn read(reader: &mut Reader<'_>, sends_mail: bool) -> Self {
        const MAIL_TO: &str = "FRONTDESK__WATCHDOG__MAIL_TO";
        let mail_to = if sends_mail {
            reader.option(MAIL_TO, parse_mailbox)
        } else {
            reader.refuse_if_set(MAIL_TO, "SMTP_URL is needed for it: captured mail would alarm nobody");
            None
        };
        Self { webhook: reader.option("FRONTDESK__WATCHDOG__WEBHOOK_URL", str::parse), mail_to }
    }
}

impl LandbotSettings {
    /// Calls the platform API; none without a token.
    pub fn client(&self) -> Option<LandbotClient> {
        let token = self.token.clone()?;
        Some(LandbotClient::new(&self.url, token, LandbotClient::TIMEOUTS))
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            url: reader.value("LANDBOT_API_URL", api),
            token: reader.option("LANDBOT_API_TOKEN", str::parse),
        }
    }
}

/// Where traces go. The names of its settings are those of every program that speaks OpenTelemetry
/// (<https://opentelemetry.io/docs/specs/otel/protocol/exporter/>). `Debug` shows no header.
#[derive(Debug, Clone)]
pub struct TraceSettings {
    /// The collector, without the path of traces.
    pub endpoint: SecretString,
    /// Headers, such as a key: name=value, separated by commas.
    pub headers: Option<SecretString>,
    /// As what this process appears.
    pub service_name: String,
}

impl TraceSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let secret = |text: &str| Ok::<_, Infallible>(SecretString::from(text));
        let headers = reader.option("OTEL_EXPORTER_OTLP_HEADERS", secret);
        let service_name = reader.value("OTEL_SERVICE_NAME", |text| Ok::<_, Infallible>(text.to_owned()));
        let endpoint = reader.option("OTEL_EXPORTER_OTLP_ENDPOINT", |text| {
            address::web(text).map(|()| SecretString::from(text.trim_end_matches('/')))
        })?;
        Some(Self { endpoint, headers, service_name })
    }
}

fn api(text: &str) -> Result<Url, Needed> {
    address::web(text)?;
    text.parse().map_err(|_| "a URL such as https://api.landbot.io/v1/ is needed".to_owned())
}
