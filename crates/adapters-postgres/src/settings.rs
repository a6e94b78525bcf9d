//! Where a database is, as its URL says.

use std::time::Duration;

use tokio_postgres::Config;

use crate::{
    open::OpenError,
    tls::{Mode, Tls},
};

/// Whoever does not answer for so long is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What was sent and is not acknowledged for so long was sent to nobody.
const NO_ACKNOWLEDGEMENT: Duration = Duration::from_secs(10);

/// An idle connection is asked for a sign of life this often.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Which database, and who asks.
#[derive(Clone, Copy)]
pub struct PgSettings<'a> {
    /// `postgres://user:password@host:port/database`, with the parameters that libpq knows of, as far as they make
    /// sense here: `sslmode`, `sslrootcert`, `connect_timeout`, `options`, `application_name` and what else
    /// [`tokio_postgres::Config`] takes.
    pub url: &'a str,
    /// The same database for whoever may change its schema; `url` if none.
    pub migrate_url: Option<&'a str>,
    /// What people see in `pg_stat_activity`, unless the URL says something else.
    pub application_name: &'a str,
}

impl PgSettings<'_> {
    /// Whether a URL can be used, as far as that can be told without the server.
    pub fn check(url: &str) -> Result<(), OpenError> {
        Server::parse(url, "").map(drop)
    }
}

/// How one server is reached.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) config: Config,
    pub(crate) tls: Tls,
}

impl Server {
    /// Reads a URL. The errors do not quote it: it holds a password.
    pub(crate) fn parse(url: &str, application_name: &str) -> Result<Self, OpenError> {
        let (url, encryption) = Encryption::taken_from(url)?;
        let mut config: Config = url
            .parse()
            .map_err(|source| OpenError::Url { reason: reason(&source), source: Some(Box::new(source)) })?;
        if config.get_hosts().is_empty() {
            return Err(refused("it names no host"));
        }
        if config.get_user().is_none() {
            return Err(refused("it names no user"));
        }
        let tls = Tls::new(encryption.mode, encryption.root_certificates.as_deref())?;
        config.ssl_mode(encryption.mode.negotiated());
        set_defaults(&mut config, application_name);
        Ok(Self { config, tls })
    }

    /// The database, for people.
    pub(crate) fn database(&self) -> &str {
        self.config.get_dbname().or(self.config.get_user()).unwrap_or_default()
    }

    /// The user, for people.
    pub(crate) fn user(&self) -> &str {
        self.config.get_user().unwrap_or_default()
    }
}

fn set_defaults(config: &mut Config, application_name: &str) {
    if config.get_application_name().is_none() {
        config.application_name(application_name);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(NO_ACKNOWLEDGEMENT);
    }
    config.keepalives_idle(config.get_keepalives_idle().min(KEEP_ALIVE));
}

fn refused(reason: &str) -> OpenError {
    OpenError::Url { reason: reason.to_owned(), source: None }
}

/// What is wrong, in the words of the parser: it names parameters and never their values.
fn reason(error: &tokio_postgres::Error) -> String {
    std::error::Error::source(error).map_or_else(|| "it cannot be read".to_owned(), ToString::to_string)
}

/// The parameters that tokio-postgres does not know.
#[derive(Debug, Default, PartialEq, Eq)]
struct Encryption {
    mode: Mode,
    root_certificates: Option<String>,
}

impl Encryption {
    /// What a URL says of encryption, and the URL without it.
    fn taken_from(url: &str) -> Result<(String, Self), OpenError> {
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(refused("it does not begin with postgres:// or postgresql://"));
        }
        let mut encryption = Self::default();
        // A question mark in a password is not the beginning of the parameters.
        let host = url.find('@').unwrap_or_default();
        let Some(question_mark) = url[host..].find('?') else { return Ok((url.to_owned(), encryption)) };
        let (base, parameters) = url.split_at(host + question_mark);
        let mut others = Vec::new();
        for parameter in parameters[1..].split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", mode)) => encryption.mode = Mode::parse(mode).ok_or_else(unknown_mode)?,
                Some(("sslrootcert", file)) => encryption.root_certificates = Some(decoded(file)?),
                _ => others.push(parameter),
            }
        }
        let separator = if others.is_empty() { "" } else { "?" };
        Ok((format!("{base}{separator}{}", others.join("&")), encryption))
    }
}

fn unknown_mode() -> OpenError {
    refused("sslmode is none of disable, prefer, require, verify-ca and verify-full")
}

