//! A second factor beside the password: codes that a telephone computes from a shared secret (TOTP, RFC 6238), and
//! recovery codes for whoever lost the telephone.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;

use crate::{bot::SecretDigest, ids::AgentId};

/// A code is valid for so many seconds (RFC 6238, section 5.2 recommends 30).
const STEP_SECONDS: i64 = 30;

/// Clocks may differ by so many steps (RFC 6238, section 5.2: at most one is recommended).
const STEPS_ASIDE: i64 = 1;

/// A code has six digits, as all apps show them.
const CODES: u32 = 1_000_000;

/// So many bytes has a secret (RFC 4226, section 4, recommends 160 bits).
const SECRET_BYTES: usize = 20;

/// So many recovery codes are made at once.
pub const RECOVERY_CODES: usize = 10;

/// So many random bytes has a recovery code: 80 bits, which nobody guesses, in 16 letters.
const RECOVERY_BYTES: usize = 10;

/// The alphabet of base 32 (RFC 4648, section 6).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What a member of staff shares with its telephone.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_BYTES]);

impl TotpSecret {
    /// A new one from random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(*random.last_chunk().expect("more are given than are needed"))
    }

    /// One that was kept. None if it has another length.
    pub fn restore(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes to keep, encrypted.
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// In base 32, as people type it into an app.
    pub fn base32(&self) -> String {
        base32(&self.0)
    }

    /// What a QR code for apps says (the "Key Uri Format" of Google Authenticator, which all apps read).
    pub fn uri(&self, email: &str) -> String {
        let escaped: String = email.bytes().map(escaped).collect();
        format!("otpauth://totp/Frontdesk:{escaped}?secret={}&issuer=Frontdesk", self.base32())
    }

    /// The code at a moment.
    pub fn code_at(&self, now: Timestamp) -> String {
        self.code(step_of(now))
    }

    /// The step that a code is of, if it is of about `now`, and of a step after `last`: no code counts twice
    /// (RFC 6238, section 5.2).
    pub fn step_of_code(&self, typed: &str, now: Timestamp, last: i64) -> Option<i64> {
        let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
        let (first, end) = (step_of(now) - STEPS_ASIDE, step_of(now) + STEPS_ASIDE);
        (first..=end).filter(|&step| self.code(step) == typed).find(|&step| step > last)
    }

    /// RFC 4226, section 5.3.
    fn code(&self, step: i64) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("a key of any length will do");
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let offset = usize::from(digest[digest.len() - 1] & 0xf);
        let mut four = [0; 4];
        four.copy_from_slice(&digest[offset..offset + 4]);
        format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % CODES)
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(..)")
    }
}

fn step_of(now: Timestamp) -> i64 {
    now.as_second().div_euclid(STEP_SECONDS)
}

fn base32(bytes: &[u8]) -> String {
    bytes
        .chunks(5)
        .flat_map(|five| {
            let bits = five.iter().fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
            let letters = (five.len() * 8).div_ceil(5);
            let bits = bits << (letters * 5 - five.len() * 8);
            (0..letters).rev().map(move |place| {
                let [.., low] = (bits >> (place * 5)).to_be_bytes();
                char::from(BASE32[usize::from(low & 31)])
            })
        })
        .collect()
}

fn escaped(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// A code that lets somebody in once who lost the telephone.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A new one from random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        let letters = base32(&random[random.len() - RECOVERY_BYTES..]).to_lowercase();
        let groups: Vec<_> = letters.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        Self(groups.join("-"))
    }

    /// The text to show, once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn digest(&self) -> SecretDigest {
        Self::digest_of(&self.0)
    }

    /// The digest of what somebody typed, with or without dashes and spaces, in letters of any case.
    fn digest_of(typed: &str) -> SecretDigest {
        let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
        SecretDigest::of(&letters.to_lowercase())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

/// The second factor of a member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// Whose it is.
    pub agent_id: AgentId,
    /// The secret, encrypted.
    pub sealed: Vec<u8>,
    /// Since when it is asked for. None until its first code was typed: a telephone that could not read it locks nobody
    /// out.
    pub confirmed_at: Option<Timestamp>,
    /// The step of the last code that was taken.
    pub last_step: i64,
    /// The recovery codes that are left.
    pub recovery: Vec<SecretDigest>,
}

impl SecondFactor {
    /// One that is not confirmed yet.
    pub const fn begun(agent_id: AgentId, sealed: Vec<u8>) -> Self {
        Self { agent_id, sealed, confirmed_at: None, last_step: 0, recovery: Vec::new() }
    }

    /// Takes a code of the telephone or a recovery code. Says whether it was one; then it is none any more.
    pub fn take(&mut self, secret: &TotpSecret, typed: &str, now: Timestamp) -> bool {
        if let Some(step) = secret.step_of_code(typed, now, self.last_step) {
            self.last_step = step;
            return true;
        }
        let digest = RecoveryCode::digest_of(typed);
        let left = self.recovery.len();
        self.recovery.retain(|kept| *kept != digest);
        self.recovery.len() < left
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    /// The secret of the test vectors of RFC 6238, appendix B.
    fn secret() -> TotpSecret {
        TotpSecret::restore(b"12345678901234567890").expect("20 bytes")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn factor() -> SecondFactor {
        SecondFactor::begun(AgentId::from_uuid(Uuid::from_u128(1)), Vec::new())
    }

    #[test]
    fn codes_are_those_of_the_specification() {
        let expected = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (second, code) in expected {
            assert_eq!(secret().code_at(at(second)), code);
        }
    }

    #[test]
    fn a_secret_is_shown_as_apps_read_it() {
        assert_eq!(secret().base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let expected = "otpauth://totp/Frontdesk:ana%2Bx%40desk%2Eexample\
                        ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Frontdesk";
        assert_eq!(secret().uri("ana+x@desk.example"), expected);
    }

    #[test]
    fn base_32_is_that_of_the_specification() {
        // RFC 4648, section 10, without padding.
        for (plain, coded) in
            [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB")]
        {
            assert_eq!(base32(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn a_code_is_taken_once_and_with_a_clock_that_is_a_little_wrong() {
        let mut factor = factor();
        let now = at(1_234_567_890);
        let [before, code, after] = [-30, 0, 30].map(|aside| secret().code_at(at(1_234_567_890 + aside)));
        assert!(factor.take(&secret(), &before, now));
        assert!(!factor.take(&secret(), &before, now), "not twice");
        assert!(factor.take(&secret(), &format!("{} {}", &code[..3], &code[3..]), now));
        assert!(!factor.take(&secret(), &before, now), "none that is older than the last");
        assert!(factor.take(&secret(), &after, now));
        assert!(!factor.take(&secret(), &secret().code_at(at(1_234_567_890 + 60)), now), "not yet");
        assert!(!factor.take(&secret(), "", now));
    }

    #[test]
    fn a_recovery_code_is_taken_once_however_it_is_typed() {
        let code = RecoveryCode::new([7; 32]);
        assert_eq!(code.reveal().len(), 19);
        let mut factor = SecondFactor { recovery: vec![code.digest()], ..factor() };
        assert!(!factor.take(&secret(), "abcd-efgh-ijkl-mnop", at(0)));
        let typed = code.reveal().replace('-', " ").to_uppercase();
        assert!(factor.take(&secret(), &typed, at(0)));
        assert!(!factor.take(&secret(), code.reveal(), at(0)));
    }
}
