//! User name and password.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lettre::transport::smtp::authentication::Credentials;
use secrecy::{ExposeSecret as _, SecretString};

/// What the client logs in with.
#[derive(Clone)]
pub(super) struct Login {
    user: String,
    password: SecretString,
}

impl Login {
    pub(super) fn new(user: String, password: String) -> Self {
        Self { user, password: password.into() }
    }

    pub(super) fn credentials(&self) -> Credentials {
        Credentials::new(self.user.clone(), self.password.expose_secret().to_owned())
    }

    /// Every text by which the password could come back in an answer: itself, and as `AUTH PLAIN` (RFC 4616) and
    /// `AUTH LOGIN` send it.
    pub(super) fn spellings(&self) -> Vec<String> {
        let password = self.password.expose_secret();
        vec![
            STANDARD.encode(format!("\0{}\0{password}", self.user)),
            STANDARD.encode(password),
            STANDARD.encode(&self.user),
            password.to_owned(),
        ]
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(<masked>)")
    }
}
