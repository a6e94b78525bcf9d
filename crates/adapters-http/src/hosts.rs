//! Under which names the server answers, and whose word is taken for the name that was asked for.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use actix_web::{HttpRequest, http::header};

use crate::state::shared;

/// The names under which the server answers, without ports. A page under another name could otherwise make a
/// visitor's browser talk to a server on its own machine (DNS rebinding).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHosts(Vec<String>);

impl AllowedHosts {
    /// Takes names as in `FRONTDESK__HTTP__ALLOWED_HOSTS`: `localhost`, `127.0.0.1`, `[::1]`. Case and ports
    /// do not matter.
    pub fn new(names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self(names.into_iter().map(|name| without_port(name.as_ref()).to_ascii_lowercase()).collect())
    }

    pub(crate) fn allow(&self, host: &str) -> bool {
        let asked = without_port(host);
        self.0.iter().any(|name| name.eq_ignore_ascii_case(asked))
    }
}

/// The host of `host` or `host:port`; an IPv6 address keeps its brackets (RFC 3986, section 3.2.2).
fn without_port(host: &str) -> &str {
    let host = host.trim();
    let end = match host.find(']') {
        Some(bracket) => bracket + 1,
        None => host.find(':').unwrap_or(host.len()),
    };
    &host[..end]
}

/// An address or a range of addresses in CIDR notation (RFC 4632, section 3.1): `10.0.0.7`, `10.0.0.0/8`,
/// `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

/// A text is no address and no range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address such as 10.0.0.7 or a range such as 10.0.0.0/8 is needed")]
pub struct NetworkError;

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        let (own, own_length) = bits(self.address);
        let (other, other_length) = bits(address.to_canonical());
        own_length == other_length && (own ^ other).checked_shr(128 - self.prefix).unwrap_or(0) == 0
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError)?;
        let (_, length) = bits(address);
        let prefix = prefix.map_or(Ok(length), |prefix| prefix.parse().map_err(|_| NetworkError))?;
        if prefix <= length { Ok(Self { address, prefix }) } else { Err(NetworkError) }
    }
}

/// The bits of an address from the left, and how many they are.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

/// The host that the client asked for. A proxy that is trusted may say another than it asked for itself.
pub(crate) fn asked_host(request: &HttpRequest) -> Option<&str> {
    forwarded(request, "x-forwarded-host")
        .or_else(|| request.uri().authority().map(actix_web::http::uri::Authority::as_str))
        .or_else(|| request.headers().get(header::HOST)?.to_str().ok())
}

/// The address that the request came from: the peer's, or the last one in `X-Forwarded-For` that is no trusted proxy's.
/// What stands before that one was written by somebody unknown.
pub(crate) fn client_address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut client = peer;
    for name in named.iter().rev() {
        if !is_trusted(request, client) {
            break;
        }
        let Some(address) = address_in(name) else { break };
        client = address;
    }
    Some(client)
}

/// Some proxies write the port, too.
fn address_in(name: &str) -> Option<IpAddr> {
    name.parse().ok().or_else(|| name.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
}

fn is_trusted(request: &HttpRequest, address: IpAddr) -> bool {
    shared(request).state.trusted_proxies.iter().any(|network| network.contains(address))
}

/// The URL under which the client reached the server, without a path.
pub(crate) fn base_url(request: &HttpRequest) -> String {
    let scheme = match forwarded(request, "x-forwarded-proto") {
        Some("https") => "https",
        _ => "http",
    };
    format!("{scheme}://{}", asked_host(request).unwrap_or("localhost"))
}

/// The first value of a header that only a trusted proxy may set.
fn forwarded<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let peer = request.peer_addr()?.ip();
    let value = request.headers().get(name).filter(|_| is_trusted(request, peer))?.to_str().ok()?;
    value.split(',').next().map(str::trim).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_compared_without_case_and_port() {
        let hosts = AllowedHosts::new(["localhost", "[::1]", "Bots.Example.com:443"]);
        for host in ["localhost", "LOCALHOST:8080", "[::1]", "[::1]:8080", "bots.example.com", " localhost "]
        {
            assert!(hosts.allow(host), "{host}");
        }
        for host in ["", "127.0.0.1", "localhost.example.com", "[::2]", "::1", "example.com"] {
            assert!(!hosts.allow(host), "{host}");
        }
    }

    fn contains(network: &str, address: &str) -> bool {
        let network: Network = network.parse().expect(network);
        network.contains(address.parse().expect(address))
    }

    #[test]
    fn a_network_contains_the_addresses_with_its_prefix() {
        assert!(contains("10.0.0.0/8", "10.255.0.1") && !contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("10.0.0.7", "10.0.0.7") && !contains("10.0.0.7", "10.0.0.6"));
        assert!(contains("0.0.0.0/0", "203.0.113.9") && !contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("fd00::/8", "fd12::1") && !contains("fd00::/8", "fe80::1"));
        assert!(contains("10.0.0.0/8", "::ffff:10.0.0.1"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "proxy", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "fd00::/129"] {
            assert_eq!(text.parse::<Network>(), Err(NetworkError), "{text}");
        }
    }
}
