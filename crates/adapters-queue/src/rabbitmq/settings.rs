//! Where the broker is, and how our names in it begin.

use std::{fmt, fs, sync::Arc};

use lapin::uri::AMQPUri;

use super::names::Names;

/// How often the peers show that they live, unless the URL says otherwise. A peer that was silent for twice as long is
/// gone (AMQP 0-9-1, section 4.2.7). The broker's own proposal, 60 s, would hide a dead network for two minutes.
const HEARTBEAT_SECONDS: u16 = 10;

/// The largest frame, unless the URL says otherwise. Our messages take a few hundred bytes, and the client's buffers
/// are 32 frames each way; with the broker's 128 KiB they would be 8 MiB.
const FRAME_MAX_BYTES: u32 = 16 * 1024;

/// Names have at most 255 bytes (AMQP 0-9-1, short strings); ours append less than 50.
const PREFIX_MAX: usize = 200;

/// What a [`RabbitMqQueue`](crate::RabbitMqQueue) needs to know.
#[derive(Clone)]
pub struct RabbitMqSettings {
    /// `amqp://user:password@host:port/vhost` or `amqps://...`; what is left out is `guest`, `guest`, `localhost`, 5672
    /// (5671) and `/`. `heartbeat` (seconds), `frame_max` (bytes) and `cacertfile` can be given as a query: a file of
    /// authorities that are trusted beside the machine's, in PEM form
    /// (<https://www.rabbitmq.com/docs/uri-query-parameters>).
    pub url: String,
    /// The beginning of the names of exchanges and queues.
    pub prefix: String,
}

impl RabbitMqSettings {
    /// Settings that can be used: the URL is well-formed, and the prefix a name.
    pub fn parse(url: &str, prefix: &str) -> Result<Self, AmqpUrlError> {
        let settings = Self { url: url.to_owned(), prefix: prefix.to_owned() };
        Target::parse(&settings).map(|_| settings)
    }
}

/// The settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmqpUrlError {
    /// It is no URL of this protocol.
    #[error("an AMQP URL begins with amqp:// or amqps://")]
    Scheme,
    /// It begins well and goes on badly. The text does not contain the URL.
    #[error("the AMQP URL cannot be read: {0}")]
    Malformed(String),
    /// The file with authorities cannot be used.
    #[error("the cacertfile {path} of the AMQP URL cannot be used: {reason}")]
    Authority {
        /// Which file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The prefix is unsuitable.
    #[error(
        "the AMQP prefix must have 1 to {PREFIX_MAX} letters, digits, dots, hyphens and underscores, and not begin \
         with amq."
    )]
    Prefix,
}

/// Settings that were understood.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) uri: AMQPUri,
    /// Authorities that are trusted beside the machine's, in PEM form.
    pub(super) authorities: Option<Arc<str>>,
    pub(super) names: Names,
}

impl Target {
    pub(super) fn parse(settings: &RabbitMqSettings) -> Result<Self, AmqpUrlError> {
        if !is_prefix(&settings.prefix) {
            return Err(AmqpUrlError::Prefix);
        }
        let url = settings.url.trim();
        let uri = parse_url(url)?;
        let authorities = authority_file(url).map(read_authorities).transpose()?;
        Ok(Self { uri, authorities, names: Names::new(&settings.prefix) })
    }
}

fn parse_url(url: &str) -> Result<AMQPUri, AmqpUrlError> {
    let (_, rest) = url
        .split_once("://")
        .filter(|(scheme, _)| ["amqp", "amqps"].contains(scheme))
        .ok_or(AmqpUrlError::Scheme)?;
    let mut uri: AMQPUri = url.parse().map_err(AmqpUrlError::Malformed)?;
    if let Some(address) = ipv6_host(rest) {
        address.clone_into(&mut uri.authority.host);
    }
    // By the letter a lone slash names the virtual host "", which nobody has.
    if uri.vhost.is_empty() {
        "/".clone_into(&mut uri.vhost);
    }
    uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
    uri.query.frame_max.get_or_insert(FRAME_MAX_BYTES);
    Ok(uri)
}

/// What the parser does not know.
fn authority_file(url: &str) -> Option<String> {
    // A question mark in a password does not begin it.
    let (_, query) = url.rsplit('@').next()?.split_once('?')?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix("cacertfile="))?;
    Some(decoded(value))
}

fn read_authorities(path: String) -> Result<Arc<str>, AmqpUrlError> {
    match fs::read_to_string(&path) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => Ok(text.into()),
        Ok(_) => {
            Err(AmqpUrlError::Authority { path, reason: "it holds no certificate in PEM form".to_owned() })
        }
        Err(error) => Err(AmqpUrlError::Authority { path, reason: error.to_string() }),
    }
}

