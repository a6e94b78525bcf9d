//! Defaults, precedence, and what is refused.

use std::{collections::BTreeMap, fs, path::Path};

use application::ports::Migrate;
use domain::{channel::ChannelKind, retry::RetryPolicy};
use tempfile::TempDir;

use super::*;

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Settings of an environment in a folder with files.
fn load_in(folder: &Path, pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::load(&Sources::gather(environment(pairs), folder))
}

fn load(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    load_in(TempDir::new().expect("a folder").path(), pairs)
}

fn refusal(pairs: &[(&str, &str)]) -> String {
    load(pairs).expect_err("the settings are refused").to_string()
}

fn with_files(dotenv: &str, toml: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join(".env"), dotenv).expect("a file");
    fs::write(folder.path().join("frontdesk.toml"), toml).expect("a file");
    folder
}

#[test]
fn without_any_setting_the_defaults_of_the_contract_are_in_force() {
    let settings = load(&[]).expect("defaults");
    assert_eq!(settings.database.file(), Some(Path::new("data/frontdesk.db")));
    assert_eq!(settings.database.migrate(), Migrate::Apply);
    assert!(settings.broker.is_none());
    assert_eq!(settings.http.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.http.allowed_hosts, ["localhost", "127.0.0.1", "[::1]"]);
    assert!(settings.http.public_url.is_none() && settings.http.trusted_proxies.is_empty());
    assert_eq!(settings.welcome.delay, SignedDuration::from_secs(60));
    assert_eq!(settings.intake.replay_window, SignedDuration::from_secs(60));
    assert_eq!(settings.intake.rate_limit, 50);
    assert_eq!(settings.worker.concurrency, 32);
    assert_eq!(settings.mail.from.to_string(), "Frontdesk <frontdesk@localhost>");
    assert!(
        settings.mail.smtp.is_none() && settings.mail.team_to.is_none() && settings.mail.templates.is_none()
    );
    assert_eq!((settings.log.filter.as_str(), settings.log.is_set), ("info", false));
}

#[test]
fn the_default_retry_policies_are_the_shipped_ones() {
    let settings = load(&[]).expect("defaults");
    for &kind in ChannelKind::ALL {
        assert_eq!(settings.retry.of(kind), RetryPolicy::shipped(kind), "{kind}");
    }
    let changed =
        [("FRONTDESK__RETRY__EMAIL__WAITS", "300ms,2h"), ("FRONTDESK__RETRY__EMAIL__UNKNOWN_RETRIES", "0")];
    let waits = vec![SignedDuration::from_millis(300), SignedDuration::from_hours(2)];
    assert_eq!(load(&changed).expect("settings").retry.of(ChannelKind::Email), RetryPolicy::new(waits, 0));
}

#[test]
fn the_environment_wins_over_dotenv_and_dotenv_over_the_file() {
    let folder = with_files(
        "FRONTDESK__WELCOME__DELAY=20s\nFRONTDESK__INTAKE__RATE_LIMIT=2\n",
        "[welcome]\ndelay = \"30s\"\n[intake]\nrate_limit = 3\n[worker]\nconcurrency = 3\n",
    );
    let settings = load_in(folder.path(), &[("FRONTDESK__WELCOME__DELAY", "10s")]).expect("settings");
    assert_eq!(settings.welcome.delay, SignedDuration::from_secs(10));
    assert_eq!(settings.intake.rate_limit, 2);
    assert_eq!(settings.worker.concurrency, 3);
}

#[test]
fn an_empty_value_means_unset_and_hides_what_is_below() {
    let folder = with_files("SMTP_URL=smtp://localhost:1025\n", "");
    assert!(load_in(folder.path(), &[]).expect("settings").mail.smtp.is_some());
    assert!(load_in(folder.path(), &[("SMTP_URL", " ")]).expect("settings").mail.smtp.is_none());
}

#[test]
fn another_file_can_be_named_and_must_exist() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("desk.toml"), "smtp_url = \"smtp://localhost:1025\"").expect("a file");
    let settings = load_in(folder.path(), &[("FRONTDESK__CONFIG", "desk.toml")]).expect("settings");
    assert!(settings.mail.smtp.is_some());
    assert!(refusal(&[("FRONTDESK__CONFIG", "missing.toml")]).contains("missing.toml"));
}

#[test]
fn unknown_names_and_malformed_values_are_all_named_at_once() {
    let said = refusal(&[
        ("FRONTDESK__WELCOM__DELAY", "60s"),
        ("FRONTDESK__WELCOME__DELAY", "soon"),
        ("FRONTDESK__HTTP__BIND", "8080"),
        ("FRONTDESK_PORT", "tcp://10.0.0.1:80"),
    ]);
    assert!(said.contains("FRONTDESK__WELCOM__DELAY (environment): there is no such setting"), "{said}");
    assert!(said.contains("did you mean FRONTDESK__WELCOME__DELAY?"), "{said}");
    assert!(said.contains("FRONTDESK__WELCOME__DELAY = \"soon\" (environment): a duration"), "{said}");
    assert!(said.contains("FRONTDESK__HTTP__BIND"), "{said}");
    assert!(!said.contains("FRONTDESK_PORT"), "{said}");
}

