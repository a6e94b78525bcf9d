//! What Landbot is told, and by whom.

use std::{fmt, str::FromStr};

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use crate::team::Secrets;

/// The number that Landbot gives a customer: the address of everything that is said to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CustomerNumber(u64);

impl CustomerNumber {
    pub(super) const fn number(self) -> u64 {
        self.0
    }
}

/// A text is no number of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the chat's customer id is not one of Landbot's, which are whole numbers")]
pub struct CustomerNumberError;

impl FromStr for CustomerNumber {
    type Err = CustomerNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number {
            text.parse().map(Self).map_err(|_| CustomerNumberError)
        } else {
            Err(CustomerNumberError)
        }
    }
}

impl fmt::Debug for CustomerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerNumber(..)")
    }
}

/// The token of an agent: it can do whatever that agent can.
#[derive(Debug, Clone)]
pub struct LandbotToken(SecretString);

/// A text is no token: it does not fit into a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a Landbot token is one word of letters, digits and signs")]
pub struct LandbotTokenError;

impl FromStr for LandbotToken {
    type Err = LandbotTokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_token { Ok(Self(text.into())) } else { Err(LandbotTokenError) }
    }
}

impl LandbotToken {
    /// The value of the header `Authorization`.
    pub(super) fn authorization(&self) -> HeaderValue {
        let text = format!("Token {}", self.0.expose_secret());
        let mut value = HeaderValue::try_from(text).expect("visible ASCII fits into a header");
        value.set_sensitive(true);
        value
    }

    /// What must not be kept of an answer.
    pub(super) fn secrets(&self) -> Secrets {
        Secrets::of(self.0.expose_secret())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_lead_to_a_customer() {
        assert!("500000001".parse::<CustomerNumber>().is_ok());
        for text in ["", "..", "tg-42", "1/2", "+1", "-1", "1.0", "99999999999999999999999"] {
            assert_eq!(text.parse::<CustomerNumber>(), Err(CustomerNumberError), "{text}");
        }
    }

    #[test]
    fn a_token_fits_into_a_header() {
        assert!(" 0123456789abcdef ".parse::<LandbotToken>().is_ok());
        for text in ["", "a b", "a\nb", "a\0b", "é"] {
            assert_eq!(text.parse::<LandbotToken>().err(), Some(LandbotTokenError), "{text:?}");
        }
        assert!(!format!("{:?}", "hunter2".parse::<LandbotToken>()).contains("hunter2"));
    }
}
