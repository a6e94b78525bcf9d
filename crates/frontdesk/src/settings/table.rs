//! Every setting: its name, its default, what it means. Whatever says something about settings takes it from here: the
//! check for unknown names, `frontdesk config`, and `.env.example`.

/// What may be shown of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// All of it.
    Whole,
    /// A URL without its login.
    WithoutLogin,
    /// Only that it is set.
    Hidden,
}

/// A setting.
#[derive(Debug)]
pub struct Setting {
    /// The name of its environment variable.
    pub name: &'static str,
    /// What is in force when nothing is set; none: it is unset.
    pub default: Option<&'static str>,
    /// What may be shown of its value.
    pub shown: Shown,
    /// What it means, in whole sentences.
    pub meaning: &'static str,
}

/// Settings on one subject.
#[derive(Debug)]
pub struct Group {
    /// The subject.
    pub title: &'static str,
    /// The settings.
    pub settings: &'static [Setting],
}

const fn setting(name: &'static str, meaning: &'static str) -> Setting {
    Setting { name, default: None, shown: Shown::Whole, meaning }
}

impl Setting {
    const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    const fn with_login(self) -> Self {
        Self { shown: Shown::WithoutLogin, ..self }
    }

    const fn secret(self) -> Self {
        Self { shown: Shown::Hidden, ..self }
    }
}

macro_rules! retries {
    ($($kind:literal, $of:literal, $unknown_retries:literal;)+) => {
        &[$(
            setting(
                concat!("FRONTDESK__RETRY__", $kind, "__WAITS"),
                concat!("How long ", $of, " waits after each failed attempt that may succeed later."),
            )
            .or("10s,1m,5m,30m,2h,6h,12h,24h"),
            setting(
                concat!("FRONTDESK__RETRY__", $kind, "__UNKNOWN_RETRIES"),
                concat!("How often ", $of, " is sent again when nobody knows whether it arrived."),
            )
            .or($unknown_retries),
        )+]
    };
}

/// All settings.
pub const GROUPS: &[Group] = &[
    Group { title: "What Frontdesk is connected to", settings: CONNECTIONS },
    Group { title: "HTTP", settings: HTTP },
    Group { title: "What Frontdesk does", settings: WORK },
    Group { title: "Mail", settings: MAIL },
    Group { title: "Teams and chats", settings: CHATS },
    Group { title: "When delivery fails", settings: RETRIES },
    Group { title: "How long rows are kept", settings: RETENTION },
    Group { title: "Watchdog", settings: WATCHDOG },
    Group { title: "The program itself", settings: PROGRAM },
];

const CONNECTIONS: &[Setting] = &[
    setting(
        "DATABASE_URL",
        "The database. After sqlite:// everything is a path; folders are made. Or postgres://user:password@host/name, with \
         sslmode, sslrootcert and connect_timeout if need be.",
    )
        .or("sqlite://data/frontdesk.db")
        .with_login(),
    setting("FRONTDESK__DATABASE__MIGRATE", "Whether outstanding migrations are applied at the start.").or("true"),
    setting(
        "FRONTDESK__DATABASE__MIGRATE_URL",
        "Another URL to apply migrations through, such as one that goes around PgBouncer. For PostgreSQL only.",
    )
    .with_login(),
    setting(
        "AMQP_URL",
        "RabbitMQ, such as amqp://user:password@host:5672/%2f, or amqps:// with TLS, with cacertfile=/path/ca.pem as a parameter for an authority of your own. Unset: the queue is inside the process.",
    )
    .with_login(),
    setting("FRONTDESK__AMQP__PREFIX", "What the names of exchanges and queues begin with.").or("frontdesk"),
    setting(
        "SMTP_URL",
        "The mail server: smtp://localhost:1025, smtps://user:password@host:465 or smtp://host:587?tls=required. Special \
         characters in a password are percent-encoded. Unset: mail is captured, and shown by `frontdesk notifications \
         show`.",
    )
    .with_login(),
];

const HTTP: &[Setting] = &[
    setting("FRONTDESK__HTTP__BIND", "Address and port that the server listens on.").or("127.0.0.1:8080"),
    setting(
        "FRONTDESK__HTTP__PUBLIC_URL",
        "Where bots reach this server, such as https://desk.example.com: for links and recipes.",
    ),
    setting("NGROK_EXTERNAL_URL", "The same, where a tunnel sets it; FRONTDESK__HTTP__PUBLIC_URL wins."),
    setting(
        "FRONTDESK__HTTP__ALLOWED_HOSTS",
        "The names under which the server answers, separated by commas; the public URL's is always one of them. \
         /health/* and /metrics answer under any name.",
    )
    .or("localhost,127.0.0.1,[::1]"),
    setting(
        "FRONTDESK__HTTP__TRUSTED_PROXIES",
        "Addresses or ranges (10.0.0.0/8) whose forwarded headers are believed, separated by commas. Unset: none.",
    ),
    setting(
        "FRONTDESK__HTTP__DRAIN",
        "With PostgreSQL: for so long after SIGTERM calls are still taken while /health/ready says 503, so that what \
         distributes calls turns to other processes first; at most 30s.",
    )
    .or("5s"),
];