/// Undoes percent-encoding; what is not encoded stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let digits = rest.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        bytes.push(digits.unwrap_or(b'%'));
        rest = &rest[at + if digits.is_some() { 3 } else { 1 }..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The parser takes an IPv6 address for no host, and would connect to this machine instead.
fn ipv6_host(after_scheme: &str) -> Option<&str> {
    let authority = after_scheme.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    host.strip_prefix('[')?.split_once(']').map(|(address, _)| address)
}

fn is_prefix(prefix: &str) -> bool {
    (1..=PREFIX_MAX).contains(&prefix.len())
        && !prefix.starts_with("amq.")
        && prefix.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
}

/// The URL may hold a password.
impl fmt::Debug for RabbitMqSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RabbitMqSettings").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> AMQPUri {
        parse_url(url).expect(url)
    }

    #[test]
    fn what_is_left_out_has_the_usual_values() {
        let uri = parsed("amqp://rabbit.example");
        assert_eq!((uri.authority.host.as_str(), uri.authority.port), ("rabbit.example", 5672));
        assert_eq!((uri.authority.userinfo.username.as_str(), uri.vhost.as_str()), ("guest", "/"));
        assert_eq!((uri.query.heartbeat, uri.query.frame_max), (Some(10), Some(16_384)));
        assert_eq!(parsed("amqps://rabbit.example").authority.port, 5671);
    }

    #[test]
    fn the_url_says_otherwise_where_it_speaks() {
        let uri = parsed("amqp://us%40er:p%2Fw@rabbit.example:5673/desk?heartbeat=3&frame_max=8192");
        assert_eq!(uri.authority.userinfo.username, "us@er");
        assert_eq!(uri.authority.userinfo.password, "p/w");
        assert_eq!((uri.authority.port, uri.vhost.as_str()), (5673, "desk"));
        assert_eq!((uri.query.heartbeat, uri.query.frame_max), (Some(3), Some(8192)));
    }

    #[test]
    fn a_slash_at_the_end_is_the_default_virtual_host() {
        for url in ["amqp://rabbit.example", "amqp://rabbit.example/", "amqp://rabbit.example/%2f"] {
            assert_eq!(parsed(url).vhost, "/", "{url}");
        }
    }

    #[test]
    fn an_ipv6_address_is_a_host() {
        let uri = parsed("amqp://user:password@[fd00::1]:5673/%2f");
        assert_eq!((uri.authority.host.as_str(), uri.authority.port), ("fd00::1", 5673));
    }

    #[test]
    fn a_url_that_cannot_be_used_is_told_without_its_password() {
        for url in ["", "localhost:5672", "http://user:hunter2@host", "amqp:hunter2"] {
            assert_eq!(parse_url(url), Err(AmqpUrlError::Scheme), "{url}");
        }
        for url in
            ["amqp://user:hunter2@host:port", "amqp://user:hunter2@", "amqp://user:hunter2@h?heartbeat=x"]
        {
            let Err(error @ AmqpUrlError::Malformed(_)) = parse_url(url) else { panic!("{url} was read") };
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        let settings =
            RabbitMqSettings { url: "amqp://user:hunter2@host".to_owned(), prefix: "p".to_owned() };
        assert!(!format!("{settings:?}").contains("hunter2"));
    }

    #[test]
    fn a_file_of_authorities_is_named_as_rabbitmq_has_it() {
        for (url, file) in [
            ("amqps://host/%2f?cacertfile=/etc/ca.pem", Some("/etc/ca.pem")),
            ("amqps://host?heartbeat=3&cacertfile=%2Fetc%2Four%20ca.pem", Some("/etc/our ca.pem")),
            ("amqps://host?cacertfile=/100%/ca.pem", Some("/100%/ca.pem")),
            ("amqps://user:what?cacertfile=no@host", None),
            ("amqps://host", None),
        ] {
            assert_eq!(authority_file(url).as_deref(), file, "{url}");
        }
    }

    #[test]
    fn a_file_without_authorities_is_refused_by_its_name() {
        for (file, reason) in [("/no/such/file.pem", "No such file"), ("Cargo.toml", "no certificate")] {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
            let url = format!("amqps://user:hunter2@host?cacertfile={}", path.display());
            let error = RabbitMqSettings::parse(&url, "p").expect_err("it is refused").to_string();
            assert!(error.contains(file) && error.contains(reason), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_prefix_is_a_name() {
        assert!(is_prefix("frontdesk") && is_prefix("staging.front-desk_2"));
        assert!(!is_prefix("") && !is_prefix("front desk") && !is_prefix("amq.frontdesk"));
        assert!(!is_prefix(&"a".repeat(201)));
    }
}
