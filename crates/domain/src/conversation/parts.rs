//! Long texts go into a chat in parts.

/// The most characters of a part. `WhatsApp` refuses longer texts than 4,096 (<https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages>);
/// integrators of Landbot stay well below.
pub const PART_CHARS: usize = 3_500;

/// A break that would leave a part shorter than this share of its limit is not looked for: a text of one long line would
/// fall into scraps.
const LEAST_FILLED: usize = 2;

/// The text in parts of at most [`PART_CHARS`] characters, in order. Where possible a part ends with a line, or else with a
/// word; white space at the breaks is left out, and nothing else. A blank text has no parts.
pub fn parts(text: &str) -> Vec<&str> {
    parts_of(text, PART_CHARS)
}

fn parts_of(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while let Some((limit, _)) = rest.char_indices().nth(most) {
        let (part, tail) = rest.split_at(end_of_part(rest, limit));
        parts.push(part.trim_end());
        rest = tail.trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// Where a part ends, in bytes, if it may go up to `limit`.
fn end_of_part(text: &str, limit: usize) -> usize {
    let (room, tail) = text.split_at(limit);
    // A break just behind the limit costs nothing.
    if tail.starts_with(char::is_whitespace) {
        return limit;
    }
    let early = limit / LEAST_FILLED;
    let found = |at: Option<usize>| at.filter(|&at| at >= early);
    found(room.rfind('\n')).or_else(|| found(room.rfind(char::is_whitespace))).unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_text_is_one_part_and_a_blank_one_none() {
        assert_eq!(parts(" Thanks, Ana. \n"), ["Thanks, Ana."]);
        assert_eq!(parts(&"x".repeat(PART_CHARS)).len(), 1);
        assert!(parts(" \n ").is_empty());
    }

    #[test]
    fn parts_end_with_lines_or_else_with_words() {
        assert_eq!(parts_of("One two\nthree four five", 10), ["One two", "three four", "five"]);
        assert_eq!(parts_of("One two three four", 10), ["One two", "three four"]);
    }

    #[test]
    fn a_word_that_is_too_long_is_cut_between_characters() {
        assert_eq!(parts_of("ññññññ", 4), ["ññññ", "ññ"]);
        assert_eq!(parts_of("a bbbbbbbbbb", 8), ["a bbbbbb", "bbbb"]);
    }

    proptest! {
        #[test]
        fn nothing_but_white_space_is_lost(text in "[a-zñ€😀 \n]{0,200}", most in 1usize..40) {
            let parts = parts_of(&text, most);
            prop_assert!(parts.iter().all(|part| (1..=most).contains(&part.chars().count())));
            let visible = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(visible(&parts.concat()), visible(&text));
        }
    }
}
