//! Texts that are fit for the head of a mail.

use domain::text::{ONE_LINE_MAX, one_line};

/// A text of somebody else's, on one line, as it may stand in the head of a mail: no line break, NUL or other control
/// character, single spaces, at most [`ONE_LINE_MAX`] characters. The only form in which such a text gets there.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct HeaderText(String);

impl HeaderText {
    /// Whatever can be kept of `text`.
    pub(crate) fn clean(text: &str) -> Self {
        let line = one_line(text, usize::MAX).text;
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        // What looks like an encoded word (RFC 2047) would be shown as something else than it is.
        Self(one_line(&words.replace("=?", "= ?"), ONE_LINE_MAX).text)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_one_clean_line_is_kept() {
        for (text, cleaned) in [
            ("Ana", "Ana"),
            (" Ana\r\nBcc: all@example.com ", "Ana Bcc: all@example.com"),
            ("A\0n\u{7f}a \u{2028} x", "An a x"),
            ("=?utf-8?q?=0D=0ABcc:?=", "= ?utf-8?q?=0D=0ABcc:?="),
            ("\r\n\t\u{a0}", ""),
            ("محمد علي 👩‍👩‍👧", "محمد علي 👩‍👩‍👧"),
        ] {
            assert_eq!(HeaderText::clean(text).as_str(), cleaned, "{text:?}");
        }
        assert_eq!(HeaderText::clean(&"x".repeat(10_000)).as_str().len(), ONE_LINE_MAX);
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing_more(text in any::<String>()) {
            let once = HeaderText::clean(&text);
            prop_assert!(!once.as_str().contains(char::is_control));
            prop_assert!(!once.as_str().contains("=?"));
            let twice = HeaderText::clean(once.as_str());
            prop_assert_eq!(twice.as_str(), once.as_str());
        }
    }
}
