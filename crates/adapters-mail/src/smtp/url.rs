//! The syntax of an `SMTP_URL`. Errors never contain a part of it, because any part may be the password.

use std::{net::Ipv6Addr, path::PathBuf};

use super::{login::Login, settings::SmtpSettingsError};

/// The parts of an `SMTP_URL`, checked one by one.
pub(super) struct SmtpUrl {
    /// `smtps://`: TLS from the first byte.
    pub(super) implicit_tls: bool,
    pub(super) login: Option<Login>,
    /// A name or an address; an IPv6 address without its brackets.
    pub(super) host: String,
    pub(super) port: Option<u16>,
    pub(super) parameters: Parameters,
}

/// What follows the question mark.
#[derive(Default)]
pub(super) struct Parameters {
    /// `tls=required`
    pub(super) tls_required: bool,
    /// `ca=FILE`
    pub(super) authority: Option<PathBuf>,
    /// `hello=NAME`
    pub(super) hello_name: Option<String>,
}

impl SmtpUrl {
    pub(super) fn parse(url: &str) -> Result<Self, SmtpSettingsError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(SmtpSettingsError::Scheme)?;
        let implicit_tls = match scheme.to_ascii_lowercase().as_str() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(SmtpSettingsError::Scheme),
        };
        let (server, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let server = server.strip_suffix('/').unwrap_or(server);
        if server.contains(['/', '#']) {
            return Err(SmtpSettingsError::NotEncoded);
        }
        let (login, address) = match server.rsplit_once('@') {
            Some((login, address)) => (Some(parse_login(login)?), address),
            None => (None, server),
        };
        let (host, port) = split_address(address)?;
        Ok(Self {
            implicit_tls,
            login,
            host: parse_host(host)?,
            port: port.map(parse_port).transpose()?,
            parameters: Parameters::parse(parameters)?,
        })
    }
}

impl Parameters {
    fn parse(text: &str) -> Result<Self, SmtpSettingsError> {
        let mut parameters = Self::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or(SmtpSettingsError::Parameter)?;
            let value = percent_decode(value).ok_or(SmtpSettingsError::Parameter)?;
            match name {
                "tls" if value == "required" => parameters.tls_required = true,
                "ca" if !value.is_empty() => parameters.authority = Some(value.into()),
                "hello" if is_host_name(&value) => parameters.hello_name = Some(value),
                _ => return Err(SmtpSettingsError::Parameter),
            }
        }
        Ok(parameters)
    }
}

fn parse_login(text: &str) -> Result<Login, SmtpSettingsError> {
    let decode = |part| percent_decode(part).filter(|part| !part.is_empty());
    let (user, password) = text.split_once(':').ok_or(SmtpSettingsError::Login)?;
    decode(user)
        .zip(decode(password))
        .map(|(user, password)| Login::new(user, password))
        .ok_or(SmtpSettingsError::Login)
}

/// Host and port; the colons of an IPv6 address stand in brackets.
fn split_address(address: &str) -> Result<(&str, Option<&str>), SmtpSettingsError> {
    let end_of_host = if address.starts_with('[') {
        address.find(']').ok_or(SmtpSettingsError::Host)? + 1
    } else {
        address.find(':').unwrap_or(address.len())
    };
    let (host, rest) = address.split_at(end_of_host);
    match rest.strip_prefix(':') {
        Some(port) => Ok((host, Some(port))),
        None if rest.is_empty() => Ok((host, None)),
        None => Err(SmtpSettingsError::Host),
    }
}

fn parse_host(host: &str) -> Result<String, SmtpSettingsError> {
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let valid = bracketed.map_or_else(|| is_host_name(host), |address| address.parse::<Ipv6Addr>().is_ok());
    valid.then(|| bracketed.unwrap_or(host).to_owned()).ok_or(SmtpSettingsError::Host)
}

/// Letters, digits, dots, hyphens and the underscore that container networks use. At most 253 characters
/// (RFC 1035, section 2.3.4, as text).
fn is_host_name(text: &str) -> bool {
    let fits = (1..=253).contains(&text.len());
    fits && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

fn parse_port(text: &str) -> Result<u16, SmtpSettingsError> {
    let digits_only = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|port| digits_only && *port != 0).ok_or(SmtpSettingsError::Port)
}

/// Undoes percent-encoding (RFC 3986, section 2.1). `None` if a percent sign is not followed by two hexadecimal digits
/// or the result is not UTF-8.
fn percent_decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            decoded.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}
