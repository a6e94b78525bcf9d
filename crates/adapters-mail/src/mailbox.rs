//! Mailboxes: as people write them, and as they may stand in the head of a mail.

use lettre::{
    Address,
    address::AddressError,
    message::{Mailbox, Mailboxes},
};

use crate::header_text::HeaderText;

/// A text is no mailbox that mail can be written to. Never contains the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailboxError {
    /// Not one address, with or without a name.
    #[error("one mailbox such as desk@example.com or Desk <desk@example.com> is needed")]
    Form,
    /// What stands where the address should.
    #[error("the address of a mailbox is not valid")]
    Address(#[from] AddressError),
    /// An address with quotes, brackets, spaces or control characters: allowed by RFC 5322, and nobody's.
    #[error("the address of a mailbox has characters that are not used")]
    Unusual,
    /// A sender's address with letters beyond ASCII, which few servers take.
    #[error("the address of a sender has ASCII letters only; an international domain is written as xn--...")]
    Ascii,
}

/// Reads one mailbox: an address, or a name (in quotes if need be) and an address in angle brackets. Hosts without a dot,
/// such as `localhost`, are taken.
pub fn parse_mailbox(text: &str) -> Result<Mailbox, MailboxError> {
    let text = text.trim();
    let (name, address) = match text.strip_suffix('>') {
        Some(rest) => rest.rsplit_once('<').ok_or(MailboxError::Form)?,
        None => ("", text),
    };
    let name = read_name(name.trim()).ok_or(MailboxError::Form)?;
    Ok(Mailbox::new(Some(name).filter(|name| !name.is_empty()), parse_address(address.trim())?))
}

/// Takes the quotes from a name; none if it is no name.
fn read_name(text: &str) -> Option<String> {
    let Some(quoted) = text.strip_prefix('"') else {
        return (!text.contains(is_special)).then(|| text.to_owned());
    };
    let mut chars = quoted.strip_suffix('"')?.chars();
    let mut name = String::new();
    while let Some(c) = chars.next() {
        name.push(match c {
            '"' => return None,
            '\\' => chars.next()?,
            c => c,
        });
    }
    (!name.contains(char::is_control)).then_some(name)
}

fn parse_address(text: &str) -> Result<Address, MailboxError> {
    let address: Address = text.parse()?;
    if text.contains(|c: char| is_special(c) && !matches!(c, '@' | ':')) || text.contains(char::is_whitespace)
    {
        return Err(MailboxError::Unusual);
    }
    Ok(address)
}

/// What has a meaning of its own between the mailboxes of a header.
fn is_special(c: char) -> bool {
    c.is_control() || matches!(c, '"' | '<' | '>' | '(' | ')' | ',' | ';' | ':' | '@' | '\\')
}

/// Somebody in the head of a mail: a plain address, and a clean name if there is one.
#[derive(Clone)]
pub(crate) struct Correspondent {
    name: Option<HeaderText>,
    address: Address,
}

impl Correspondent {
    pub(crate) fn new(name: Option<&str>, address: &str) -> Result<Self, MailboxError> {
        let name = name.map(HeaderText::clean).filter(|name| !name.is_empty());
        Ok(Self { name, address: parse_address(address)? })
    }

    pub(crate) fn parse(text: &str) -> Result<Self, MailboxError> {
        Self::from_mailbox(&parse_mailbox(text)?)
    }

    pub(crate) fn from_mailbox(mailbox: &Mailbox) -> Result<Self, MailboxError> {
        Self::new(mailbox.name.as_deref(), mailbox.email.as_ref())
    }

    /// Refuses an address that would make every mail an internationalised one (RFC 6531).
    pub(crate) fn in_ascii(self) -> Result<Self, MailboxError> {
        if self.written_address().is_ascii() { Ok(self) } else { Err(MailboxError::Ascii) }
    }

    pub(crate) const fn address(&self) -> &Address {
        &self.address
    }

    /// The name, or the address without one.
    pub(crate) fn shown(&self) -> &str {
        self.name.as_ref().map_or(self.written_address(), HeaderText::as_str)
    }

    pub(crate) fn written_address(&self) -> &str {
        self.address.as_ref()
    }

    /// As lettre writes it into a header.
    pub(crate) fn to_mailboxes(&self) -> Mailboxes {
        let name = self.name.as_ref().map(|name| name.as_str().to_owned());
        Mailbox::new(name, self.address.clone()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_reads(text: &str, name: Option<&str>, address: &str) {
        let mailbox = parse_mailbox(text).expect(text);
        assert_eq!((mailbox.name.as_deref(), mailbox.email.as_ref()), (name, address), "{text}");
    }

    #[test]
    fn a_mailbox_is_an_address_with_or_without_a_name() {
        assert_reads("Frontdesk <frontdesk@localhost>", Some("Frontdesk"), "frontdesk@localhost");
        assert_reads(" frontdesk@localhost ", None, "frontdesk@localhost");
        assert_reads("<desk@example.com>", None, "desk@example.com");
        assert_reads(
            r#""Desk, the \"first\"" <desk@example.com>"#,
            Some(r#"Desk, the "first""#),
            "desk@example.com",
        );
        assert_reads("O'Brien & Söhne <a.b+c@[192.0.2.1]>", Some("O'Brien & Söhne"), "a.b+c@[192.0.2.1]");
    }

    #[test]
    fn what_is_not_exactly_one_mailbox_is_refused() {
        for text in [
            "",
            "desk",
            "Desk desk@example.com",
            "a@example.com, b@example.com",
            "a@example.com, B <b@example.com>",
            "<a@example.com> b",
            "A <a@example.com",
            "\"A <a@example.com>",
            "\"A\" B\" <a@example.com>",
            "desk@example.com\r\nBcc: x@example.com",
            "Desk\r\nBcc: x@example.com <desk@example.com>",
            "\"Desk\r\nBcc: x\" <desk@example.com>",
            "\"a b\"@example.com",
            "\"a\r\n b\"@example.com",
        ] {
            assert!(parse_mailbox(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_sender_has_an_ascii_address() {
        assert!(Correspondent::parse("Café <cafe@example.com>").unwrap().in_ascii().is_ok());
        assert_eq!(
            Correspondent::parse("a@bücher.example").unwrap().in_ascii().err(),
            Some(MailboxError::Ascii)
        );
    }

    #[test]
    fn a_name_that_says_nothing_is_none() {
        assert_eq!(Correspondent::new(Some(" \r\n"), "a@example.com").unwrap().shown(), "a@example.com");
    }
}
