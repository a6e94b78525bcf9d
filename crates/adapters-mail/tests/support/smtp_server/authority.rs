//! A certificate authority of the test's own.

use std::{path::PathBuf, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

/// An authority that nobody knows but who reads its file.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, new_key()).expect("an authority signs itself");
        let folder = tempfile::tempdir().expect("a folder for the certificate");
        let authority = Self { issuer, folder };
        std::fs::write(authority.file(), authority.issuer.pem()).expect("the certificate is written");
        authority
    }

    /// The file with its certificate, in PEM form.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("root.pem")
    }

    /// What a server needs to show that it is `host`.
    pub fn certify(&self, host: &str) -> TlsAcceptor {
        let key = new_key();
        let certificate = CertificateParams::new(vec![host.to_owned()])
            .and_then(|params| params.signed_by(&key, &self.issuer))
            .expect("the authority signs for any host name");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring supports the versions of TLS that rustls allows")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .expect("the key belongs to the certificate");
        TlsAcceptor::from(Arc::new(config))
    }
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("keys of the default kind can be made")
}