const WORK: &[Setting] = &[
    setting("FRONTDESK__WELCOME__DELAY", "From the call that leaves an address to the welcome mail.")
        .or("60s"),
    setting(
        "FRONTDESK__INTAKE__REPLAY_WINDOW",
        "For so long an equal call that names a person is answered as before and not taken again; 0s: never.",
    )
    .or("60s"),
    setting(
        "FRONTDESK__INTAKE__RATE_LIMIT",
        "Calls a second that each bot may make, with bursts of four times that; 0: no limit.",
    )
    .or("50"),
    setting("FRONTDESK__WORKER__CONCURRENCY", "Attempts that may run at once, for each kind of channel.")
        .or("32"),
];

const MAIL: &[Setting] = &[
    setting("FRONTDESK__MAIL__FROM", "The sender of all mail.").or("Frontdesk <frontdesk@localhost>"),
    setting("FRONTDESK__MAIL__REPLY_TO", "Where answers to mail go. Unset: to the sender."),
    setting(
        "FRONTDESK__MAIL__TEAM_TO",
        "The team's mailbox: for the shipped email channels, and in place of channels without a secret. Unset: these mails \
         are captured.",
    ),
    setting(
        "FRONTDESK__MAIL__TEMPLATES",
        "A folder whose templates take the place of the built-in ones with the same names.",
    ),
];

const CHATS: &[Setting] = &[
    setting(
        "SLACK_SALES_WEBHOOK_URL",
        "Where Slack takes messages for the channel sales-slack: an incoming webhook, or a bot's token and a channel \
         (xoxb-...#C0123456789). A channel added with the target env:NAME reads the variable NAME in the same way; \
         docs/operations.md says what each kind needs. Unset: mail to the team takes its place.",
    )
    .secret(),
    setting(
        "FRONTDESK__WEBHOOK__SECRET",
        "Signs webhooks: whsec_ and 24 to 64 random bytes in base64; while one is replaced, the new and the old, separated by \
         a space. A webhook with the target env:NAME is signed with the variable NAME_SECRET where that is set. Unset: mail \
         to the team takes the place of webhooks without a secret.",
    )
    .secret(),
    setting(
        "FRONTDESK__WEBHOOK__ALLOW_PRIVATE",
        "Whether webhooks whose URL was typed, not named as env:NAME, may be called unencrypted and at private addresses. For \
         development.",
    )
    .or("false"),
    setting("LANDBOT_API_TOKEN", "The token of the agent who answers in Landbot chats.").secret(),
    setting("LANDBOT_API_URL", "Landbot's platform API.").or("https://api.landbot.io/v1/"),
];

const RETRIES: &[Setting] = retries![
    "EMAIL", "a mail", "3";
    "SLACK", "a Slack message", "1";
    "TEAMS", "a Teams message", "1";
    "DISCORD", "a Discord message", "1";
    "TELEGRAM", "a Telegram message", "1";
    "WEBHOOK", "a webhook", "3";
    "LANDBOT", "a reply in a Landbot chat", "0";
];

const RETENTION: &[Setting] = &[
    setting(
        "FRONTDESK__RETENTION__NOTIFICATIONS",
        "How long notifications are kept that are over, with their attempts and captured mails, such as 90d; at least 2d. \
         Unset: for ever.",
    ),
    setting(
        "FRONTDESK__RETENTION__INTAKE",
        "How long the rows of bots' calls are kept; the ledger keeps their totals. At least 2d. Unset: for ever.",
    ),
    setting(
        "FRONTDESK__RETENTION__QUARANTINE",
        "How long calls are kept that were released from quarantine or discarded, from then on. At least 2d. Unset: for \
         ever.",
    ),
    setting(
        "FRONTDESK__RETENTION__CONVERSATION",
        "How long messages of conversations are kept, from when they were sent, also those of people who never registered. \
         At least 2d. Unset: for ever.",
    ),
];

const WATCHDOG: &[Setting] = &[
    setting(
        "FRONTDESK__WATCHDOG__WEBHOOK_URL",
        "Called with JSON when notifications are a minute late, no worker lives or the database is away, and once more when \
         that is over; an incoming webhook of Slack or the like will do. Signed with FRONTDESK__WEBHOOK__SECRET if that is set.",
    )
    .secret(),
    setting(
        "FRONTDESK__WATCHDOG__MAIL_TO",
        "Written to in the same cases, directly over SMTP_URL, which has to be set.",
    ),
];

const PROGRAM: &[Setting] = &[
    setting(
        "FRONTDESK__SECRET_KEY",
        "Encrypts the second factors of staff; at least 32 characters, the same in every process. Unset: made at the first start, in secret.key \
         beside an embedded database; PostgreSQL needs it set.",
    )
    .secret(),
    setting(
        "FRONTDESK__LOG",
        "How much is logged: error, warn, info, debug or trace for Frontdesk itself, or a filter such as \
         `info,worker=debug` (the directives of the crate tracing-subscriber) for everything.",
    )
    .or("info"),
    setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "Where traces go, as OTLP over HTTP (protobuf), such as http://localhost:4318. Unset: nothing is traced.",
    )
    .with_login(),
    setting("OTEL_EXPORTER_OTLP_HEADERS", "Headers for it, such as a key: name=value, separated by commas.").secret(),
    setting("OTEL_SERVICE_NAME", "As what this process appears in traces.").or("frontdesk"),
    setting("FRONTDESK__CONFIG", "A TOML file with settings. Unset: frontdesk.toml, if there is one."),
];

/// All settings, in the order in which they are shown.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    GROUPS.iter().flat_map(|group| group.settings)
}

/// The setting of this name.
pub fn find(name: &str) -> Option<&'static Setting> {
    settings().find(|setting| setting.name == name)
}
