//! TLS towards other servers: rustls with ring, Mozilla's roots and those of the operating system.

use std::sync::{Arc, LazyLock};

use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

/// Read once: the operating system keeps its certificates in some hundred files.
static CONFIG: LazyLock<ClientConfig> = LazyLock::new(|| {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring supports the versions of TLS that rustls allows")
        .with_root_certificates(roots)
        .with_no_client_auth()
});

/// Trusts the public authorities, and those that this machine trusts beside them.
pub(super) fn config() -> ClientConfig {
    CONFIG.clone()
}
