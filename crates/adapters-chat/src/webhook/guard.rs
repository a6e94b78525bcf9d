//! Keeps URLs that people typed away from what only this machine can reach: they could otherwise make Frontdesk talk to
//! services inside its own network, and read the answers in the log of attempts (server-side request forgery).
//!
//! A URL is looked at before it is called, a name again when it is resolved, and connections are made to the very addresses
//! that passed: a name that changes its meaning between looking and connecting gains nothing. Redirects are not followed.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};
use tokio::net::lookup_host;

use super::address::is_public;
use crate::http::Forbidden;

/// A URL that people may not type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum UrlError {
    /// What is sent is about people and must not be read on the way.
    #[error("a webhook needs an https:// URL")]
    Unencrypted,
    /// Secrets never lie in the database.
    #[error(
        "a URL with a user or a password must not lie in the database; put it into a variable and name that, env:NAME"
    )]
    Login,
    /// It leads into a network of our own.
    #[error(transparent)]
    Address(#[from] Forbidden),
}

/// Looks at all of a URL that can be seen without resolving its name.
pub(super) fn check_url(url: &Url) -> Result<(), UrlError> {
    if url.scheme() != "https" {
        return Err(UrlError::Unencrypted);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlError::Login);
    }
    match literal_address(url) {
        Some(address) if !is_public(address) => Err(Forbidden.into()),
        _ => Ok(()),
    }
}

/// The address that stands in the place of a name. The parser of URLs has brought every spelling of it (`127.1`) to one.
fn literal_address(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_matches(['[', ']']).parse().ok()
}

/// Resolves names to public addresses only.
pub(super) struct GuardedResolver;

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The port is the URL's; whoever connects sets it.
            let found = lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(public_ones(found.collect())?.into_iter()) as Addrs)
        })
    }
}

/// Those of the addresses behind a name that may be connected to.
fn public_ones(found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
    if found.is_empty() {
        return Err(io::Error::from(io::ErrorKind::AddrNotAvailable).into());
    }
    let public: Vec<_> = found.into_iter().filter(|address| is_public(address.ip())).collect();
    if public.is_empty() { Err(Forbidden.into()) } else { Ok(public) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<(), UrlError> {
        check_url(&text.parse().expect(text))
    }

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| SocketAddr::new(text.parse().expect(text), 443)).collect()
    }

    #[test]
    fn a_public_https_url_is_fine() {
        for text in ["https://hooks.example.com/a?b", "https://8.8.8.8:8443/", "https://[2606:4700::1111]/"] {
            assert_eq!(checked(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_url_that_shows_what_it_carries_is_refused() {
        assert_eq!(checked("http://hooks.example.com/"), Err(UrlError::Unencrypted));
        assert_eq!(checked("https://anna:secret@hooks.example.com/"), Err(UrlError::Login));
        assert_eq!(checked("https://anna@hooks.example.com/"), Err(UrlError::Login));
    }

    #[test]
    fn an_address_of_our_own_is_refused_in_every_spelling() {
        for text in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.0.0.1/",
            "https://0177.0.0.1/",
            "https://%31%32%37.0.0.1/",
            "https://１２７.0.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/",
        ] {
            assert_eq!(checked(text), Err(UrlError::Address(Forbidden)), "{text}");
        }
    }

    #[test]
    fn only_the_public_addresses_of_a_name_are_connected_to() {
        let public = public_ones(addresses(&["10.0.0.1", "8.8.8.8", "::1"])).expect("one is public");
        assert_eq!(public, addresses(&["8.8.8.8"]));
    }

    #[test]
    fn a_name_without_public_addresses_is_forbidden_and_one_without_any_may_come_back() {
        let error = public_ones(addresses(&["127.0.0.1", "fe80::1"])).expect_err("none is public");
        assert!(error.is::<Forbidden>());
        let error = public_ones(Vec::new()).expect_err("there is none");
        assert!(error.is::<io::Error>());
    }
}
