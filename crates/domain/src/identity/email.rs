//! Mail addresses.

use super::personal_text;
use crate::text::EMAIL_MAX;

/// The most octets before the `@` (RFC 5321, section 4.5.3.1.1).
const LOCAL_PART_MAX: usize = 64;

/// The most octets between two dots of a domain (RFC 1035, section 2.3.4).
const LABEL_MAX: usize = 63;

/// A mail address in lower case, as it is compared and written to.
///
/// What people really have, and nothing that could change the meaning of a mail header: an unquoted local
/// part, letters of any script allowed (RFC 6531), and a domain of at least two labels. No spaces, comments,
/// commas or control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

personal_text!(EmailAddress);

/// A text is not a mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// It is too long for any mail server.
    #[error("a mail address has at most {EMAIL_MAX} octets")]
    TooLong,
    /// It has no `@`.
    #[error("a mail address has an @")]
    NoAt,
    /// What is before the `@` cannot be written to.
    #[error("the part of a mail address before the @ has characters that are not allowed, or none")]
    LocalPart,
    /// What is after the `@` is no domain.
    #[error("the part of a mail address after the @ is no domain")]
    Domain,
}

impl EmailAddress {
    /// Reads an address as people type it: outer spaces, invisible characters around it and case do not
    /// matter.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let address = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)).to_lowercase();
        if address.len() > EMAIL_MAX {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = address.split_once('@').ok_or(EmailError::NoAt)?;
        if !is_local_part(local) {
            return Err(EmailError::LocalPart);
        }
        if !is_domain(domain) {
            return Err(EmailError::Domain);
        }
        Ok(Self(address))
    }
}

/// A dot-string (RFC 5321, section 4.1.2), with letters of any script.
fn is_local_part(text: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    text.len() <= LOCAL_PART_MAX && text.split('.').all(|atom| !atom.is_empty() && atom.chars().all(allowed))
}

/// At least two labels, the last of them more than a number.
fn is_domain(text: &str) -> bool {
    let Some((_, last)) = text.rsplit_once('.') else { return false };
    let is_top_level = last.chars().nth(1).is_some() && !last.bytes().all(|b| b.is_ascii_digit());
    is_top_level && text.split('.').all(is_label)
}

fn is_label(text: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || c == '-';
    let has_outer_dash = text.starts_with('-') || text.ends_with('-');
    (1..=LABEL_MAX).contains(&text.len()) && !has_outer_dash && text.chars().all(allowed)
}

/// Zero-width spaces, marks of direction and the byte order mark: they come along when an address is copied.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_trimmed_and_lower_case() {
        for text in ["ana@example.com", "  Ana@Example.COM\n", "\u{200e}ANA@example.com\u{200b}"] {
            assert_eq!(EmailAddress::parse(text).expect(text).as_str(), "ana@example.com");
        }
    }

    #[test]
    fn addresses_that_people_have_are_read() {
        let longest = format!("{}@{}.example", "a".repeat(64), "b.".repeat(90) + "b");
        for text in [
            "a.b+c@mail.example.co.uk",
            "o'brien@example.ie",
            "x@xn--bcher-kva.example",
            "josé@bücher.example",
            "用户@例子.公司",
            "1@2.io",
            &longest,
        ] {
            assert_eq!(EmailAddress::parse(text).expect(text).as_str(), text);
        }
    }

    #[test]
    fn what_cannot_be_written_to_is_refused() {
        use EmailError::{Domain, LocalPart, NoAt, TooLong};
        for (text, error) in [
            ("", NoAt),
            ("ana", NoAt),
            ("@example.com", LocalPart),
            (".ana@example.com", LocalPart),
            ("a..b@example.com", LocalPart),
            ("\"ana maria\"@example.com", LocalPart),
            ("Ana <ana@example.com>", LocalPart),
            ("a,b@example.com", LocalPart),
            (&format!("{}@example.com", "a".repeat(65)), LocalPart),
            ("ana@localhost", Domain),
            ("ana@example.com\nBcc: all@example.com", Domain),
            ("ana@example.com, bob@example.com", Domain),
            ("ana@exam\0ple.com", Domain),
            ("ana@bob@example.com", Domain),
            ("ana@-x.example", Domain),
            ("ana@example..com", Domain),
            ("ana@example.com.", Domain),
            ("ana@[127.0.0.1]", Domain),
            ("ana@127.0.0.1", Domain),
            (&format!("ana@{}.example", "b".repeat(64)), Domain),
            (&format!("ana@{}example", "bb.".repeat(100)), TooLong),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(error), "{text}");
        }
    }
}
