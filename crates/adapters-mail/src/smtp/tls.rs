//! TLS towards the mail server: rustls with ring, Mozilla's roots and optionally one more authority.

use std::{fmt, io, path::Path, sync::Arc};

use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem, pem::PemObject as _},
    },
};

use super::settings::SmtpSettingsError;

/// Secures connections to one host and checks that it is that host.
#[derive(Clone)]
pub(super) struct Tls {
    connector: TlsConnector,
    host: ServerName<'static>,
}

impl Tls {
    /// TLS for a host, trusting the certificates in the file as well as Mozilla's.
    pub(super) fn new(host: &str, authority: Option<&Path>) -> Result<Self, SmtpSettingsError> {
        let host = ServerName::try_from(host.to_owned()).map_err(|_| SmtpSettingsError::Host)?;
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = authority {
            trust(&mut roots, path)?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring supports the versions of TLS that rustls allows")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), host })
    }

    /// Performs the handshake. Fails if the server is not the host or its certificate is not trusted.
    pub(super) async fn secure(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.connector.connect(self.host.clone(), stream).await
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("host", &self.host).finish_non_exhaustive()
    }
}

fn trust(roots: &mut RootCertStore, path: &Path) -> Result<(), SmtpSettingsError> {
    let unreadable = |source| SmtpSettingsError::AuthorityFile { path: path.to_owned(), source };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<_, _>>)
        .map_err(unreadable)?;
    if certificates.is_empty() {
        return Err(unreadable(pem::Error::NoItemsFound));
    }
    for certificate in certificates {
        roots
            .add(certificate)
            .map_err(|source| SmtpSettingsError::AuthorityCertificate { path: path.to_owned(), source })?;
    }
    Ok(())
}
