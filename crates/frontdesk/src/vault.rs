//! Encryption with `FRONTDESK__SECRET_KEY`.

use application::ports::{Entropy, Vault};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::environment::SystemEntropy;

/// Keeps this use of the key apart from others (RFC 5869, section 3.2).
const USE: &[&[u8]] = &[b"frontdesk vault 1"];

/// AES-256-GCM under a key that is derived from the secret key. What is sealed begins with its nonce, which is random: a
/// key may seal four billion times (NIST SP 800-38D, section 8.3), and seals once a sign-in.
pub struct KeyVault(LessSafeKey);

impl KeyVault {
    /// Opens what was sealed with the same key.
    pub fn new(key: &SecretString) -> Self {
        let derived = Salt::new(HKDF_SHA256, &[]).extract(key.expose_secret().as_bytes());
        let derived = derived.expand(USE, &AES_256_GCM).expect("a key is as long as can be derived");
        Self(LessSafeKey::new(UnboundKey::from(derived)))
    }
}

impl Vault for KeyVault {
    fn seal(&self, purpose: &str, plain: &[u8]) -> Vec<u8> {
        let random = SystemEntropy.secret();
        let (nonce, _) = random.split_first_chunk::<NONCE_LEN>().expect("32 bytes begin with 12");
        let mut sealed = plain.to_vec();
        let nonce_used = Nonce::assume_unique_for_key(*nonce);
        let is_sealed = self.0.seal_in_place_append_tag(nonce_used, Aad::from(purpose), &mut sealed);
        is_sealed.expect("what is sealed is short");
        [&nonce[..], &sealed].concat()
    }

    fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut opened = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self.0.open_in_place(nonce, Aad::from(purpose), &mut opened).ok()?;
        Some(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(key: &str) -> KeyVault {
        KeyVault::new(&SecretString::from(key))
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_with_its_key_only() {
        let own = vault("0123456789abcdef0123456789abcdef");
        let sealed = own.seal("telephones", b"secret");
        assert_eq!(own.open("telephones", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(own.open("doors", &sealed), None);
        assert_eq!(vault("another key of thirty-two letters").open("telephones", &sealed), None);
        let mut changed = sealed.clone();
        *changed.last_mut().expect("bytes") ^= 1;
        assert_eq!(own.open("telephones", &changed), None);
        assert_eq!(own.open("telephones", b"short"), None);
    }

    #[test]
    fn nobody_sees_that_the_same_was_sealed_twice() {
        let vault = vault("0123456789abcdef0123456789abcdef");
        let [one, other] = [vault.seal("telephones", b"secret"), vault.seal("telephones", b"secret")];
        assert_ne!(one, other);
        assert!(!one.windows(6).any(|bytes| bytes == b"secret"));
    }
}
