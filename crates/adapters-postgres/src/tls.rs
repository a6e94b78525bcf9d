//! Encryption of connections, by rustls with ring.

use std::{path::Path, sync::Arc};

use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};

use crate::open::OpenError;

/// What `sslmode` says, with the meanings that libpq gives it
/// (<https://www.postgresql.org/docs/current/libpq-ssl.html>).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Never.
    Disable,
    /// If the server can; whoever it is.
    #[default]
    Prefer,
    /// Always; whoever the server is, unless `sslrootcert` is given.
    Require,
    /// Always, with a certificate that a trusted authority signed.
    VerifyCa,
    /// And that is for the host of the URL.
    VerifyFull,
}

impl Mode {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "disable" => Self::Disable,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return None,
        })
    }

    /// What is agreed on with the server.
    pub(crate) const fn negotiated(self) -> SslMode {
        match self {
            Self::Disable => SslMode::Disable,
            Self::Prefer => SslMode::Prefer,
            Self::Require | Self::VerifyCa | Self::VerifyFull => SslMode::Require,
        }
    }
}

/// How connections are encrypted.
#[derive(Clone)]
pub(crate) enum Tls {
    /// Not at all.
    Off,
    /// So, if it is agreed on.
    On(Box<MakeRustlsConnect>),
}

impl Tls {
    /// Trusts the certificates in the file `roots`, or those of the operating system if it is none or `system`.
    pub(crate) fn new(mode: Mode, roots: Option<&str>) -> Result<Self, OpenError> {
        if mode == Mode::Disable {
            return Ok(Self::Off);
        }
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("ring knows the usual versions of TLS")
            .dangerous()
            .with_custom_certificate_verifier(verifier(mode, roots, provider)?)
            .with_no_client_auth();
        Ok(Self::On(Box::new(MakeRustlsConnect::new(config))))
    }
}

fn verifier(
    mode: Mode,
    roots: Option<&str>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, OpenError> {
    let chain = || {
        let roots = Arc::new(root_certificates(roots)?);
        let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build();
        verifier.map_err(|source| OpenError::Certificates { source: Box::new(source) })
    };
    Ok(match (mode, roots) {
        (Mode::VerifyFull, _) => chain()?,
        (Mode::VerifyCa, _) | (Mode::Require, Some(_)) => Arc::new(AnyName(chain()?)),
        _ => Arc::new(Anybody(provider)),
    })
}

fn root_certificates(file: Option<&str>) -> Result<RootCertStore, OpenError> {
    let mut store = RootCertStore::empty();
    match file {
        None | Some("system") => {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        Some(file) => {
            let unusable = |source: Box<dyn std::error::Error + Send + Sync>| OpenError::CertificateFile {
                path: Path::new(file).into(),
                source,
            };
            for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unusable(error.into()))? {
                let certificate = certificate.map_err(|error| unusable(error.into()))?;
                store.add(certificate).map_err(|error| unusable(error.into()))?;
            }
        }
    }
    Ok(store)
}

/// Wants a certificate that a trusted authority signed, for whatever host.
#[derive(Debug)]
struct AnyName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // The name is looked at last, when everything else is right.
        match self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// Wants a certificate, whosever it is: keeps out who listens, not who pretends to be the server.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
