//! URLs among the settings.

use std::fmt;

use super::value::Needed;

/// Where bots reach this server, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    host: String,
}

impl PublicUrl {
    /// Reads `https://host`, with a port and a path if need be.
    pub fn parse(text: &str) -> Result<Self, Needed> {
        let text = text.trim_end_matches('/');
        let host = text.split_once("://").and_then(|(scheme, rest)| host_of(scheme, rest));
        host.map(|host| Self { text: text.to_owned(), host: host.to_owned() })
            .ok_or_else(|| "a URL such as https://desk.example.com is needed".to_owned())
    }

    /// The host, without a port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether keys and names travel to it encrypted.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn host_of<'a>(scheme: &str, rest: &'a str) -> Option<&'a str> {
    let authority = rest.split('/').next()?;
    let end = match authority.find(']') {
        Some(bracket) => bracket + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(end);
    let port_fits = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    let host_fits =
        !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._[]:".contains(c));
    let rest_fits = !rest.contains(|c: char| c.is_whitespace() || matches!(c, '?' | '#' | '@'));
    (matches!(scheme, "http" | "https") && port_fits && host_fits && rest_fits).then_some(host)
}

/// An `http://` or `https://` URL of somebody else's.
pub fn web(text: &str) -> Result<(), Needed> {
    PublicUrl::parse(text.split(['?', '#']).next().unwrap_or(text)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_has_a_host_and_no_slash_at_its_end() {
        for (text, host, shown) in [
            ("https://desk.example.com/", "desk.example.com", "https://desk.example.com"),
            ("http://localhost:8080", "localhost", "http://localhost:8080"),
            ("https://[::1]:8443/desk/", "[::1]", "https://[::1]:8443/desk"),
        ] {
            let url = PublicUrl::parse(text).expect(text);
            assert_eq!((url.host(), url.to_string().as_str()), (host, shown));
            assert_eq!(url.is_https(), text.starts_with("https"));
        }
    }

    #[test]
    fn what_is_no_public_url_is_refused() {
        for text in [
            "",
            "desk.example.com",
            "ftp://desk",
            "https://",
            "https://a b",
            "https://x:99999",
            "https://u:p@x",
        ] {
            assert!(PublicUrl::parse(text).is_err(), "{text}");
        }
    }
}
