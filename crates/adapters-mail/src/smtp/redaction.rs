//! Making a server's words fit to be stored and shown.

use domain::redaction::fit_to_keep;

use super::login::Login;

/// Removes from answers what must not be kept: the password, mail addresses, control characters, excess.
#[derive(Debug)]
pub(super) struct Redaction {
    login: Option<Login>,
}

impl Redaction {
    pub(super) fn new(login: Option<Login>) -> Self {
        Self { login }
    }

    /// The part of the text that may be kept.
    pub(super) fn clean(&self, text: &str) -> String {
        fit_to_keep(&self.mask_password(text))
    }

    fn mask_password(&self, text: &str) -> String {
        let spellings = self.login.iter().flat_map(Login::spellings);
        spellings.fold(text.to_owned(), |text, spelling| text.replace(&spelling, "<masked>"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_masked_in_every_spelling() {
        let redaction = Redaction::new(Some(Login::new("anna".into(), "s3cret@home".into())));
        // "anna", "s3cret@home" and "\0anna\0s3cret@home" in base64.
        for echoed in ["s3cret@home", "YW5uYQ==", "czNjcmV0QGhvbWU=", "AGFubmEAczNjcmV0QGhvbWU="] {
            assert_eq!(redaction.clean(&format!("535 no {echoed}!")), "535 no <masked>!");
        }
    }

    #[test]
    fn what_is_kept_has_no_address() {
        assert_eq!(Redaction::new(None).clean("5.1.1 <anna@example.org>: no"), "5.1.1 <address>: no");
    }
}