/// Undoes percent-encoding.
fn decoded(text: &str) -> Result<String, OpenError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap_or_default(), rest.next().unwrap_or_default()];
            let digits = str::from_utf8(&digits).unwrap_or_default();
            bytes.push(u8::from_str_radix(digits, 16).map_err(|_| not_encoded())?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| not_encoded())
}

fn not_encoded() -> OpenError {
    refused("sslrootcert is not percent-encoded UTF-8")
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::SslMode;

    use super::*;

    fn encryption(parameters: &str) -> (String, Encryption) {
        Encryption::taken_from(&format!("postgres://desk@db/desk{parameters}"))
            .expect("a URL that can be read")
    }

    fn refusal(url: &str) -> String {
        Server::parse(url, "frontdesk").err().expect("it is refused").to_string()
    }

    #[test]
    fn what_the_client_does_not_know_is_taken_out_of_the_url() {
        let (url, taken) = encryption(
            "?connect_timeout=3&sslmode=verify-full&sslrootcert=%2Fetc%2Fca%20s.pem&options=-c%20x%3Dy",
        );
        assert_eq!(url, "postgres://desk@db/desk?connect_timeout=3&options=-c%20x%3Dy");
        assert_eq!(
            taken,
            Encryption { mode: Mode::VerifyFull, root_certificates: Some("/etc/ca s.pem".to_owned()) }
        );
        assert_eq!(encryption("?sslmode=require").0, "postgres://desk@db/desk");
        assert_eq!(encryption(""), ("postgres://desk@db/desk".to_owned(), Encryption::default()));
    }

    #[test]
    fn every_usual_mode_is_known() {
        for (text, mode, negotiated) in [
            ("disable", Mode::Disable, SslMode::Disable),
            ("prefer", Mode::Prefer, SslMode::Prefer),
            ("require", Mode::Require, SslMode::Require),
            ("verify-ca", Mode::VerifyCa, SslMode::Require),
            ("verify-full", Mode::VerifyFull, SslMode::Require),
        ] {
            let server = Server::parse(&format!("postgres://desk@db/desk?sslmode={text}"), "frontdesk");
            assert_eq!(encryption(&format!("?sslmode={text}")).1.mode, mode);
            assert_eq!(server.expect("it can be read").config.get_ssl_mode(), negotiated, "{text}");
        }
    }

    #[test]
    fn a_question_mark_in_a_password_is_no_parameter() {
        let server = Server::parse("postgres://desk:what?sslmode=no@db/desk", "frontdesk").expect("a URL");
        assert_eq!(server.config.get_password(), Some(b"what?sslmode=no".as_slice()));
    }

    #[test]
    fn the_url_has_the_last_word() {
        let plain = Server::parse("postgresql://desk@db/desk", "frontdesk api").expect("a URL").config;
        assert_eq!(plain.get_application_name(), Some("frontdesk api"));
        assert_eq!(plain.get_connect_timeout(), Some(&CONNECT_TIMEOUT));
        let url = "postgres://desk@db/desk?application_name=mine&connect_timeout=9&keepalives_idle=7";
        let own = Server::parse(url, "frontdesk api").expect("a URL").config;
        assert_eq!(own.get_application_name(), Some("mine"));
        assert_eq!(own.get_connect_timeout(), Some(&Duration::from_secs(9)));
        assert_eq!(own.get_keepalives_idle(), Duration::from_secs(7));
    }

    #[test]
    fn a_url_that_cannot_be_used_is_refused_with_the_reason_and_without_the_password() {
        for (url, reason) in [
            ("mysql://desk:hunter2@db/desk", "begin with postgres://"),
            ("postgres://desk:hunter2@/desk", "names no host"),
            ("postgres://db/desk", "names no user"),
            ("postgres://desk:hunter2@db:port/desk", "port"),
            ("postgres://desk:hunter2@db/desk?sslmode=allow", "verify-full"),
            ("postgres://desk:hunter2@db/desk?sslrootcert=%zz", "sslrootcert"),
            ("postgres://desk:hunter2@db/desk?sslcert=me.pem", "sslcert"),
            ("postgres://desk:hunter2@db/desk?sslmode=verify-ca&sslrootcert=/no/such/file", "/no/such/file"),
        ] {
            let sentence = refusal(url);
            assert!(sentence.contains(reason), "{sentence}");
            assert!(!sentence.contains("hunter2"), "{sentence}");
        }
    }
}
