//! Texts as bots send them: cleaned, cut to a length, and told from those that say nothing.

use std::fmt;

/// The most characters of a field on one line.
pub const ONE_LINE_MAX: usize = 200;

/// The most octets of a mail address (RFC 5321, section 4.5.3.1.3: 256 with the angle brackets).
pub const EMAIL_MAX: usize = 254;

/// The most characters of a ticket's description.
pub const DESCRIPTION_MAX: usize = 10_000;

/// The most bytes, as JSON, of the fields that are kept as they were given.
pub const FIELDS_MAX_BYTES: usize = 8 * 1024;

/// The most bytes of a body that is read.
pub const BODY_MAX_BYTES: usize = 64 * 1024;

/// The most characters of an `Idempotency-Key`.
pub const IDEMPOTENCY_KEY_MAX: usize = 255;

/// Words that a template language writes for a value it does not have, in any case.
const NOTHING: [&str; 3] = ["null", "none", "undefined"];

/// A text without what has no place in it, and no longer than allowed.
#[derive(Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The text.
    pub text: String,
    /// Whether its end is missing.
    pub cut: bool,
}

impl fmt::Debug for Cleaned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cleaned").field("cut", &self.cut).finish_non_exhaustive()
    }
}

/// The text on one line: trimmed, each run of line breaks and control characters a space, at most `max_chars`
/// characters. Without NUL, and without the characters that override the direction of writing, which can make
/// a name look like another one; text that is written from right to left stays as it is.
pub fn one_line(text: &str, max_chars: usize) -> Cleaned {
    let mut line = String::with_capacity(text.len());
    for c in text.chars().filter(|&c| c != '\0' && !overrides_direction(c)) {
        if !breaks_line(c) {
            line.push(c);
        } else if !line.ends_with(' ') {
            line.push(' ');
        }
    }
    fitted(line, max_chars)
}

/// The text with its lines: trimmed, every line break a `\n`, every tab a space, without other control
/// characters, at most `max_chars` characters.
pub fn multi_line(text: &str, max_chars: usize) -> Cleaned {
    let mut lines = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => lines.push('\n'),
            '\t' => lines.push(' '),
            c if c.is_control() => {}
            c => lines.push(c),
        }
    }
    fitted(lines, max_chars)
}

/// Whether the text says anything: it is not empty, not a word for nothing, not an unreplaced placeholder
/// such as `@phone`, `@{phone}` or `${phone}`.
pub fn is_given(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && !NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word)) && !is_placeholder(text)
}

fn is_placeholder(text: &str) -> bool {
    let braced = text.strip_prefix("@{").or_else(|| text.strip_prefix("${"));
    if let Some(name) = braced.and_then(|rest| rest.strip_suffix('}')) {
        return !name.contains(['{', '}']);
    }
    let in_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.strip_prefix('@').is_some_and(|name| !name.is_empty() && name.chars().all(in_name))
}

fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Unicode's explicit directional embeddings, overrides and isolates (UAX #9, section 2).
const fn overrides_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn fitted(text: String, max_chars: usize) -> Cleaned {
    let trimmed = text.trim();
    match trimmed.char_indices().nth(max_chars) {
        Some((end, _)) => Cleaned { text: trimmed[..end].trim_end().to_owned(), cut: true },
        None if trimmed.len() == text.len() => Cleaned { text, cut: false },
        None => Cleaned { text: trimmed.to_owned(), cut: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> String {
        one_line(text, ONE_LINE_MAX).text
    }

    #[test]
    fn one_line_stays_one_line() {
        assert_eq!(line(" Ana\r\nBcc: x@example.com\t!\u{2028} "), "Ana Bcc: x@example.com !");
        assert_eq!(line("A\0na\u{7f}B\u{85}C"), "Ana B C");
    }

    #[test]
    fn right_to_left_text_and_emoji_are_untouched_but_overrides_go() {
        for name in ["محمد علي", "נועה", "👩‍👩‍👧 Zoë", "نام\u{200c}خانوادگی"]
        {
            assert_eq!(line(name), name);
        }
        assert_eq!(line("Ana\u{202e}gnp.exe\u{2066}!"), "Anagnp.exe!");
    }

    #[test]
    fn a_description_keeps_its_lines_only() {
        let cleaned = multi_line("\r\n one\r\ntwo\rthree\u{2028}four\u{7}\tfive\0\n", DESCRIPTION_MAX);
        assert_eq!(cleaned.text, "one\ntwo\nthree\nfour five");
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_says_so() {
        assert_eq!(one_line("ñññ", 3), Cleaned { text: "ñññ".to_owned(), cut: false });
        assert_eq!(one_line("ñññ ñ", 4), Cleaned { text: "ñññ".to_owned(), cut: true });
        assert_eq!(multi_line("👍👍", 1), Cleaned { text: "👍".to_owned(), cut: true });
    }

    #[test]
    fn words_for_nothing_and_placeholders_are_not_given() {
        for text in [
            "",
            "  ",
            "null",
            "NULL",
            "None",
            "undefined",
            "@phone",
            " @{phone} ",
            "@{}",
            "${chat_uuid}",
            "@año",
        ] {
            assert!(!is_given(text), "{text:?}");
        }
    }

    #[test]
    fn what_only_resembles_a_placeholder_is_given() {
        for text in [
            "@ana hello",
            "@",
            "ana@example.com",
            "@{a} and @{b}",
            "@example.com",
            "none of it",
            "{x}",
            "${a",
            "0",
        ] {
            assert!(is_given(text), "{text:?}");
        }
    }
}
