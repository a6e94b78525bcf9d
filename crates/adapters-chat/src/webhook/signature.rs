//! Signatures of the Standard Webhooks specification
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretSlice};
use sha2::Sha256;

/// What every secret begins with in text.
const SECRET_PREFIX: &str = "whsec_";

/// A secret has 192 to 512 random bits.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The scheme of the signatures: HMAC-SHA256.
const SCHEME: &str = "v1";

/// One or more secrets that a receiver may check a signature with. While a secret is replaced there are two: whoever knows
/// either takes the webhook. `Debug` shows none.
#[derive(Clone)]
pub struct SigningSecrets(Vec<SecretSlice<u8>>);

/// A text holds no signing secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningSecretError {
    /// Nothing was given.
    #[error("a signing secret is needed: whsec_ and 24 to 64 random bytes in base64")]
    Missing,
    /// One of them is no secret.
    #[error(
        "a signing secret is whsec_ and 24 to 64 random bytes in base64; several are separated by spaces or commas"
    )]
    Malformed,
}

impl FromStr for SigningSecrets {
    type Err = SigningSecretError;

    /// Reads secrets separated by spaces or commas.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
        let secrets: Vec<_> = words.map(secret).collect::<Result<_, _>>()?;
        if secrets.is_empty() { Err(SigningSecretError::Missing) } else { Ok(Self(secrets)) }
    }
}

fn secret(text: &str) -> Result<SecretSlice<u8>, SigningSecretError> {
    let encoded = text.strip_prefix(SECRET_PREFIX).ok_or(SigningSecretError::Malformed)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| SigningSecretError::Malformed)?;
    if SECRET_BYTES.contains(&bytes.len()) {
        Ok(SecretSlice::from(bytes))
    } else {
        Err(SigningSecretError::Malformed)
    }
}

impl SigningSecrets {
    /// The value of the header `webhook-signature`: one signature for each secret, in the order of the secrets. `id` must
    /// have no full stop in it; `timestamp` counts seconds since 1970.
    pub(crate) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let signature = |secret: &SecretSlice<u8>| {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret())
                .expect("a key of any length can be used");
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(body);
            format!("{SCHEME},{}", STANDARD.encode(mac.finalize().into_bytes()))
        };
        self.0.iter().map(signature).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for SigningSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningSecrets({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the specification's reference libraries are tested with.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIMESTAMP: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    const OTHER: &str = "whsec_c2VjcmV0LW9mLWEtcm90YXRlZC1lbmRwb2ludA==";

    fn secrets(text: &str) -> Result<SigningSecrets, SigningSecretError> {
        text.parse()
    }

    fn signed(text: &str) -> String {
        secrets(text).expect("secrets").sign(ID, TIMESTAMP, BODY)
    }

    #[test]
    fn the_published_vector_is_signed_as_published() {
        assert_eq!(signed(SECRET), SIGNATURE);
    }

    #[test]
    fn each_secret_signs_in_its_turn_while_one_replaces_the_other() {
        let both = signed(&format!("{OTHER}, {SECRET}"));
        let (first, second) = both.split_once(' ').expect("two signatures");
        assert_eq!((first, second), (signed(OTHER).as_str(), SIGNATURE));
    }

    #[test]
    fn everything_that_is_sent_is_signed() {
        let secrets = secrets(SECRET).expect("a secret");
        for other in [
            secrets.sign("msg_other", TIMESTAMP, BODY),
            secrets.sign(ID, TIMESTAMP + 1, BODY),
            secrets.sign(ID, TIMESTAMP, br#"{"test": 2432232315}"#),
        ] {
            assert_ne!(other, SIGNATURE);
        }
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        for text in ["", " , "] {
            assert_eq!(secrets(text).err(), Some(SigningSecretError::Missing), "{text:?}");
        }
        let long = format!("whsec_{}", STANDARD.encode([7; 65]));
        for text in [
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_",
            "whsec_c2hvcnQ=",
            "whsec_not base64!",
            "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            &long,
            &format!("{SECRET} {long}"),
        ] {
            assert_eq!(secrets(text).err(), Some(SigningSecretError::Malformed), "{text}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?}", secrets(&format!("{SECRET} {OTHER}")).expect("secrets"));
        assert_eq!(shown, "SigningSecrets(2)");
    }
}