#[test]
fn every_value_that_can_be_malformed_is_refused_by_name() {
    for (name, value) in [
        ("DATABASE_URL", "postgres://desk@localhost:port/desk"),
        ("DATABASE_URL", "mysql://desk"),
        ("FRONTDESK__DATABASE__MIGRATE", "maybe"),
        ("FRONTDESK__DATABASE__MIGRATE_URL", "postgres://desk@localhost/desk"),
        ("AMQP_URL", "localhost:5672"),
        ("FRONTDESK__AMQP__PREFIX", "two words"),
        ("SMTP_URL", "localhost:1025"),
        ("FRONTDESK__HTTP__BIND", "localhost"),
        ("FRONTDESK__HTTP__PUBLIC_URL", "desk.example.com"),
        ("NGROK_EXTERNAL_URL", "desk.ngrok.app"),
        ("FRONTDESK__HTTP__TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
        ("FRONTDESK__HTTP__DRAIN", "31s"),
        ("FRONTDESK__WELCOME__DELAY", "60"),
        ("FRONTDESK__INTAKE__REPLAY_WINDOW", "-1s"),
        ("FRONTDESK__INTAKE__RATE_LIMIT", "-1"),
        ("FRONTDESK__WORKER__CONCURRENCY", "0"),
        ("FRONTDESK__MAIL__FROM", "nobody"),
        ("FRONTDESK__MAIL__REPLY_TO", "a@example.com, b@example.com"),
        ("FRONTDESK__MAIL__TEAM_TO", "team"),
        ("FRONTDESK__MAIL__TEMPLATES", "no/such/folder"),
        ("LANDBOT_API_URL", "api.landbot.io"),
        ("FRONTDESK__RETRY__SLACK__WAITS", "10"),
        ("FRONTDESK__RETRY__LANDBOT__UNKNOWN_RETRIES", "often"),
        ("FRONTDESK__WATCHDOG__WEBHOOK_URL", "hooks.example.com"),
        ("FRONTDESK__WATCHDOG__MAIL_TO", "me"),
        ("FRONTDESK__SECRET_KEY", "short"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        ("FRONTDESK__LOG", "loud"),
    ] {
        let said = refusal(&[(name, value)]);
        assert!(said.contains(name) && said.lines().count() == 2, "{name}={value}: {said}");
    }
}

#[test]
fn refusals_show_no_secret() {
    let folder =
        with_files("SMTP_PASSWORD=hunter2 hunter3\nFRONTDESK__MAIL__FROM=Desk <hunter2@example.com>\n", "");
    let pairs = [
        ("SMTP_URL", "smtp//robot:hunter2@host"),
        ("DATABASE_URL", "postgres://desk:hunter2@localhost:port/desk"),
        ("AMQP_URL", "amqp//desk:hunter2@localhost"),
        ("FRONTDESK__SECRET_KEY", "hunter2"),
        ("FRONTDESK__WATCHDOG__WEBHOOK_URL", "hunter2"),
    ];
    let said = load_in(folder.path(), &pairs).expect_err("refused").to_string();
    assert!(
        said.contains("FRONTDESK__MAIL__FROM (.env, line 2)")
            && said.contains("SMTP_PASSWORD (.env, line 1)"),
        "{said}"
    );
    assert!(!said.contains("hunter"), "{said}");
}

#[test]
fn the_public_url_wins_over_the_tunnels_and_its_host_is_allowed() {
    let pairs = [
        ("NGROK_EXTERNAL_URL", "https://tunnel.example.com"),
        ("FRONTDESK__HTTP__PUBLIC_URL", "https://desk.example.com/"),
        ("FRONTDESK__HTTP__ALLOWED_HOSTS", "desk.internal"),
    ];
    let http = load(&pairs).expect("settings").http;
    assert_eq!(http.public_url.map(|url| url.to_string()).as_deref(), Some("https://desk.example.com"));
    assert_eq!(http.allowed_hosts, ["desk.internal", "desk.example.com"]);
    let tunnel = load(&pairs[..1]).expect("settings").http.public_url;
    assert_eq!(tunnel.map(|url| url.host().to_owned()).as_deref(), Some("tunnel.example.com"));
}

#[test]
fn secrets_are_found_by_the_names_that_channels_give() {
    let folder = with_files("SLACK_SALES_WEBHOOK_URL=https://hooks.example.com/one\nEMPTY=\n", "");
    let settings = load_in(folder.path(), &[("TEAMS_URL", "https://teams.example.com ")]).expect("settings");
    let secret = |name| settings.secret(name).map(|secret| secret.expose_secret().to_owned());
    assert_eq!(secret("SLACK_SALES_WEBHOOK_URL").as_deref(), Some("https://hooks.example.com/one"));
    assert_eq!(secret("TEAMS_URL").as_deref(), Some("https://teams.example.com"));
    assert_eq!((secret("EMPTY"), secret("MISSING")), (None, None));
    assert!(!format!("{settings:?}").contains("example.com/one"));
}

#[test]
fn a_secret_can_lie_in_a_file_that_is_named() {
    let folder = with_files("DATABASE_URL=sqlite://other.db\nSLACK_SALES_WEBHOOK_URL_FILE=slack\n", "");
    let file = |name: &str| folder.path().join(name).display().to_string();
    fs::write(file("database"), "sqlite://from-file.db\n").expect("a file");
    fs::write(file("slack"), "https://hooks.example.com/hunter2\n").expect("a file");
    fs::write(file("crm"), " https://crm.example.com/hunter2\n").expect("a file");
    let pairs = [("DATABASE_URL_FILE", file("database")), ("CRM_WEBHOOK_URL_FILE", file("crm"))];
    let pairs = pairs.each_ref().map(|(name, path)| (*name, path.as_str()));
    let settings = load_in(folder.path(), &pairs).expect("settings");
    assert_eq!(settings.database.file(), Some(Path::new("from-file.db")));
    let secret = |name| settings.secret(name).map(|secret| secret.expose_secret().to_owned());
    assert_eq!(secret("SLACK_SALES_WEBHOOK_URL").as_deref(), Some("https://hooks.example.com/hunter2"));
    assert_eq!(secret("CRM_WEBHOOK_URL").as_deref(), Some("https://crm.example.com/hunter2"));
    assert_eq!(secret("ERP_WEBHOOK_URL"), None);
}

#[test]
fn a_file_with_a_secret_that_is_missing_superfluous_or_of_no_secret_is_named() {
    let folder = with_files("", "");
    fs::write(folder.path().join("smtp"), "smtp://robot:hunter2@localhost").expect("a file");
    let pairs = [
        ("DATABASE_URL_FILE", "nowhere"),
        ("SMTP_URL_FILE", "smtp"),
        ("SMTP_URL", "smtp://localhost:1025"),
        ("FRONTDESK__LOG_FILE", "smtp"),
    ];
    let said = load_in(folder.path(), &pairs).expect_err("refused").to_string();
    assert!(said.contains("DATABASE_URL_FILE") && said.contains("nowhere"), "{said}");
    assert!(said.contains("SMTP_URL_FILE: SMTP_URL is set as well"), "{said}");
    assert!(said.contains("FRONTDESK__LOG_FILE (environment): there is no such setting"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn what_is_in_force_is_reported_with_its_source_and_without_secrets() {
    let folder = with_files(
        "SLACK_SALES_WEBHOOK_URL=https://hooks.example.com/hunter2\n",
        "[welcome]\ndelay = \"5m\"",
    );
    let pairs = [("SMTP_URL", "smtps://robot:hunter2@mail.example.com:465")];
    let sources = Sources::gather(environment(&pairs), folder.path());
    let reported = report(&sources);
    let line = |name| {
        let found = reported.iter().find(|setting| setting.name == name).expect(name);
        (found.value.as_deref(), found.source.as_str())
    };
    assert_eq!(line("SMTP_URL"), (Some("smtps://********@mail.example.com:465"), "environment"));
    assert_eq!(line("SLACK_SALES_WEBHOOK_URL"), (Some("********"), ".env"));
    assert_eq!(line("FRONTDESK__WELCOME__DELAY"), (Some("5m"), "file"));
    assert_eq!(line("FRONTDESK__HTTP__BIND"), (Some("127.0.0.1:8080"), "default"));
    assert_eq!(line("AMQP_URL"), (None, "default"));
}

#[test]
fn the_example_names_every_setting_and_copying_it_changes_nothing() {
    let shipped = include_str!("../../../../.env.example");
    assert_eq!(shipped, Example.to_string(), "write it anew: cargo run -- config --example > .env.example");
    let folder = with_files(shipped, "");
    let copied = Sources::gather(BTreeMap::new(), folder.path());
    assert!(report(&copied).iter().all(|setting| setting.source == "default"));

    let uncommented = shipped.lines().filter_map(|line| line.strip_prefix('#'));
    let all: Vec<_> = uncommented.filter(|line| !line.starts_with(' ')).collect();
    fs::write(folder.path().join(".env"), all.join("\n")).expect("a file");
    let sources = Sources::gather(BTreeMap::new(), folder.path());
    assert_eq!(all.len(), table::settings().count());
    for setting in table::settings() {
        assert_eq!(sources.in_force(setting).0, setting.default, "{}", setting.name);
    }
    Settings::load(&sources).expect("every default can be set");
}
