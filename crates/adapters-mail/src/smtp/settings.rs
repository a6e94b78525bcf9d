//! Where mail is handed over, and how.

use std::path::PathBuf;

use lettre::transport::smtp::extension::ClientId;
use tokio_rustls::rustls::{self, pki_types::pem};

use super::{
    login::Login,
    timeouts::SmtpTimeouts,
    tls::Tls,
    url::{Parameters, SmtpUrl},
};

/// Ports of RFC 5321 (relay), RFC 8314 (TLS from the first byte) and RFC 6409 (submission).
const RELAY_PORT: u16 = 25;
const IMPLICIT_TLS_PORT: u16 = 465;
const SUBMISSION_PORT: u16 = 587;

/// A server that takes mail, and how to speak to it. `Debug` shows neither user name nor password.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) login: Option<Login>,
    pub(super) hello_name: ClientId,
    pub(super) timeouts: SmtpTimeouts,
}

/// How the connection is secured.
#[derive(Clone, Debug)]
pub(super) enum Security {
    /// Not at all, even where the server offers `STARTTLS`.
    Plain,
    /// By `STARTTLS`, without which nothing is sent.
    StartTls(Tls),
    /// From the first byte.
    Implicit(Tls),
}

/// Why a text is no usable `SMTP_URL`. Never contains a part of the text but the path of the authority's file.
#[derive(Debug, thiserror::Error)]
pub enum SmtpSettingsError {
    /// Neither `smtp://` nor `smtps://`.
    #[error("an SMTP URL begins with smtp:// or smtps://")]
    Scheme,
    /// A path or fragment, most often a password with a character that ends the host part of a URL.
    #[error(
        "an SMTP URL has no path; write / ? # @ and % in a user name or password as %2F %3F %23 %40 and %25"
    )]
    NotEncoded,
    /// Something before the `@` that is not a user name, a colon and a password.
    #[error("before the @ an SMTP URL has user:password, with special characters percent-encoded")]
    Login,
    /// No host, or one with characters that no host has.
    #[error("the host of an SMTP URL is a name, an IPv4 address or an IPv6 address in brackets")]
    Host,
    /// A port that is no number or out of range.
    #[error("the port of an SMTP URL is a number from 1 to 65535")]
    Port,
    /// A parameter that does not exist or does not have that value.
    #[error("the parameters of an SMTP URL are tls=required, ca=FILE and hello=NAME")]
    Parameter,
    /// An authority for a connection without TLS.
    #[error("an SMTP URL with ca=FILE needs TLS: begin it with smtps:// or add tls=required")]
    AuthorityWithoutTls,
    /// The authority's file cannot be read or holds no certificate.
    #[error("reading the certificates of the mail server's authority from {}", path.display())]
    AuthorityFile {
        /// The file that `ca=` names.
        path: PathBuf,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// A certificate in the authority's file cannot be used.
    #[error("trusting the mail server's authority of {}", path.display())]
    AuthorityCertificate {
        /// The file that `ca=` names.
        path: PathBuf,
        /// What is wrong with the certificate.
        source: rustls::Error,
    },
}

impl SmtpSettings {
    /// Reads an `SMTP_URL`:
    ///
    /// | form | means | default port |
    /// | --- | --- | --- |
    /// | `smtp://host` | no TLS | 25 |
    /// | `smtp://host?tls=required` | `STARTTLS`, or nothing is sent | 587 |
    /// | `smtps://host` | TLS from the first byte | 465 |
    ///
    /// Each may have `user:password@` (percent-encoded), a port, and the parameters `hello=NAME` (the name given
    /// in `EHLO`, else this machine's) and, with TLS, `ca=FILE` (certificates in PEM form that are trusted besides
    /// Mozilla's). That file is read here, once.
    pub fn parse(url: &str) -> Result<Self, SmtpSettingsError> {
        let url = SmtpUrl::parse(url)?;
        let security = Security::choose(url.implicit_tls, &url.host, &url.parameters)?;
        Ok(Self {
            port: url.port.unwrap_or_else(|| security.default_port()),
            host: url.host,
            security,
            login: url.login,
            hello_name: url.parameters.hello_name.map_or_else(ClientId::default, ClientId::Domain),
            timeouts: SmtpTimeouts::default(),
        })
    }

    /// The same settings with other timeouts.
    #[must_use]
    pub fn with_timeouts(self, timeouts: SmtpTimeouts) -> Self {
        Self { timeouts, ..self }
    }
}

impl Security {
    fn choose(implicit_tls: bool, host: &str, parameters: &Parameters) -> Result<Self, SmtpSettingsError> {
        let authority = parameters.authority.as_deref();
        match (implicit_tls, parameters.tls_required) {
            (true, _) => Tls::new(host, authority).map(Self::Implicit),
            (false, true) => Tls::new(host, authority).map(Self::StartTls),
            (false, false) if authority.is_some() => Err(SmtpSettingsError::AuthorityWithoutTls),
            (false, false) => Ok(Self::Plain),
        }
    }

    fn default_port(&self) -> u16 {
        match self {
            Self::Plain => RELAY_PORT,
            Self::StartTls(_) => SUBMISSION_PORT,
            Self::Implicit(_) => IMPLICIT_TLS_PORT,
        }
    }
}

#[cfg(test)]
mod tests;
