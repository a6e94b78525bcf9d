//! The id that Landbot gives a customer.

use super::personal_text;

/// The most characters of an id or token.
const MAX: usize = 64;

/// Landbot's id of a customer, a number, or the token of a channel of one's own (`tg-42`). Case matters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerId(String);

personal_text!(CustomerId);

/// A text is not the id of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a customer id is 1 to {MAX} letters, digits and -_.:@+=")]
pub struct CustomerIdError;

impl CustomerId {
    /// Reads an id as a bot gave it; outer spaces do not matter.
    pub fn parse(text: &str) -> Result<Self, CustomerIdError> {
        let text = text.trim();
        if is_token(text) { Ok(Self(text.to_owned())) } else { Err(CustomerIdError) }
    }
}

/// Whether a text can be an id in Landbot: 1 to 64 characters that need no quotes anywhere.
pub(crate) fn is_token(text: &str) -> bool {
    (1..=MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:@+=".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_tokens_are_ids() {
        for text in ["500000001", "tg-42", "whatsapp:+34600111222", &"x".repeat(64)] {
            assert_eq!(CustomerId::parse(&format!(" {text} ")).expect(text).as_str(), text);
        }
    }

    #[test]
    fn what_needs_quotes_or_is_too_long_is_no_id() {
        for text in ["", "a b", "a\nb", "<1>", "ñ", "1/2", &"x".repeat(65)] {
            assert_eq!(CustomerId::parse(text), Err(CustomerIdError), "{text}");
        }
    }
}
