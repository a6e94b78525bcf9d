//! Settings: read once, at the start, from the environment, a `.env` file and optionally a TOML file.
//!
//! To add one: an entry in the `table`, a line in [`Settings::load`], and the line that `frontdesk config --example`
//! prints for it in `.env.example`; a test holds them together.

mod address;
mod connections;
mod file;
mod mask;
mod peers;
mod problem;
mod reader;
mod report;
mod secret_files;
mod secret_key;
mod sources;
mod table;
mod value;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};

use adapters_http::Network;
use adapters_mail::{parse_mailbox, smtp::SmtpSettings};
use adapters_queue::RabbitMqSettings;
use application::ports::Entropy;
use domain::{
    channel::ChannelKind,
    retention::Retention,
    retry::{RetryPolicies, RetryPolicy},
};
use jiff::SignedDuration;
use lettre::message::Mailbox;
use secrecy::{ExposeSecret as _, SecretString};

pub use address::PublicUrl;
pub use connections::{DatabasePlace, DatabaseSettings};
pub use peers::{LandbotSettings, TraceSettings, WatchdogSettings, WebhookSettings};
pub use problem::SettingsError;
pub use report::{Example, ReportedSetting, report};
pub use sources::Sources;
pub use value::duration;

use reader::Reader;

/// All that the program lets its operator choose. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The database.
    pub database: DatabaseSettings,
    /// The broker; none: the queue is inside the process.
    pub broker: Option<RabbitMqSettings>,
    /// The server.
    pub http: HttpSettings,
    /// Mail.
    pub mail: MailSettings,
    /// How webhooks are called.
    pub webhooks: WebhookSettings,
    /// How Landbot is called.
    pub landbot: LandbotSettings,
    /// How calls of bots are taken.
    pub intake: IntakeSettings,
    /// The mail that greets.
    pub welcome: WelcomeSettings,
    /// Delivery.
    pub worker: WorkerSettings,
    /// Who is told when something is wrong.
    pub watchdog: WatchdogSettings,
    /// When a failed delivery is tried again.
    pub retry: RetryPolicies,
    /// How long rows are kept.
    pub retention: Retention,
    /// Where traces go; none: nothing is traced.
    pub traces: Option<TraceSettings>,
    /// How much is logged.
    pub log: LogSettings,
    secret_key: Option<SecretString>,
    secrets: BTreeMap<String, SecretString>,
}

/// The server.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// What it listens on.
    pub bind: SocketAddr,
    /// Where bots reach it.
    pub public_url: Option<PublicUrl>,
    /// The names under which it answers, the public one among them.
    pub allowed_hosts: Vec<String>,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: Vec<Network>,
    /// How long calls are still taken after SIGTERM, while the process says that it is not ready.
    pub drain: SignedDuration,
}

/// Mail.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The server that takes it; none: it is captured.
    pub smtp: Option<SmtpSettings>,
    /// The URL of that server, without its login.
    pub smtp_shown: Option<String>,
    /// Its sender.
    pub from: Mailbox,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Mailbox>,
    /// The team's mailbox; none: its mail is captured.
    pub team_to: Option<Mailbox>,
    /// A folder with templates that take the place of the built-in ones.
    pub templates: Option<PathBuf>,
}

/// How calls of bots are taken.
#[derive(Debug, Clone)]
pub struct IntakeSettings {
    /// How long an equal call is a replay; none if zero.
    pub replay_window: SignedDuration,
    /// Calls a second that each bot may make; 0: no limit.
    pub rate_limit: u32,
}

/// The mail that greets.
#[derive(Debug, Clone)]
pub struct WelcomeSettings {
    /// From the call that leaves an address to the mail.
    pub delay: SignedDuration,
}

/// Delivery.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// Attempts that may run at once, for each kind of channel.
    pub concurrency: usize,
}

/// How much is logged.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// A level or a filter.
    pub filter: String,
    /// Whether somebody asked for it.
    pub is_set: bool,
}

impl Settings {
    /// Reads every setting. The error names all that cannot be used, at once.
    pub fn load(sources: &Sources) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(sources);
        let mail = mail(&mut reader);
        let settings = Self {
            database: DatabaseSettings::read(&mut reader),
            broker: connections::broker(&mut reader),
            http: http(&mut reader),
            webhooks: WebhookSettings::read(&mut reader),
            landbot: LandbotSettings::read(&mut reader),
            intake: IntakeSettings {
                replay_window: reader.value("FRONTDESK__INTAKE__REPLAY_WINDOW", value::duration),
                rate_limit: reader.value("FRONTDESK__INTAKE__RATE_LIMIT", value::count),
            },
            welcome: WelcomeSettings { delay: reader.value("FRONTDESK__WELCOME__DELAY", value::duration) },
            worker: WorkerSettings {
                concurrency: reader.value("FRONTDESK__WORKER__CONCURRENCY", value::concurrency),
            },
            watchdog: WatchdogSettings::read(&mut reader, mail.smtp_shown.is_some()),
            mail,
            retry: retry(&mut reader),
            retention: Retention {
                notifications: reader.option("FRONTDESK__RETENTION__NOTIFICATIONS", value::retention),
                intake: reader.option("FRONTDESK__RETENTION__INTAKE", value::retention),
                quarantine: reader.option("FRONTDESK__RETENTION__QUARANTINE", value::retention),
                conversation: reader.option("FRONTDESK__RETENTION__CONVERSATION", value::retention),
            },
            traces: TraceSettings::read(&mut reader),
            log: LogSettings {
                filter: reader
                    .value("FRONTDESK__LOG", |text| crate::logging::check(text).map(|()| text.to_owned())),
                is_set: sources.find("FRONTDESK__LOG").is_some(),
            },
            secret_key: reader.option("FRONTDESK__SECRET_KEY", |text| {
                value::secret_key(text).map(|()| SecretString::from(text))
            }),
            secrets: sources.named_secrets().into_iter().map(|(name, value)| (name, value.into())).collect(),
        };
        reader.finish(settings)
    }

    /// The value of an environment variable that a channel names, or what is in the file that `NAME_FILE` names.
    pub fn secret(&self, name: &str) -> Option<SecretString> {
        match self.secrets.get(name) {
            Some(secret) => Some(SecretString::from(secret.expose_secret().trim())),
            None => secret_files::named(&self.secrets, name),
        }
    }

    /// Whether the key that protects sessions is a setting.
    pub const fn has_secret_key(&self) -> bool {
        self.secret_key.is_some()
    }

    /// The file with the key that protects sessions: beside an embedded database, unless the key is a setting.
    pub fn secret_key_file(&self) -> Option<PathBuf> {
        let database = self.database.file().filter(|_| self.secret_key.is_none())?;
        Some(secret_key::file_beside(database))
    }

    /// The key that protects sessions; none where it is neither a setting nor can lie beside a database. At the first
    /// time its file is made.
    pub fn secret_key(&self, entropy: &dyn Entropy) -> io::Result<Option<SecretString>> {
        match (&self.secret_key, self.secret_key_file()) {
            (Some(key), _) => Ok(Some(key.clone())),
            (None, Some(file)) => secret_key::find_or_make(&file, entropy).map(Some),
            (None, None) => Ok(None),
        }
    }
}

impl HttpSettings {
    /// Where this machine reaches the server: what listens on every address listens on loopback too.
    pub fn local_url(&self) -> String {
        let ip = match self.bind.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, self.bind.port()))
    }

    /// Where bots reach the server, as far as that is known.
    pub fn bots_url(&self) -> String {
        self.public_url.as_ref().map_or_else(|| self.local_url(), ToString::to_string)
    }
}

fn http(reader: &mut Reader<'_>) -> HttpSettings {
    let tunnel = reader.option("NGROK_EXTERNAL_URL", PublicUrl::parse);
    let public_url = reader.option("FRONTDESK__HTTP__PUBLIC_URL", PublicUrl::parse).or(tunnel);
    let mut allowed_hosts: Vec<String> = reader.value("FRONTDESK__HTTP__ALLOWED_HOSTS", value::parsed_list);
    allowed_hosts.extend(public_url.as_ref().map(|url| url.host().to_owned()));
    HttpSettings {
        bind: reader.value("FRONTDESK__HTTP__BIND", |text| {
            text.parse().map_err(|_| "an address and a port are needed, such as 127.0.0.1:8080 or [::1]:8080")
        }),
        public_url,
        allowed_hosts,
        trusted_proxies: reader
            .option("FRONTDESK__HTTP__TRUSTED_PROXIES", value::parsed_list)
            .unwrap_or_default(),
        drain: reader.value("FRONTDESK__HTTP__DRAIN", value::drain),
    }
}

fn mail(reader: &mut Reader<'_>) -> MailSettings {
    MailSettings {
        smtp: reader.option("SMTP_URL", SmtpSettings::parse),
        smtp_shown: reader.option("SMTP_URL", |url| Ok::<_, Infallible>(mask::without_login(url))),
        from: reader.value("FRONTDESK__MAIL__FROM", parse_mailbox),
        reply_to: reader.option("FRONTDESK__MAIL__REPLY_TO", parse_mailbox),
        team_to: reader.option("FRONTDESK__MAIL__TEAM_TO", parse_mailbox),
        templates: reader.option("FRONTDESK__MAIL__TEMPLATES", |text| {
            let folder = PathBuf::from(text);
            if folder.is_dir() { Ok(folder) } else { Err("there is no such folder") }
        }),
    }
}

fn retry(reader: &mut Reader<'_>) -> RetryPolicies {
    let mut policies = RetryPolicies::default();
    for &kind in ChannelKind::ALL {
        let name = kind.as_str().to_uppercase();
        let waits = reader.value(&format!("FRONTDESK__RETRY__{name}__WAITS"), value::durations);
        let unknown = reader.value(&format!("FRONTDESK__RETRY__{name}__UNKNOWN_RETRIES"), value::count);
        policies.set(kind, RetryPolicy::new(waits, unknown));
    }
    policies
}
